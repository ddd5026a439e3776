"""Fxiaoke: signing in, reading in the order of ids, writing back, and what it calls back."""
