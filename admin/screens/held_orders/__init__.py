"""The queue that a credit manager starts the day with."""
