"""What would change a decision: for each fact the nearest value at which it comes out otherwise, exact."""
