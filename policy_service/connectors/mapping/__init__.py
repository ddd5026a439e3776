"""How rows of another system stand for rows of the ledger: a mapping read, checked, proposed and applied."""
