"""One small module per family of findings."""
