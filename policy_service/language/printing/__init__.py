"""Policies back to text: canonical JSON with its hash, YAML, and plain differences."""
