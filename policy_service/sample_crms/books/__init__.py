"""Zoho Books v3, with the accounts server that gives out its tokens."""
