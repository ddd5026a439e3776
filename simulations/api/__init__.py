"""Simulations over HTTP: asked for, told of while they are done, and their results as files."""
