"""Webhooks: who is told of what, signed, and delivered to nobody but the address that was checked."""
