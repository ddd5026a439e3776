"""What the company has settled, and how it is settled otherwise."""
