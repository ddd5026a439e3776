"""Zoho CRM v8: rows of any module by the time of their change, deletions, write-back and tasks.

A number with a fraction comes as the text it was written in, and goes as the digits it was given in: no amount passes
through a float.
"""

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Final

import httpx

from policy_service.connectors.http.bodies import no_answer
from policy_service.connectors.http.channel import Answer, Call
from policy_service.connectors.http.limits import Limits
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
from policy_service.connectors.zoho.crm_answers import (
    Listed,
    id_of,
    is_expired,
    listed,
    object_of,
    rows_of,
)
from policy_service.connectors.zoho.crm_cursor import CrmCursor, Walk, read_cursor
from policy_service.connectors.zoho.crm_fields import field_of, module_of
from policy_service.connectors.zoho.crm_paging import after_deleted, after_rows, anew, begun, page_behind
from policy_service.connectors.zoho.crm_writing import assigned, written
from policy_service.connectors.zoho.refusals import no_object
from policy_service.connectors.zoho.session import Network, Session
from policy_service.connectors.zoho.times import instant_of
from policy_service.connectors.zoho.times import written as instant_text

_ROOT: Final = "/crm/v8"
_MODULE: Final = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,99}", re.ASCII)
_FIELD: Final = re.compile(r"[$A-Za-z][A-Za-z0-9_$]{0,99}", re.ASCII)
_CHANGED: Final = "Modified_Time"
_BAD: Final = 400
_MOST_FIELDS: Final = 50
_MOST_IDS: Final = 100
#: By page numbers so many rows can be reached; others by tokens.
_NUMBERED: Final = 2_000


