"""Many runs of one history: a parameter turned through its range, and values that meet a goal."""
