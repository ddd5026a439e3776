"""Drafts to typed rule sets: kinds, vocabulary, chains, and every check that needs the whole policy."""
