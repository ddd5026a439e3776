"""The payment history: files in, faults quarantined, entries as they were known on a day."""
