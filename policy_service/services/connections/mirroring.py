"""The first step of a pull: what has changed over there is brought page by page, each kept with its place."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Final

from sqlalchemy.orm import Session

from policy_service.connectors.errors import ConnectorError
from policy_service.connectors.port import Connector, Page, Wanted
from policy_service.domain.lengths import LONGEST_IDENTIFIER
from policy_service.storage.mirror_store import Cursor, Kept, MirrorStore

#: Gives the session of a write transaction of the pull's own.
Writing = Callable[[], AbstractContextManager[Session]]
#: Told of a page and what it came to.
Told = Callable[[Session, Page, Kept], None]
#: A page has at most so many rows.
_LONGEST_PAGE: Final = 100_000


def mirror(connector: Connector, connection_id: int, wanted: Wanted, writing: Writing, tell: Told) -> None:
    """Bring an object page by page; `tell` is told of each, within the transaction that keeps it.

    An object of which more fields are wanted than before is brought from its first row.
    """
    with writing() as session:
        cursor = _begin(MirrorStore(session, connection_id), wanted)
    is_last = False
    while not is_last:
        page = connector.page(wanted, cursor.text)
        _refuse_what_cannot_be_kept(wanted, cursor, page)
        is_last = page.is_last
        with writing() as session:
            store = MirrorStore(session, connection_id)
            kept = store.keep(cursor, page)
            is_sweeping = cursor.is_sweeping and not page.is_last
            cursor = Cursor(cursor.object_name, cursor.fields, page.cursor, cursor.sweep, is_sweeping)
            store.set_cursor(cursor)
            tell(session, page, kept)


def _begin(store: MirrorStore, wanted: Wanted) -> Cursor:
    before = store.cursor(wanted.object_name)
    fields = tuple(sorted(wanted.fields))
    if before is None:
        cursor = Cursor(wanted.object_name, fields, "", 1, is_sweeping=True)
    elif set(fields) <= set(before.fields):
        # What is not asked for now would lack in rows that come, and has to be brought if it is wanted again.
        cursor = Cursor(wanted.object_name, fields, before.text, before.sweep, before.is_sweeping)
    else:
        cursor = Cursor(wanted.object_name, fields, "", before.sweep + 1, is_sweeping=True)
    store.set_cursor(cursor)
    return cursor


def _refuse_what_cannot_be_kept(wanted: Wanted, cursor: Cursor, page: Page) -> None:
    remedy = "It is a fault of the connector or of the other system: report it, with the log of the pull."
    if len(page.rows) > _LONGEST_PAGE:
        raise ConnectorError("X165", f"A page of {wanted.object_name} has {len(page.rows)} rows.", remedy=remedy)
    if not page.is_last and page.cursor == cursor.text:
        raise ConnectorError("X165", f"The pages of {wanted.object_name} come to no end.", remedy=remedy)
    for row in page.rows:
        if not row.row_id or len(row.row_id) > LONGEST_IDENTIFIER or "\0" in row.row_id:
            raise ConnectorError(
                "X165",
                f"{wanted.object_name} has a row without an id, or with one of {len(row.row_id)} characters.",
                remedy=remedy,
            )
