"""What simulations keep in the installation's folder: the ledger as a snapshot, and finished results."""
