"""Mappings of a company's own columns: proposed, tried out, kept."""
