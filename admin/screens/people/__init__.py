"""People: who they are, their roles, and the passwords they are given."""
