"""The columnar engine: a policy as plain arrays, interpreted by one compiled kernel."""
