"""Customers: found, their credit file, and what is changed about them."""
