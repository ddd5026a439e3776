"""Where a pull from Zoho CRM stands: text between two pages, a value while one is asked for."""

import json
from dataclasses import asdict, dataclass
from typing import Final

from policy_service.connectors.zoho.refusals import no_cursor
from policy_service.domain.instants import Instant

_VERSION: Final = 1
_LONGEST: Final = 4_000
_LONGEST_TOKEN: Final = 3_000


@dataclass(frozen=True, slots=True)
class Walk:
    """A set of rows that is gone through by page numbers, then by tokens: it counts once two walks saw the same.

    `seen` sums up the rows of this walk, `before` those of the one before, none in the first.
    """

    page: int = 1
    token: str = ""
    seen: int = 0
    before: int | None = None
    begun_anew: int = 0


@dataclass(frozen=True, slots=True)
class CrmCursor:
    """What is asked for next: rows changed from `since` on (none: all), or with `tells_deleted` what was deleted.

    `is_begun` says that a pull is under way. `latest` and `latest_deleted` are the last change and deletion ever seen,
    `whole_at` is when a pull last began with the first row, `fields` stands for what the rows were asked for.
    """

    since: Instant | None = None
    tells_deleted: bool = False
    is_begun: bool = False
    walk: Walk = Walk()
    latest: Instant | None = None
    latest_deleted: Instant | None = None
    whole_at: Instant | None = None
    fields: str = ""

    def text(self) -> str:
        """Return what `read_cursor` reads."""
        return json.dumps({"version": _VERSION, **asdict(self)}, separators=(",", ":"))


def read_cursor(text: str) -> CrmCursor:
    """Return the place that a text names, the first one for ""; ConnectorError X114 for a text that is none of ours."""
    if not text:
        return CrmCursor()
    if len(text) > _LONGEST:
        raise no_cursor()
    try:
        found = json.loads(text)
        if found.pop("version") != _VERSION:
            raise no_cursor()
        walk = Walk(**found.pop("walk"))
        cursor = CrmCursor(walk=walk, **found)
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        raise no_cursor() from None
    if not _is_sound(cursor):
        raise no_cursor()
    return cursor


def _is_sound(cursor: CrmCursor) -> bool:
    walk = cursor.walk
    places = (cursor.since, cursor.latest, cursor.latest_deleted, cursor.whole_at, walk.before)
    numbers = (walk.page, walk.seen, walk.begun_anew)
    return (
        all(each is None or type(each) is int for each in places)
        and all(type(each) is int and each >= 0 for each in numbers)
        and walk.page > 0
        and type(cursor.tells_deleted) is bool
        and type(cursor.is_begun) is bool
        and isinstance(cursor.fields, str)
        and isinstance(walk.token, str)
        and len(walk.token) <= _LONGEST_TOKEN
    )
