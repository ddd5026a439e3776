"""Zoho Books v3: invoices, customers and payments with their allocations, and write-back to customers.

A number with a fraction comes as the text it was written in, and goes as the digits it was given in: no amount passes
through a float. What changed is told by comparing lists with what is remembered (decision 0058): not every list can be
asked for what changed, and none tells what was deleted.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Final
from urllib.parse import quote

import httpx

from policy_service.connectors.http.channel import Answer, Call, Sent
from policy_service.connectors.http.limits import Limits
from policy_service.connectors.http.pace import Paces
from policy_service.connectors.means import Account, Means
from policy_service.connectors.port import (
    Body,
    Change,
    Page,
    RemoteField,
    RemoteObject,
    RemoteRow,
    Task,
    Wanted,
    Written,
)
from policy_service.connectors.zoho.asked_fields import mark_of
from policy_service.connectors.zoho.books_answers import envelope, is_expired, is_no_row, one_of, page_of
from policy_service.connectors.zoho.books_cursor import BooksCursor, begun, ended, read_cursor
from policy_service.connectors.zoho.books_objects import (
    BOOKS_OBJECTS,
    BooksObject,
    books_object,
    custom_fields_of,
    custom_value,
    is_custom,
    is_numbered,
    value_of,
)
from policy_service.connectors.zoho.crm_answers import id_of, rows_of
from policy_service.connectors.zoho.known_rows import GONE, packed, print_of, unpacked
from policy_service.connectors.zoho.numbers import sent_as
from policy_service.connectors.zoho.refusals import no_object, no_tasks, not_set, words_of
from policy_service.connectors.zoho.session import ACCOUNTS, Network, Session
from policy_service.connectors.zoho.times import instant_of, written
from policy_service.connectors.zoho.windows import behind, window
from policy_service.domain.instants import Instant

#: Names of settings: the organisation's id, and how many calls a minute it may make, where these are not 100.
ORGANISATION, CALLS_A_MINUTE = "organization_id", "calls_a_minute"

_ROOT: Final = "/books/v3"
_USUAL_CALLS: Final = 100
_MINUTE: Final = 60.0
_CHANGED: Final = "last_modified_time"
_WRITTEN: Final = "contacts"
#: Brought by one page: with a call for each row, and without.
_ROWS_ONE_BY_ONE, _ROWS = 50, 200
_DOUBTFUL_OF_PAGE: Final = 20
#: Of rows whose list does not tell all that may change in them so many are asked for in each pull, in turn.
_IN_TURN: Final = 50
_PACES: Final = Paces()


class ZohoBooks:
    """One organisation's Zoho Books, as the user sees it who made the refresh token."""

    def __init__(
        self,
        account: Account,
        means: Means,
        *,
        limits: Limits = Limits(),  # noqa: B008  # it is frozen
        transport: httpx.BaseTransport | None = None,
        rows_of_page: int = _ROWS,
    ) -> None:
        self._means = means
        self._organisation = account.settings.get(ORGANISATION, "").strip()
        calls = _calls_of(account.settings.get(CALLS_A_MINUTE, ""))
        key = f"{account.settings.get(ACCOUNTS, '')} {self._organisation} {calls}"
        self._session = Session(account, means, Network(limits, _PACES.of(key, calls, _MINUTE), transport))
        self._size = rows_of_page
        self._remembered: tuple[tuple[str, ...], dict[str, str]] = ((), {})

    def close(self) -> None:
        """Close the connection."""
        self._session.close()

    def check(self) -> str:
        """Return the name of the organisation, once it lets us in; ConnectorError X113 if it has another id."""
        for each in rows_of(self._said(Call("GET", "/organizations")).get("organizations")):
            if words_of(each.get("organization_id")) == self._organisation:
                return f"Zoho Books: {words_of(each.get('name'))}"
        raise not_set(ORGANISATION)

    def objects(self) -> tuple[RemoteObject, ...]:
        """Return what can be pulled."""
        return tuple(RemoteObject(each.name, each.title) for each in BOOKS_OBJECTS.values())

    def fields(self, object_name: str) -> tuple[RemoteField, ...]:
        """Return the fields of an object, and the custom ones that the first row of its list has."""
        kind = books_object(object_name)
        params = {"page": "1", "per_page": "1"}
        rows = page_of(kind, self._said(Call("GET", f"/{kind.name}", params))).rows
        one = self._one(kind, id_of(rows[0], kind.row_id)) if rows else None
        return (*kind.fields, *(custom_fields_of(one) if one else ()))

    def page(self, wanted: Wanted, cursor: str) -> Page:
        """Return the next rows that changed; in the end those that are gone.

        ConnectorError X112 where the right is lacking, X114 for a cursor of another make, X115 for too many rows.
        """
        kind = books_object(wanted.object_name)
        place = begun(read_cursor(cursor), mark_of(wanted), self._means.now(), tells_changes=kind.tells_changes)
        if place.doubtful:
            return self._checked(kind, wanted, place)
        asked = window(place.reading, self._size)
        params = {"page": str(asked.number), "per_page": str(asked.size)}
        if kind.tells_changes:
            params |= {"sort_column": "created_time", "sort_order": "A"}
        if place.since is not None:
            params[_CHANGED] = written(place.since, "+0000")
        found = page_of(kind, self._said(Call("GET", f"/{kind.name}", params)))
        listed = {id_of(each, kind.row_id): each for each in found.rows}
        most = _ROWS_ONE_BY_ONE if _is_more(kind, wanted) else self._size
        listed, is_cut = _cut(listed, self._known(place), most)
        reading, has_no_gap = behind(place.reading, asked, tuple(listed))
        rows, place = self._changed(kind, wanted, replace(place, reading=reading), listed)
        if found.has_more or is_cut or not has_no_gap:
            return Page(rows, place.text(), is_last=False)
        place = self._doubting(kind, wanted, place)
        if place.doubtful:
            return Page(rows, place.text(), is_last=False)
        return Page(rows, ended(place, self._means.now()).text(), is_last=True)

    def write(self, object_name: str, changes: Sequence[Change]) -> tuple[Written, ...]:
        """Change customers one by one, and return what became of each, in order; X117 for another object."""
        if object_name != _WRITTEN:
            raise no_object(object_name)
        return tuple(self._written(each) for each in changes)

    def assign(self, tasks: Sequence[Task]) -> tuple[Written, ...]:
        """Hand nothing over: ConnectorError X116 for any task."""
        if tasks:
            raise no_tasks()
        return ()

    def _changed(
        self, kind: BooksObject, wanted: Wanted, place: BooksCursor, listed: dict[str, Body]
    ) -> tuple[tuple[RemoteRow, ...], BooksCursor]:
        """Return those of a page that are not what they were, and the cursor that knows them."""
        known = self._known(place)
        marks = {row_id: print_of(row) for row_id, row in listed.items()}
        fresh = {row_id: mark for row_id, mark in marks.items() if known.get(row_id) != mark}
        rows = tuple(self._row(kind, wanted, row_id, listed[row_id]) for row_id in fresh)
        times = [instant_of(row.get(_CHANGED)) for row in listed.values()]
        latest = max((at for at in (*times, place.latest) if at is not None), default=None)
        place = replace(place, latest=latest, is_untimed=place.is_untimed or None in times)
        if place.is_whole and listed:
            place = replace(place, seen=(*place.seen, packed(dict.fromkeys(listed, ""))))
        return rows, self._knowing(place, fresh)

    def _row(self, kind: BooksObject, wanted: Wanted, row_id: str, found: Body) -> RemoteRow:
        """Return the row as it was listed, with what only a call for it alone tells."""
        if _is_more(kind, wanted):
            one = self._one(kind, row_id)
            if one is None:
                return RemoteRow(row_id, self._means.now(), is_deleted=True)
            found = {**found, **one}
        return self._shown(wanted, row_id, found)

    def _shown(self, wanted: Wanted, row_id: str, found: Body) -> RemoteRow:
        at: Instant | None = instant_of(found.get(_CHANGED))
        body = {name: value_of(found, name) for name in wanted.fields}
        return RemoteRow(row_id, self._means.now() if at is None else at, body)

    def _doubting(self, kind: BooksObject, wanted: Wanted, place: BooksCursor) -> BooksCursor:
        """Return the cursor with what is to be asked for one by one: what a whole list lacks, and some in turn."""
        known = self._known(place)
        doubtful = sorted(known.keys() - unpacked(place.seen).keys()) if place.is_whole else []
        if place.is_untimed and _is_more(kind, wanted):
            ids = sorted(known.keys() - set(doubtful))
            later = [row_id for row_id in ids if row_id > place.checked]
            turn = (later or ids)[:_IN_TURN]
            doubtful += turn
            place = replace(place, checked=turn[-1] if turn else "")
        return replace(place, doubtful=tuple(doubtful))

    def _checked(self, kind: BooksObject, wanted: Wanted, place: BooksCursor) -> Page:
        """Return what became of rows that a list lacked, each by the word of the system itself."""
        now, left = place.doubtful[:_DOUBTFUL_OF_PAGE], place.doubtful[_DOUBTFUL_OF_PAGE:]
        rows = list[RemoteRow]()
        for row_id in now:
            one = self._one(kind, row_id)
            gone = RemoteRow(row_id, self._means.now(), is_deleted=True)
            rows.append(gone if one is None else self._shown(wanted, row_id, one))
        place = self._knowing(replace(place, doubtful=left), {row.row_id: GONE for row in rows if row.is_deleted})
        if not left:
            place = ended(place, self._means.now())
        return Page(tuple(rows), place.text(), is_last=not left)

    def _known(self, place: BooksCursor) -> dict[str, str]:
        """Return the rows that are known; those of the page before are still at hand."""
        if self._remembered[0] != place.known:
            self._remembered = (place.known, unpacked(place.known))
        return self._remembered[1]

    def _knowing(self, place: BooksCursor, marks: dict[str, str]) -> BooksCursor:
        if not marks:
            return place
        known = self._known(place)
        known.update(marks)
        for row_id in [row_id for row_id, mark in marks.items() if mark == GONE]:
            del known[row_id]
        place = replace(place, known=(*place.known, packed(marks)))
        self._remembered = (place.known, known)
        return place

    def _one(self, kind: BooksObject, row_id: str) -> Body | None:
        """Return a single row; none if there is none of that id."""
        answer = self._ask(Call("GET", f"/{kind.name}/{quote(row_id, safe='')}"))
        return None if is_no_row(answer) else one_of(kind, envelope(self._session.host, answer))

    def _written(self, change: Change) -> Written:
        numbers = {each.name: each.kind for each in BOOKS_OBJECTS[_WRITTEN].fields}
        sent: dict[str, Sent] = {
            name: sent_as(value, numbers[name]) if name in numbers else value
            for name, value in change.values.items()
            if not is_custom(name)
        }
        custom = [custom_value(name, value) for name, value in change.values.items() if is_custom(name)]
        if custom:
            sent["custom_fields"] = custom
        answer = self._ask(Call("PUT", f"/{_WRITTEN}/{quote(change.row_id, safe='')}", json=sent))
        if answer.status in {400, 404}:
            said = answer.json()
            said = said if isinstance(said, dict) else {}
            return Written(change.row_id, False, words_of(said.get("code")), words_of(said.get("message")))
        envelope(self._session.host, answer)
        return Written(change.row_id, is_done=True)

    def _said(self, call: Call) -> Body:
        return envelope(self._session.host, self._ask(call))

    def _ask(self, call: Call) -> Answer:
        if not self._organisation.isascii() or not self._organisation.isdigit():
            raise not_set(ORGANISATION)
        params = {**call.params, "organization_id": self._organisation}
        return self._session.ask(replace(call, path=_ROOT + call.path, params=params), is_expired)


def _is_more(kind: BooksObject, wanted: Wanted) -> bool:
    """Return whether a field is wanted that no list of the object has."""
    of_custom = "custom_fields" in kind.listed
    return any(not (name in kind.listed or (of_custom and is_numbered(name))) for name in wanted.fields)


def _cut(listed: dict[str, Body], known: Mapping[str, str], most: int) -> tuple[dict[str, Body], bool]:
    """Return the rows of a page up to the last of so many that changed, and whether others are behind it."""
    fresh = [row_id for row_id, row in listed.items() if known.get(row_id) != print_of(row)]
    if len(fresh) <= most:
        return listed, False
    ids = list(listed)
    return {row_id: listed[row_id] for row_id in ids[: ids.index(fresh[most])]}, True


def _calls_of(setting: str) -> int:
    if not setting.strip():
        return _USUAL_CALLS
    if not (setting.strip().isascii() and setting.strip().isdigit() and 0 < len(setting.strip()) <= 6):
        raise not_set(CALLS_A_MINUTE)
    return max(1, int(setting))
