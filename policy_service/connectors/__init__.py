"""Where customers, invoices and receipts come from: one port, and for each system what speaks its protocol."""
