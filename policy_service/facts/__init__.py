"""Declared facts, measured from a ledger for one customer as of a day."""
