"""Where ledger, policies and decisions are kept: SQLAlchemy over SQLite or PostgreSQL."""
