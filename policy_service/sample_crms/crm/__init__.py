"""Zoho CRM v8, with the accounts server that gives out its tokens."""
