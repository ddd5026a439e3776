"""Imports: ledger files uploaded, and what became of every row."""
