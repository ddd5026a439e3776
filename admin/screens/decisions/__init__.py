"""Decisions: found, explained, decided again, and proved."""
