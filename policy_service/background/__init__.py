"""What a process does beside answering: its leases, and the duties that exactly one process has."""
