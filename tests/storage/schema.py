"""What tables a database has, said so that two can be compared: columns, constraints, indexes."""

from collections.abc import Sequence

from sqlalchemy import text
from sqlalchemy.orm import Session

_OF_POSTGRESQL = (
    """
    SELECT 'column ' || table_name, column_name || ' ' || data_type || ' ' || coalesce(character_maximum_length, 0)
           || ' ' || is_nullable || ' ' || coalesce(column_default, '')
    FROM information_schema.columns WHERE table_schema = 'public'
    """,
    """
    SELECT 'constraint ' || conrelid::regclass, conname || ' ' || pg_get_constraintdef(oid)
    FROM pg_constraint WHERE connamespace = 'public'::regnamespace
    """,
    "SELECT 'index ' || tablename, indexdef FROM pg_indexes WHERE schemaname = 'public'",
)
_OF_SQLITE = ("SELECT type || ' ' || tbl_name, coalesce(sql, name) FROM sqlite_master WHERE name NOT LIKE 'sqlite_%'",)


def schema(session: Session) -> Sequence[tuple[str, str]]:
    """Return everything that the database has, save Alembic's own table, in order."""
    is_sqlite = session.get_bind().dialect.name == "sqlite"
    found = [row for query in (_OF_SQLITE if is_sqlite else _OF_POSTGRESQL) for row in session.execute(text(query))]
    return sorted((kind, _in_one_order(said)) for kind, said in found if "alembic" not in kind)


def _in_one_order(said: str) -> str:
    # Columns and constraints of SQLite's tables stand in the order of their making, which means nothing.
    head, _, body = " ".join(said.split()).removesuffix(" )").partition(" ( ")
    return f"{head} ({', '.join(sorted(body.split(', ')))})" if body else head
