"""Edits of a policy answered at once: runs that are kept, and what of them an edit changes."""
