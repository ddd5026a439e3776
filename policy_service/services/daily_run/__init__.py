"""The daily run: one day of a replay, live, exactly once for each customer."""
