"""A history in worse times: customers who pay later than they did, or no longer at all."""
