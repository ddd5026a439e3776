"""The command line: policy check, diff, facts, decide, generate, import."""
