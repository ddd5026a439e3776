"""What somebody sees first."""
