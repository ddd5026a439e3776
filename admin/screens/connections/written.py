"""What is written back, as a page shows it: row by row with its fields, and days as days, however they are sent."""

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Final
from zoneinfo import ZoneInfo

from flask_babel import gettext

from policy_service.connectors.mapping.mapping import ConnectorMapping, Unit
from policy_service.connectors.port import Json
from policy_service.services.connections.writing_back_looking import FieldWrite

_LONGEST: Final = 200
#: Milliseconds of a day that a calendar has, so that a number that is none is shown as it is.
_LAST_DAY: Final = 253_402_300_799_000


@dataclass(frozen=True, slots=True)
class RowWrites:
    """A row of a customer over there with the fields that are to be written."""

    customer_id: str
    object_name: str
    row_id: str
    fields: tuple[FieldWrite, ...]


def by_row(writes: Iterable[FieldWrite]) -> tuple[RowWrites, ...]:
    """Return the fields with those of the same row together, rows and fields in the order in which they came."""
    in_order = {(one.object_name, one.row_id): number for number, one in enumerate(reversed(tuple(writes)))}
    together = sorted(writes, key=lambda one: -in_order[one.object_name, one.row_id])
    return tuple(
        RowWrites(fields[0].customer_id, *row, fields)
        for row, found in groupby(together, key=lambda one: (one.object_name, one.row_id))
        if (fields := tuple(found))
    )


def writing_of(mapping: ConnectorMapping | None, zone: ZoneInfo) -> Callable[[Json, str, str], str]:
    """Return what says a value of a field of an object as people read it."""
    in_milliseconds = {
        (one.object_name, field.name)
        for one in (mapping.write_back if mapping else ())
        for field in one.fields.values()
        if field.unit is Unit.MILLISECONDS
    }

    def said(value: Json, object_name: str, field: str) -> str:
        if (object_name, field) in in_milliseconds and (day := _day(value, zone)):
            return day
        return _written(value)

    return said


def _day(value: Json, zone: ZoneInfo) -> str:
    text = str(value)
    if not (text.isascii() and text.isdecimal() and len(text) < 16 and int(text) <= _LAST_DAY):
        return ""
    return datetime.fromtimestamp(int(text) / 1000, zone).date().isoformat()


def _written(value: Json) -> str:
    if value is None or value == "":
        return "–"
    if isinstance(value, bool):
        return str(gettext("yes") if value else gettext("no"))
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"
