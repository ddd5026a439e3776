"""What tells one entry of a table from the others: its key, as one text."""

from collections.abc import Callable
from operator import attrgetter

from policy_service.ledger.columns import COLUMNS, Table


def key_text(table: Table) -> Callable[[object], str]:
    """Return what gives the text of the key of an entry of the table."""
    names = key_attributes(table)
    if len(names) == 1:
        return attrgetter(names[0])
    parts = attrgetter(*names)
    return lambda entry: "\n".join("" if part is None else str(part) for part in parts(entry))


def key_attributes(table: Table) -> tuple[str, ...]:
    """Return the attributes of an entry of the table that are its key."""
    return tuple("valid_from" if column == "from" else column for column in COLUMNS[table].key)
