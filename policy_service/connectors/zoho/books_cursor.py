"""Where a pull from Zoho Books stands, and which rows it had: text between two pages, a value in between."""

import json
from dataclasses import asdict, dataclass, replace
from typing import Final

from policy_service.connectors.zoho.known_rows import UNKNOWN, packed, unpacked
from policy_service.connectors.zoho.refusals import no_cursor
from policy_service.connectors.zoho.windows import Reading
from policy_service.domain.instants import DAY, SECOND, Instant

_VERSION: Final = 1
_LONGEST: Final = 64 * 1024 * 1024
_MOST_PACKS: Final = 64
#: What became visible late is asked for once more.
OVERLAP: Final = 600 * SECOND
#: So often everything is listed, to find what is gone.
_WHOLE_EVERY: Final = DAY


@dataclass(frozen=True, slots=True)
class BooksCursor:
    """What is asked for next.

    `is_begun` says that a pull is under way, `is_whole` that it lists everything, else what was changed from `since`
    on. `known` are packs of the rows with what they were, `seen` packs of those that the listing under way had, and
    `doubtful` those that are to be asked for one by one. `latest` is the last change ever seen, `latest_before` what it
    was when the pull under way began, `seen_until` when the one before it did: up to then no change is missing.
    `is_untimed` says that some row of the list tells no time of its change. `checked` is the last row that was asked
    for though nothing spoke for a change, `fields` what the rows were asked for.
    """

    is_begun: bool = False
    is_whole: bool = False
    since: Instant | None = None
    reading: Reading = Reading()  # noqa: RUF009  # it is frozen
    known: tuple[str, ...] = ()
    seen: tuple[str, ...] = ()
    doubtful: tuple[str, ...] = ()
    latest: Instant | None = None
    latest_before: Instant | None = None
    seen_until: Instant | None = None
    is_untimed: bool = False
    whole_at: Instant | None = None
    checked: str = ""
    fields: str = ""

    def text(self) -> str:
        """Return what `read_cursor` reads."""
        return json.dumps({"version": _VERSION, **asdict(self)}, separators=(",", ":"))


def begun(cursor: BooksCursor, fields: str, now: Instant, *, tells_changes: bool) -> BooksCursor:
    """Return the cursor of a pull that begins, or goes on with the fields that it began with.

    It lists everything where the list does not tell changes.
    """
    if cursor.is_begun and cursor.fields == fields:
        return cursor
    if cursor.fields != fields:
        # Rows that did not change have fields now that were never asked for.
        known = packed(dict.fromkeys(unpacked(cursor.known), UNKNOWN))
        cursor = replace(cursor, known=(known,), whole_at=None, fields=fields)
    at = cursor.whole_at
    is_listed = not tells_changes or cursor.is_untimed
    # A row may have changed behind the place where a pull stood, and another one later, which it saw: what one pull saw
    # last says nothing of what it missed. What had been seen before it began does.
    until = cursor.seen_until
    is_whole = is_listed or until is None or at is None or not 0 <= now - at < _WHOLE_EVERY
    since = None if is_whole or until is None else min(until, now) - OVERLAP
    cursor = replace(cursor, latest_before=cursor.latest, reading=Reading(), seen=(), doubtful=())
    return replace(cursor, is_begun=True, is_whole=is_whole, since=since)


def ended(cursor: BooksCursor, now: Instant) -> BooksCursor:
    """Return the cursor of a pull that has everything."""
    is_full = cursor.is_whole or len(cursor.known) > _MOST_PACKS
    known = (packed(unpacked(cursor.known)),) if is_full else cursor.known
    whole_at = now if cursor.is_whole else cursor.whole_at
    cursor = replace(cursor, known=known, whole_at=whole_at, seen_until=cursor.latest_before)
    return replace(cursor, is_begun=False, is_whole=False, since=None, reading=Reading(), seen=())


def read_cursor(text: str) -> BooksCursor:
    """Return the place that a text names, the first one for ""; ConnectorError X114 for a text that is none of ours."""
    if not text:
        return BooksCursor()
    if len(text) > _LONGEST:
        raise no_cursor()
    try:
        found = json.loads(text)
        if found.pop("version") != _VERSION:
            raise no_cursor()
        reading = found.pop("reading")
        known, seen, doubtful = (_texts(found.pop(name)) for name in ("known", "seen", "doubtful"))
        read = Reading(reading["read"], _texts(reading["anchors"]))
        cursor = BooksCursor(reading=read, known=known, seen=seen, doubtful=doubtful, **found)
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        raise no_cursor() from None
    if not _is_sound(cursor):
        raise no_cursor()
    return cursor


def _texts(found: object) -> tuple[str, ...]:
    if not isinstance(found, list) or not all(isinstance(each, str) for each in found):
        raise no_cursor()
    return tuple(found)


def _is_sound(cursor: BooksCursor) -> bool:
    instants = (cursor.since, cursor.latest, cursor.latest_before, cursor.seen_until, cursor.whole_at)
    flags = (cursor.is_begun, cursor.is_whole, cursor.is_untimed)
    return (
        all(each is None or type(each) is int for each in instants)
        and all(type(each) is bool for each in flags)
        and all(isinstance(each, str) for each in (cursor.checked, cursor.fields))
        and type(cursor.reading.read) is int
        and cursor.reading.read >= 0
    )
