"""The ledger coming in: folders and uploads imported whole, single entries pushed by other systems."""
