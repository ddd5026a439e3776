"""S-FEEL: the cells and formulas of a policy, from text over syntax to typed trees."""
