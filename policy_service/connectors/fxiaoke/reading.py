"""Rows of Fxiaoke in the order of their ids: an order that nothing changes, whatever happens between two pages.

See decision 0059 for why, and for what the bounds of a pull of changes are.
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import msgspec

from policy_service.connectors.errors import ConnectorError
from policy_service.connectors.fxiaoke.refusals import not_as_said, whole_number
from policy_service.connectors.fxiaoke.session import Session, data_of, data_path, is_custom
from policy_service.connectors.port import Json, Page, RemoteRow, Wanted
from policy_service.domain.instants import SECOND, Instant

#: Of rows of an object that the company has made itself, so many come at most.
MOST_CUSTOM_ROWS: Final = 100
#: What changes later than this before a pull begins, the next one brings again.
OVERLAP: Final = 600 * SECOND
_MILLISECOND: Final = SECOND // 1000
_ID: Final = "_id"
_CHANGED: Final = "last_modified_time"
_STATUS: Final = "life_status"
_INVALID: Final = "invalid"
_NAME_OF_REFERENCE: Final = "__r"
_LONGEST_ID: Final = 100
_LONGEST_CURSOR: Final = 1_000
_LAST_INSTANT: Final = 1 << 62


@dataclass(frozen=True, slots=True)
class Rhythm:
    """How many rows a page has, and how long after the beginning of a listing the next one is due, in microseconds."""

    rows: int
    listing: Instant


class Place(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Where a pull stands: what a cursor says.

    `began` is when the pull began, 0 between two pulls; `listing` the name of its listing, "" for a pull of what has
    changed; `since` the bound of that in milliseconds, `after` the last id, `newest` the newest time of a row in
    milliseconds, `listed` when the last whole listing began. `fields` stands for the fields that were asked for.
    """

    v: int
    fields: str
    began: Instant = 0
    listing: str = ""
    since: int = 0
    after: str = ""
    newest: int = 0
    listed: Instant = 0


def read_page(session: Session, wanted: Wanted, cursor: str, now: Instant, rhythm: Rhythm) -> Page:
    """Return the next rows after the cursor.

    ConnectorError X125 if Fxiaoke does not answer in the order of ids, X126 for a cursor that is none, and those of
    `Session.ask`.
    """
    place = _begun(_place(wanted, cursor), now, rhythm)
    asked = min(rhythm.rows, MOST_CUSTOM_ROWS) if is_custom(wanted.object_name) else rhythm.rows
    data = data_of(session.ask(data_path(wanted.object_name, "query"), _query(wanted, place, asked)))
    found = data.get("dataList")
    if not isinstance(found, Sequence) or isinstance(found, str):
        raise not_as_said("it has no list of rows")
    rows = tuple(_row(each, wanted) for each in found)
    _refuse_disorder(place.after, rows)
    newest = max([place.newest, *(row.changed_at // _MILLISECOND for row in rows)])
    if not _is_end(data, len(rows), asked):
        further = msgspec.structs.replace(place, after=rows[-1].row_id, newest=newest)
        return Page(rows, _text(further), is_last=False, listing=place.listing)
    is_listing = bool(place.listing)
    rest = Place(
        v=1,
        fields=place.fields,
        since=max(0, min((place.began - OVERLAP) // _MILLISECOND, newest)),
        newest=newest,
        listed=place.began if is_listing else place.listed,
    )
    return Page(rows, _text(rest), is_last=True, listing=place.listing, ends_listing=is_listing)


def _place(wanted: Wanted, cursor: str) -> Place:
    fields = hashlib.sha256("\n".join(sorted(wanted.fields)).encode()).hexdigest()[:16]
    if not cursor:
        return Place(v=1, fields=fields)
    try:
        place = msgspec.json.decode(cursor[: _LONGEST_CURSOR + 1], type=Place)
    except (msgspec.MsgspecError, ValueError):
        raise _no_cursor() from None
    numbers = (place.began, place.since, place.newest, place.listed)
    if place.v != 1 or len(place.after) > _LONGEST_ID or not all(0 <= number <= _LAST_INSTANT for number in numbers):
        raise _no_cursor()
    # Of rows that were brought before, fields that are newly asked for are not known.
    return place if place.fields == fields else Place(v=1, fields=fields, listed=0)


def _begun(place: Place, now: Instant, rhythm: Rhythm) -> Place:
    if place.began:
        return place
    if place.listed and place.listed <= now < place.listed + rhythm.listing:
        return msgspec.structs.replace(place, began=now)
    # A listing never has the name of one before, though the clock should be set back.
    began = max(now, place.listed + 1)
    return msgspec.structs.replace(place, began=began, listing=str(began), since=0)


def _query(wanted: Wanted, place: Place, limit: int) -> Mapping[str, Json]:
    filters: list[Json] = []
    if place.since:
        filters.append({"field_name": _CHANGED, "field_values": [str(place.since)], "operator": "GTE"})
    if place.after:
        filters.append({"field_name": _ID, "field_values": [place.after], "operator": "GT"})
    own = [name for name in wanted.fields if not name.endswith(_NAME_OF_REFERENCE)]
    referring = [name.removesuffix(_NAME_OF_REFERENCE) for name in wanted.fields if name.endswith(_NAME_OF_REFERENCE)]
    fields = dict.fromkeys([_ID, _CHANGED, _STATUS, *own, *referring])
    info: Json = {
        "limit": limit,
        "offset": 0,
        "filters": filters,
        "orders": [{"fieldName": _ID, "isAsc": True}],
        "fieldProjection": list(fields),
    }
    # Counting all rows for each page takes Fxiaoke time, and says nothing that is needed.
    return {
        "data": {
            "dataObjectApiName": wanted.object_name,
            "find_explicit_total_num": False,
            "search_query_info": info,
        }
    }


def _row(found: Json, wanted: Wanted) -> RemoteRow:
    if not isinstance(found, Mapping):
        raise not_as_said("a row is no object")
    row_id = found.get(_ID)
    changed = whole_number(found.get(_CHANGED))
    if not isinstance(row_id, str) or not 0 < len(row_id) <= _LONGEST_ID:
        raise not_as_said("one of its rows has no id")
    if changed is None or not 0 <= changed * _MILLISECOND <= _LAST_INSTANT:
        raise not_as_said("a row does not say when it was changed")
    if found.get(_STATUS) == _INVALID or found.get("is_deleted") is True:
        return RemoteRow(row_id, changed * _MILLISECOND, is_deleted=True)
    # Fields that are empty over there are left out of the answer.
    return RemoteRow(row_id, changed * _MILLISECOND, {name: found.get(name) for name in wanted.fields})


def _refuse_disorder(after: str, rows: Sequence[RemoteRow]) -> None:
    for row in rows:
        if row.row_id <= after:
            raise ConnectorError(
                "X125",
                "Fxiaoke does not answer in the order of ids, so that rows might be left out.",
                remedy="Tell the developers of the service which Fxiaoke it is.",
            )
        after = row.row_id


def _is_end(data: Mapping[str, Json], count: int, asked: int) -> bool:
    # A system that gives fewer rows at a time than it was asked for says so, and may have more.
    limit = whole_number(data.get("limit"))
    return count == 0 or count < (asked if limit is None else min(limit, asked))


def _text(place: Place) -> str:
    return msgspec.json.encode(place).decode()


def _no_cursor() -> ConnectorError:
    return ConnectorError(
        "X126",
        "The place where the pull is to go on cannot be read.",
        remedy="Pull again: what was noted is forgotten, and the pull begins with the first row.",
    )
