"""The portfolio at a glance: what all customers together owe, how it develops, and what waits for whom."""
