"""What the entry points call: check, decide, import; one function per use."""
