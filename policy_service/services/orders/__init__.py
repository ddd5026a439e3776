"""Orders: their life from the first question to the invoice, and the queue of those that are held."""