class ZohoCrm:
    """One organisation's Zoho CRM, as the user sees it who made the refresh token."""

    def __init__(
        self,
        account: Account,
        means: Means,
        *,
        limits: Limits = Limits(),  # noqa: B008  # it is frozen
        transport: httpx.BaseTransport | None = None,
        rows_of_page: int = 200,
        numbered: int = _NUMBERED,
    ) -> None:
        self._means = means
        self._session = Session(account, means, Network(limits, transport=transport))
        self._size = rows_of_page
        self._pages = numbered // rows_of_page

    def close(self) -> None:
        """Close the connection."""
        self._session.close()

    def ask(self, call: Call) -> Answer:
        """Return the answer to a call whose path is below the API's root, signed in."""
        return self._session.ask(replace(call, path=_ROOT + call.path), is_expired)

    @property
    def host(self) -> str:
        """Where the API lies."""
        return self._session.host

    def check(self) -> str:
        """Return where it is, once it lets us in; what it is called there needs a right of its own."""
        self.objects()
        return f"Zoho CRM: {self.host}"

    def objects(self) -> tuple[RemoteObject, ...]:
        """Return the modules that the API gives."""
        said = object_of(self.host, self.ask(Call("GET", "/settings/modules")))
        found = (module_of(each) for each in rows_of(said.get("modules", [])))
        return tuple(each for each in found if each is not None)

    def fields(self, object_name: str) -> tuple[RemoteField, ...]:
        """Return the fields of a module, the id among them; ConnectorError X117 for what is no module."""
        call = Call("GET", "/settings/fields", {"module": _module(object_name)})
        found = (field_of(each) for each in rows_of(object_of(self.host, self.ask(call)).get("fields", [])))
        known = tuple(each for each in found if each is not None)
        has_id = any(each.name == "id" for each in known)
        return known if has_id else (RemoteField("id", "id", is_writable=False), *known)

    def page(self, wanted: Wanted, cursor: str) -> Page:
        """Return the next rows by the time of their change, and in the end what was deleted.

        ConnectorError X112 where the module or the right is lacking, X114 for a cursor of another make.
        """
        place = begun(read_cursor(cursor), mark_of(wanted), self._means.now())
        found = self._listed(wanted, place)
        if isinstance(found, CrmCursor):
            return Page((), found.text(), is_last=False)
        follows = page_behind(place.walk, found.token, self._pages) if found.has_more else None
        if place.tells_deleted:
            return self._deleted(found, place, follows)
        rows = tuple(self._row(wanted, each) for each in self._completed(wanted, found.rows))
        behind = after_rows(place, ((row.row_id, row.changed_at) for row in rows), follows, self._means.now())
        return Page(rows, behind.text(), is_last=False)

    def write(self, object_name: str, changes: Sequence[Change]) -> tuple[Written, ...]:
        """Change rows in batches, with no workflow started, and return what became of each, in order."""
        kinds = {each.name: each.kind for each in self.fields(object_name)} if changes else {}
        return written(self, _module(object_name), kinds, changes)

    def assign(self, tasks: Sequence[Task]) -> tuple[Written, ...]:
        """Hand over tasks, none twice, and return what became of each, in order; the row id is that of the task."""
        return assigned(self, tasks)

    def _listed(self, wanted: Wanted, place: CrmCursor) -> Listed | CrmCursor:
        """Return a page of the list; where the token of this page has expired, from where to go on instead."""
        module = _module(wanted.object_name)
        params, headers = self._asked(place.walk), dict[str, str]()
        if place.since is not None:
            headers["If-Modified-Since"] = instant_text(place.since)
        if place.tells_deleted:
            answer = self.ask(Call("GET", f"/{module}/deleted", {**params, "type": "all"}, headers))
        else:
            params |= {"fields": ",".join(_fields_of(wanted)[0]), "sort_by": _CHANGED, "sort_order": "asc"}
            answer = self.ask(Call("GET", f"/{module}", params, headers))
        again = anew(place) if answer.status == _BAD else None
        return again or listed(self.host, answer)

    def _asked(self, walk: Walk) -> dict[str, str]:
        behind = {"page_token": walk.token} if walk.token else {"page": str(walk.page)}
        return {"per_page": str(self._size), **behind}

    def _completed(self, wanted: Wanted, rows: Sequence[Body]) -> list[Body]:
        """Return the rows with the fields that one call did not hold; a row that is gone meanwhile has none of them."""
        found = {id_of(row): dict(row) for row in rows}
        for fields in _fields_of(wanted)[1:]:
            ids = list(found)
            for start in range(0, len(ids), _MOST_IDS):
                params = {"ids": ",".join(ids[start : start + _MOST_IDS]), "fields": ",".join(fields)}
                call = Call("GET", f"/{_module(wanted.object_name)}", {**params, "per_page": str(self._size)})
                for more in listed(self.host, self.ask(call)).rows:
                    # What was changed since the first call comes once more: its time stays what it was.
                    found.get(id_of(more), {}).update({name: more.get(name) for name in fields})
        return list(found.values())

    def _row(self, wanted: Wanted, found: Body) -> RemoteRow:
        changed = instant_of(found.get(_CHANGED))
        if changed is None:
            raise no_answer("a row has no time of change")
        return RemoteRow(id_of(found), changed, {name: found.get(name) for name in wanted.fields})

    def _deleted(self, found: Listed, place: CrmCursor, follows: Walk | None) -> Page:
        rows = tuple(self._gone(each) for each in found.rows)
        behind, is_last = after_deleted(place, ((row.row_id, row.changed_at) for row in rows), follows)
        return Page(rows, behind.text(), is_last)

    def _gone(self, found: Body) -> RemoteRow:
        at = instant_of(found.get("deleted_time"))
        return RemoteRow(id_of(found), self._means.now() if at is None else at, is_deleted=True)


def _module(name: str) -> str:
    if not _MODULE.fullmatch(name):
        raise no_object(name)
    return name


def _fields_of(wanted: Wanted) -> list[list[str]]:
    """Return the fields by the calls that ask for them; the first has the time of the change."""
    names = [name for name in dict.fromkeys(wanted.fields) if name not in {"id", _CHANGED}]
    for name in names:
        if not _FIELD.fullmatch(name):
            raise no_object(name)
    first = [_CHANGED, *names[: _MOST_FIELDS - 1]]
    rest = names[_MOST_FIELDS - 1 :]
    return [first, *(rest[start : start + _MOST_FIELDS] for start in range(0, len(rest), _MOST_FIELDS))]
