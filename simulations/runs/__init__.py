"""A simulation from beginning to end: two policies over one history, compared, checked by the live engine, reported."""
