"""The words of credit management as frozen values; the standard library alone."""
