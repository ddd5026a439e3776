"""Standings in force: what reviews, approvals and ladders make of a customer, and what it was before."""
