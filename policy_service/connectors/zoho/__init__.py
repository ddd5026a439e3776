"""Zoho: signing in, Zoho CRM with its notifications, and Zoho Books."""
