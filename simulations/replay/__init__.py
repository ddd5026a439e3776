"""History day by day under a policy, whose own holds change what it sees tomorrow."""
