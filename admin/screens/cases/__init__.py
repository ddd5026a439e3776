"""The worklist of escalation: by role and deadline, each case with its invoices, and what is done about it."""
