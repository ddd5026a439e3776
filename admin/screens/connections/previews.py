"""Real rows beside the rows of the ledger that they become, as a page shows them: bounded, and with what is faulty."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from flask_babel import gettext

from admin.screens.connections.words import TABLES, Titles, column_called
from policy_service.connectors.mapping.sources import Form, form_of
from policy_service.connectors.mapping.translation import TranslatedRow
from policy_service.connectors.mapping.values import number
from policy_service.connectors.port import Json
from policy_service.domain.days import parse_day
from policy_service.ledger.columns import COLUMNS, Table
from policy_service.services.connections.trying import TriedObject, TriedRow

_LONGEST: Final = 120
_MOST_LEDGER_ROWS: Final = 6


@dataclass(frozen=True, slots=True)
class Cell:
    """A value by its name, and what is wrong with it, "" for nothing."""

    name: str
    called: str
    text: str
    fault: str = ""


@dataclass(frozen=True, slots=True)
class LedgerRow:
    """A row of the ledger: in which table, and its cells."""

    table: str
    cells: tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class RowShown:
    """A row over there and what it becomes; `further` are rows of the ledger that are not shown."""

    row_id: str
    there: tuple[Cell, ...]
    here: tuple[LedgerRow, ...]
    further: int
    left_out: str


@dataclass(frozen=True, slots=True)
class ObjectShown:
    """Some rows of an object."""

    name: str
    rows: tuple[RowShown, ...]
    unknown: tuple[str, ...]


def previewed(tried: tuple[TriedObject, ...], titles: Titles) -> tuple[ObjectShown, ...]:
    """Return what was tried, as a page shows it."""
    return tuple(
        ObjectShown(one.object_name, tuple(_row(one.object_name, row, titles) for row in one.rows), one.unknown)
        for one in tried
    )


def _row(object_name: str, row: TriedRow, titles: Titles) -> RowShown:
    there = tuple(Cell(name, titles.get((object_name, name), ""), _written(value)) for name, value in row.body.items())
    here = tuple(_ledger_row(one) for one in row.rows[:_MOST_LEDGER_ROWS])
    return RowShown(row.row_id[:_LONGEST], there, here, len(row.rows) - len(here), row.left_out)


def _ledger_row(row: TranslatedRow) -> LedgerRow:
    return LedgerRow(str(TABLES[row.table]), tuple(_cells(row)))


def _cells(row: TranslatedRow) -> Iterator[Cell]:
    for name, text in row.cells.items():
        yield Cell(name, column_called(name), text[:_LONGEST], _fault(row.table, name, text))


def _fault(table: Table, column: str, text: str) -> str:
    if not text:
        return gettext("blank, and needed") if column in COLUMNS[table].required else ""
    match form_of(table, column):
        case Form.DAY:
            return "" if parse_day(text) else gettext("no day")
        case Form.AMOUNT:
            return "" if number(text) is not None else gettext("no number")
        case _:
            return ""


def _written(value: Json) -> str:
    if value is None:
        return ""
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"
