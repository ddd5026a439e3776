"""Jobs: the work that runs on its own, how far it is, and what came of it."""
