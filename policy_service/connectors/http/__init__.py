"""HTTP as connectors speak it: one bounded channel to an origin that was allowed."""
