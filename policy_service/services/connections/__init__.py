"""Other systems connected: set up, mirrored, translated, and followed by the ledger."""
