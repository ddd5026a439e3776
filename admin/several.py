"""How a page has a service do the same with each of several rows: one by one, each with an answer of its own."""

from collections.abc import Callable
from dataclasses import dataclass
from http import HTTPStatus
from typing import Final, TypeAlias

from flask import request

from admin.doing import revision_in
from admin.visitors import Work, working
from admin.wording import said
from policy_service.api.problems import status_of
from policy_service.domain.errors import PolicyServiceError, RequestError

#: As many rows as a list shows.
MOST: Final = 50
#: Does something with the row of an id that its reader saw at a revision, and returns what is told of it.
RowWork: TypeAlias = Callable[[Work, str, int], str]


@dataclass(frozen=True, slots=True)
class Answer:
    """What became of one row."""

    row: str
    told: str
    is_done: bool


def chosen() -> list[tuple[str, int]]:
    """Return the ids of the rows that were chosen on a page, each with the revision that its reader saw.

    RequestError R414 for a row without a revision, R422 for more rows than a list shows.
    """
    rows = request.form.getlist("chosen")
    if len(rows) > MOST:
        raise RequestError("R422", f"{len(rows)} rows were chosen.", remedy=f"Choose at most {MOST}.")
    return list(dict.fromkeys(map(_row, rows)))


def each_done(rows: list[tuple[str, int]], work: RowWork) -> list[Answer]:
    """Do the same with each row, in a transaction of its own; what is refused of one keeps nothing of another back."""
    return [_answer(work, *row) for row in rows]


def _answer(work: RowWork, row: str, revision: int) -> Answer:
    try:
        with working() as under_way:
            told = work(under_way, row, revision)
    except PolicyServiceError as error:
        if status_of(error) >= HTTPStatus.INTERNAL_SERVER_ERROR:
            raise
        return Answer(row, said(error), is_done=False)
    return Answer(row, told, is_done=True)


def _row(written: str) -> tuple[str, int]:
    revision, _, row = written.partition(" ")
    return row, revision_in(revision if row else "")
