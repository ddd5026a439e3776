"""Answers of Zoho Books taken apart: each says by a code of its own whether it is an error, whatever its status."""

from dataclasses import dataclass
from typing import Final

from policy_service.connectors.errors import ConnectorError
from policy_service.connectors.http.bodies import no_answer
from policy_service.connectors.http.channel import Answer
from policy_service.connectors.http.refusals import too_busy
from policy_service.connectors.port import Body, Json
from policy_service.connectors.zoho.books_objects import BooksObject
from policy_service.connectors.zoho.crm_answers import mapping_of, rows_of
from policy_service.connectors.zoho.refusals import refused, words_of

_FINE: Final = range(200, 300)
_TOO_MANY: Final = frozenset({"44", "45"})
#: An id of no row, or of one that was deleted.
_NO_ROW: Final = frozenset({"2", "1002"})
_NOT_FOUND: Final = 404
_UNAUTHORISED: Final = 401
#: The token is none; as any error it may come with a status that says success.
_NOT_TAKEN: Final = "14"
#: A refusal is no longer than this: what is longer is not read twice.
_SHORT: Final = 1_000
#: The address is wrong, which says nothing of the row.
_NO_ADDRESS: Final = "5"
_OF_ANSWERS: Final = frozenset({"code", "message"})


@dataclass(frozen=True, slots=True)
class BooksPage:
    """The rows of a page, and whether more follow."""

    rows: tuple[Body, ...]
    has_more: bool


def envelope(host: str, answer: Answer) -> Body:
    """Return what a successful answer says.

    ConnectorError X112 for a refusal, X104 for one as too much was asked, X105 for what is no such answer.
    """
    said = mapping_of(answer.json())
    code = words_of(said.get("code"))
    if answer.status in _FINE and code == "0":
        return said
    if code in _TOO_MANY:
        raise too_busy(host, None)
    raise refused(host, code or str(answer.status), words_of(said.get("message")))


def page_of(kind: BooksObject, said: Body) -> BooksPage:
    """Return the page that a list is; where it stands may be an object, or a list of one."""
    key = next((each for each in kind.keys if each in said), None)
    if key is None:
        raise no_answer("it has no list where one must be")
    context = said.get("page_context")
    if isinstance(context, list):
        context = context[0] if context else None
    has_more = mapping_of(context).get("has_more_page")
    if not isinstance(has_more, bool):
        raise no_answer("it does not say whether more follows")
    return BooksPage(rows_of(said[key]), has_more)


def one_of(kind: BooksObject, said: Body) -> Body:
    """Return a single row; some of its fields may stand beside it."""
    inner = said.get(kind.one)
    beside: dict[str, Json] = {name: value for name, value in said.items() if name not in {*_OF_ANSWERS, kind.one}}
    return {**beside, **(mapping_of(inner) if inner is not None else {})}


def is_expired(answer: Answer) -> bool:
    """Return whether a new access token may help."""
    if answer.status == _UNAUTHORISED:
        return True
    return len(answer.body) <= _SHORT and _code_of(answer) == _NOT_TAKEN


def is_no_row(answer: Answer) -> bool:
    """Return whether the answer says that there is no row of that id."""
    if answer.status in _FINE:
        return False
    code = _code_of(answer)
    return code in _NO_ROW or (answer.status == _NOT_FOUND and code not in {"", _NO_ADDRESS})


def _code_of(answer: Answer) -> str:
    """Return the code of an answer; "" where it names none, or is a page of a gateway."""
    try:
        return words_of(mapping_of(answer.json()).get("code"))
    except ConnectorError:
        return ""
