"""A ledger as columns, made once and mapped into memory."""
