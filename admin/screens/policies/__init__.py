"""Policies: read as tables, changed as a draft, handed in, approved by another person, put in force, rolled back."""
