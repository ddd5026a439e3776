"""What a replay comes to: balances day by day, and every figure of it."""
