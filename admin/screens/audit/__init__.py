"""The audit trail: who did what, and whether anything was altered since."""
