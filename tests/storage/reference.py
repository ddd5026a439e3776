"""The reference of tables as the models say it: `python -m tests.storage.reference > docs/reference/storage.md`."""

import sys
from collections.abc import Iterator
from types import ModuleType

from sqlalchemy import CheckConstraint, Column, Index, Table
from sqlalchemy.dialects import sqlite

from policy_service.storage import models
from policy_service.storage.columns import holds
from policy_service.storage.models.tables import Model

_OPENING = (
    "# Tables\n",
    "What the database holds, the same on SQLite and PostgreSQL. [Why it is kept so](../explanation/storage.md)\n",
    "`python -m tests.storage.reference` writes this page from the models; a test holds it to them.\n",
    "A column that *may be empty* holds NULL where there is nothing to say; in any other column of texts that is an "
    "empty text. *Of* another table: the database checks that it is there. Beside these tables there is "
    "`alembic_version`, which says how far the migrations have come.\n",
)
_ORDER = (
    models.ledger,
    models.ledger_entries,
    models.mappings,
    models.connections,
    models.write_backs,
    models.notices,
    models.policies,
    models.decisions,
    models.audit,
    models.standings,
    models.orders,
    models.cases,
    models.portfolio,
    models.mornings,
    models.people,
    models.sign_ins,
    models.delivery,
    models.jobs,
    models.simulations,
    models.predictions,
)


def reference() -> str:
    """Return the whole page."""
    return "\n".join([*_OPENING, *(part for module in _ORDER for part in _module(module))]).rstrip("\n") + "\n"


def _module(module: ModuleType) -> Iterator[str]:
    yield f"## {_without_stop(_first_line(module))}\n"
    for model in vars(module).values():
        if isinstance(model, type) and issubclass(model, Model) and model.__module__ == module.__name__:
            yield from _model(model)


def _model(model: type[Model]) -> Iterator[str]:
    table = Model.metadata.tables[model.__tablename__]
    yield f"### {table.name}\n"
    paragraphs = (model.__doc__ or "").split("\n\n")
    yield from (" ".join(paragraph.split()) + "\n" for paragraph in paragraphs)
    yield "| column | holds |\n|---|---|"
    yield from (_column(column) for column in table.columns)
    yield ""
    rules = list(_rules(table))
    yield from [*rules, ""] if rules else ()


def _column(column: Column[object]) -> str:
    more = [f"of `{key.column.table.name}`" for key in column.foreign_keys]
    if column.primary_key:
        more.append("**key**")
    if column.nullable:
        more.append("may be empty")
    return f"| `{column.name}` | {', '.join([holds(column), *more])} |"


def _rules(table: Table) -> Iterator[str]:
    checks = sorted(str(one.sqltext) for one in table.constraints if isinstance(one, CheckConstraint))
    yield from (f"* Always: `{check}`" for check in checks)
    for index in sorted(table.indexes, key=lambda one: str(one.name)):
        columns = ", ".join(f"`{column.name}`" for column in index.columns)
        yield f"* {'Once' if index.unique else 'Found by'}: {columns}{_where(index)}"


def _where(index: Index) -> str:
    condition = index.dialect_options[sqlite.dialect.name].get("where")
    return f" among rows with `{condition}`" if condition is not None else ""


def _first_line(module: ModuleType) -> str:
    return (module.__doc__ or "").split("\n")[0]


def _without_stop(sentence: str) -> str:
    return sentence.removesuffix(".")


if __name__ == "__main__":
    sys.stdout.write(reference())
