"""Live decisions: from the database, stored where they are given, and read again."""
