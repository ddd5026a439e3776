"""What Alembic runs: it is handed the connection, and never reads a setting of its own."""

from alembic import context
from sqlalchemy import Connection

from policy_service.storage.models import METADATA


def run(connection: Connection) -> None:
    """Run what Alembic was asked to, within the caller's transaction."""
    context.configure(
        connection=connection,
        target_metadata=METADATA,
        compare_type=True,
        # SQLite alters a table by making it anew.
        render_as_batch=connection.dialect.name == "sqlite",
    )
    with context.begin_transaction():
        context.run_migrations()


run(context.config.attributes["connection"])
