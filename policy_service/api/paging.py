"""Lists in pages: what a client asks for, and the cursor behind which the next page begins."""

import base64
import binascii
import datetime as dt
import json
import re
from collections.abc import Callable, Sequence
from typing import Final, TypeAlias, TypedDict, TypeVar

from marshmallow import Schema, fields, validate

from policy_service.domain.days import parse_day
from policy_service.domain.errors import RequestError

MOST_OF_A_PAGE: Final = 200
#: Of a few ids of 200 characters, in bytes written out.
_LONGEST: Final = 4_000
#: What no database holds, and so no list has given.
_NOT_STORABLE: Final = re.compile("[\0\ud800-\udfff]")

Item = TypeVar("Item")

#: Where a list goes on: the values by which it is in order, of the last item given.
Position: TypeAlias = tuple[str | int, ...]


class PageAsked(TypedDict, total=False):
    """A validated question for a page."""

    limit: int
    cursor: str


class PageQuery(Schema):
    """Which part of a list is asked for."""

    limit = fields.Integer(
        load_default=50,
        validate=validate.Range(1, MOST_OF_A_PAGE),
        metadata={"description": "Items at most.", "example": 50},
    )
    cursor = fields.String(
        load_default="",
        validate=validate.Length(max=_LONGEST),
        metadata={"description": "`next_cursor` of the page before; nothing for the first."},
    )


def cursor_of(position: Position) -> str:
    """Return the cursor that stands for a position."""
    written = json.dumps(position, separators=(",", ":"), ensure_ascii=False)
    return base64.urlsafe_b64encode(written.encode()).decode().rstrip("=")


def position_of(cursor: str, *kinds: type[str] | type[int]) -> Position | None:
    """Return the position that a cursor stands for, none for an empty one; R415 unless it holds values of these kinds.

    Whole numbers fit 64 bits; texts are what a database can look up.
    """
    if not cursor:
        return None
    try:
        text = base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True).decode()
        values = json.loads(text)
    except (ValueError, binascii.Error, RecursionError) as error:
        raise _no_cursor() from error
    if not isinstance(values, list) or len(values) != len(kinds):
        raise _no_cursor()
    if not all(_fits(value, kind) for value, kind in zip(values, kinds, strict=True)):
        raise _no_cursor()
    return tuple(values)


def position_in(order: str, cursor: str, *kinds: type[str] | type[int]) -> Position | None:
    """Return the position that a cursor stands for in a list that is in that order; R415 for one of another order.

    Where one list comes in several orders, a position of one would pass over items of another in silence. Such a
    cursor is made of the order's name and the position.
    """
    position = position_of(cursor, str, *kinds)
    if position is None:
        return None
    if position[0] != order:
        raise _no_cursor()
    return position[1:]


def day_position_of(cursor: str) -> tuple[dt.date, str] | None:
    """Return the day and the id that a cursor stands for, none for an empty one; R415 for any other."""
    position = position_of(cursor, str, str)
    if position is None:
        return None
    day = parse_day(str(position[0]))
    if day is None:
        raise _no_cursor()
    return day, str(position[1])


def page_of(items: Sequence[Item], limit: int, position: Callable[[Item], Position]) -> dict[str, object]:
    """Return the body of a page: `items` were read with one more than `limit`, if there are as many."""
    kept = items[:limit]
    is_last = len(items) <= limit
    return {"items": kept, "next_cursor": None if is_last else cursor_of(position(kept[-1]))}


def _fits(value: object, kind: type[str] | type[int]) -> bool:
    match value:
        case bool():
            return False
        case int():
            return kind is int and -(2**63) <= value < 2**63
        case str():
            return kind is str and not _NOT_STORABLE.search(value)
        case _:
            return False


def _no_cursor() -> RequestError:
    return RequestError("R415", "The cursor is none that a list gave.", remedy="Take next_cursor as it was given.")
