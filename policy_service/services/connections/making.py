"""Rows of the mirror turned into rows of the ledger, some at a time, each with what it looked up."""

from collections.abc import Mapping, Sequence
from typing import Final

from sqlalchemy.orm import Session

from policy_service.connectors.mapping.mapping import ConnectorMapping
from policy_service.connectors.mapping.translation import Company, Translated, translate
from policy_service.connectors.port import Body
from policy_service.storage.mirror_store import Mirrored, MirrorStore
from policy_service.storage.translated_store import MadeRow, TranslatedStore
from policy_service.storage.unreadable_rows import UnreadableRows

#: So many rows are translated in one transaction.
CHUNK: Final = 500
#: A row that is looked up may name another one to look up, so often in a row.
_DEEPEST: Final = 20

Row = tuple[str, str]


def make_some(session: Session, connection_id: int, mapping: ConnectorMapping, company: Company) -> tuple[int, int]:
    """Translate some rows that wait for it; return how many these were, and of how many other rows came than before."""
    mirror = MirrorStore(session, connection_id)
    pending = mirror.pending(CHUNK)
    if not pending:
        return 0, 0
    made = translated(mirror, pending, mapping, company)
    changed = TranslatedStore(session, connection_id).replace(
        {row: [MadeRow(one.table, one.cells) for one in found.rows] for row, found in made.items()}
    )
    mirror.link({row: found.looked_up for row, found in made.items()})
    left_out = {row: found.left_out for row, found in made.items() if found.left_out}
    mirror.settle(made, left_out)
    UnreadableRows(session, connection_id).settle(made, {row for row, found in made.items() if found.is_unreadable})
    return len(pending), changed


def translated(
    mirror: MirrorStore, rows: Sequence[Mirrored], mapping: ConnectorMapping, company: Company
) -> Mapping[Row, Translated]:
    """Return what the mapping makes of rows; of one that is gone nothing."""
    known: dict[Row, Body | None] = {(row.object_name, row.row_id): row.body for row in rows}
    made: dict[Row, Translated] = {}
    waiting = list(rows)
    for _ in range(_DEEPEST):
        # What is looked up is not known before it is asked for; asked for one by one it would take as many questions.
        missing = set[Row]()
        waiting = [row for row in waiting if not _make(row, known, missing, mapping, company, made)]
        if not waiting:
            break
        found = mirror.bodies(missing)
        known.update((row, found.get(row)) for row in missing)
    else:
        for row in waiting:
            why = "Rows look one another up without an end."
            made[row.object_name, row.row_id] = Translated(left_out=why, is_unreadable=True)
    return made


def _make(
    row: Mirrored,
    known: Mapping[Row, Body | None],
    missing: set[Row],
    mapping: ConnectorMapping,
    company: Company,
    made: dict[Row, Translated],
) -> bool:
    lacks = False

    def look_up(object_name: str, row_id: str) -> Body | None:
        nonlocal lacks
        if (object_name, row_id) not in known:
            lacks = True
            missing.add((object_name, row_id))
            return None
        return known[object_name, row_id]

    name = (row.object_name, row.row_id)
    if row.body is None:
        made[name] = Translated()
        return True
    found = translate(mapping, *name, row.body, look_up, company)
    if not lacks:
        made[name] = found
    return not lacks
