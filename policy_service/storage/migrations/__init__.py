"""The tables as they came about, step by step; Alembic runs what lies in `versions`."""
