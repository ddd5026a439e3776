"""Simulations as jobs of the service: asked for, done behind the scenes over the stored ledger, kept for a while."""
