"""The dictionary of facts."""
