"""Monotonicity claims: proved, refuted by a counterexample, or not proved."""
