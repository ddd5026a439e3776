"""What would change: the company's own history replayed under a policy, and two policies compared."""
