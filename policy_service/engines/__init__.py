"""Engines that decide a policy: the interpreter is the reference, durable runs live."""
