"""What the service says of errors, findings and reports, in Chinese."""
