"""What would change: simulations, sweeps and searches over the ledger's history, begun, watched and read."""
