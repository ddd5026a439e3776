"""Strict YAML: text to a positioned tree, and typed reading of it; nothing is guessed."""
