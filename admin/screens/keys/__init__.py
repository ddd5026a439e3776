"""API keys: one's own, and for who may everybody's."""
