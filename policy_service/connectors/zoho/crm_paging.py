"""How rows of Zoho CRM are gone through so that none is left out, whatever changes meanwhile (decision 0058).

Rows come by the time of their last change, and each page is asked for by the time at which the one before ended: a
row that changes moves to the end, and what moves up behind it is still asked for. Only rows of one second, more than
a page has, are gone through by page numbers; these count once two walks in a row saw the same rows.
"""

from collections.abc import Iterable
from dataclasses import replace
from hashlib import blake2b
from typing import Final

from policy_service.connectors.http.bodies import no_answer
from policy_service.connectors.zoho.crm_cursor import CrmCursor, Walk
from policy_service.domain.instants import DAY, SECOND, Instant

#: What became visible late is asked for once more.
OVERLAP: Final = 600 * SECOND
#: So often everything is asked for again: rows that came back from the bin, or with a time that is long past.
_WHOLE_EVERY: Final = 7 * DAY
_MOST_ANEW: Final = 5
_SUM: Final = 2**63


def begun(cursor: CrmCursor, fields: str, now: Instant) -> CrmCursor:
    """Return the cursor of a pull that begins, or goes on with the fields that it began with.

    It begins with all rows if that is due, else shortly before the latest change.
    """
    if cursor.is_begun and cursor.fields == fields:
        return cursor
    if cursor.fields != fields:
        # Rows that did not change have fields now that were never asked for.
        cursor = replace(cursor, whole_at=None, fields=fields)
    if cursor.whole_at is None or not 0 <= now - cursor.whole_at < _WHOLE_EVERY or cursor.latest is None:
        return replace(cursor, since=None, tells_deleted=False, walk=Walk(), whole_at=now, is_begun=True)
    # A row may bear a time that is yet to come: what changes until then must not wait for it.
    return replace(cursor, since=min(cursor.latest, now) - OVERLAP, tells_deleted=False, walk=Walk(), is_begun=True)


def begin_deleted(cursor: CrmCursor, now: Instant) -> CrmCursor:
    """Return the cursor of what was deleted since shortly before the latest that is known."""
    latest = cursor.latest_deleted
    since = None if latest is None else min(latest, now) - OVERLAP
    return replace(cursor, since=since, tells_deleted=True, walk=Walk())


def after_rows(cursor: CrmCursor, rows: Iterable[tuple[str, Instant]], follows: Walk | None, now: Instant) -> CrmCursor:
    """Return the cursor behind a page of rows with their times; `follows` is the page behind it, if there is one."""
    rows = tuple(rows)
    last = max((at for _, at in rows), default=None)
    if last is not None:
        cursor = replace(cursor, latest=last if cursor.latest is None else max(cursor.latest, last))
    edge = None if cursor.since is None else cursor.since + SECOND
    walk = _counted(cursor.walk, (row for row in rows if edge is None or row[1] <= edge))
    is_further = last is not None and (edge is None or last > edge)
    if follows is not None and not is_further:
        return replace(cursor, walk=_onward(walk, follows))
    if not _is_whole(walk):
        return replace(cursor, walk=_again(walk))
    if follows is None or last is None:
        return begin_deleted(cursor, now)
    # One second earlier: others of that second may be behind the page, and the system may leave out the bound itself.
    return replace(cursor, since=last - SECOND, walk=Walk())


def after_deleted(
    cursor: CrmCursor, rows: Iterable[tuple[str, Instant]], follows: Walk | None
) -> tuple[CrmCursor, bool]:
    """Return the cursor behind a page of deleted rows, and whether the pull has everything."""
    rows = tuple(rows)
    last = max((at for _, at in rows), default=None)
    if last is not None:
        known = cursor.latest_deleted
        cursor = replace(cursor, latest_deleted=last if known is None else max(known, last))
    walk = _counted(cursor.walk, rows)
    if follows is not None:
        return replace(cursor, walk=_onward(walk, follows)), False
    if not _is_whole(walk):
        return replace(cursor, walk=_again(walk)), False
    return replace(cursor, since=None, tells_deleted=False, walk=Walk(), is_begun=False), True


def anew(cursor: CrmCursor) -> CrmCursor | None:
    """Return the cursor that begins the walk again, as its token has expired; none after too many times."""
    walk = cursor.walk
    if not walk.token or walk.begun_anew >= _MOST_ANEW:
        return None
    return replace(cursor, walk=Walk(begun_anew=walk.begun_anew + 1))


def page_behind(walk: Walk, token: str, pages: int) -> Walk:
    """Return what asks for the next page: its number up to the last that numbers reach, then the token that came."""
    if walk.page < pages and not walk.token:
        return replace(walk, page=walk.page + 1)
    if not token:
        raise no_answer("more rows follow, and it gives no token for them")
    return replace(walk, page=walk.page + 1, token=token)


def _counted(walk: Walk, rows: Iterable[tuple[str, Instant]]) -> Walk:
    seen = walk.seen
    for row_id, at in rows:
        mark = blake2b(f"{row_id} {at}".encode(), digest_size=8).digest()
        seen = (seen + int.from_bytes(mark)) % _SUM
    return replace(walk, seen=seen)


def _onward(walk: Walk, follows: Walk) -> Walk:
    return replace(walk, page=follows.page, token=follows.token)


def _is_whole(walk: Walk) -> bool:
    """Return whether nothing can have slipped through between two pages of this walk.

    A row slips through where another one, seen on an earlier page, leaves the set. It does not come back to it, so
    the walk behind cannot have seen both.
    """
    return walk.page == 1 or walk.seen == walk.before


def _again(walk: Walk) -> Walk:
    return Walk(before=walk.seen, begun_anew=walk.begun_anew)
