"""Replays of the default policy beside peers: by hand, in plain Python, on other rule engines, as queries."""
