"""Answers of Zoho CRM taken apart: rows, what follows them, and refusals in its own words."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from policy_service.connectors.errors import ConnectorError
from policy_service.connectors.http.bodies import no_answer
from policy_service.connectors.http.channel import Answer
from policy_service.connectors.http.refusals import too_busy
from policy_service.connectors.port import Body, Json
from policy_service.connectors.zoho.refusals import refused, words_of

_NOTHING: Final = frozenset({204, 304})
_LONGEST_ID: Final = 100
_FINE: Final = range(200, 300)
_UNAUTHORISED: Final = 401
_BAD: Final = 400
_NO_SCOPE: Final = "OAUTH_SCOPE_MISMATCH"
#: Said of a token also with another status than 401.
_NO_TOKEN: Final = frozenset({"INVALID_TOKEN", "AUTHENTICATION_FAILURE"})
#: Said also with another status than 429.
_TOO_MANY: Final = "TOO_MANY_REQUESTS"


@dataclass(frozen=True, slots=True)
class Listed:
    """The rows of a page, whether more follow, and the token by which these are asked for, if one came."""

    rows: tuple[Body, ...] = ()
    has_more: bool = False
    token: str = ""


def is_expired(answer: Answer) -> bool:
    """Return whether a new access token may help: not where the scopes of the connection do not do."""
    if answer.status < _BAD:
        return False
    code = code_of(answer)
    return code in _NO_TOKEN or (answer.status == _UNAUTHORISED and code != _NO_SCOPE)


def code_of(answer: Answer) -> str:
    """Return the code of a refusal; "" where it names none."""
    return words_of(_said(answer).get("code"))


def refusal(host: str, answer: Answer) -> ConnectorError:
    """Return the error of an answer that is no success: X104 where too much was asked, else X112."""
    said = _said(answer)
    if said.get("code") == _TOO_MANY:
        return too_busy(host, None)
    return refused(host, words_of(said.get("code")) or str(answer.status), words_of(said.get("message")))


def object_of(host: str, answer: Answer) -> Mapping[str, Json]:
    """Return what a successful answer says; nothing where it has no body. ConnectorError X112 for a refusal."""
    if answer.status in _NOTHING:
        return {}
    if answer.status not in _FINE:
        raise refusal(host, answer)
    return mapping_of(answer.json())


def listed(host: str, answer: Answer) -> Listed:
    """Return a page of a list; an empty one has no body, and so has one of which nothing was changed."""
    said = object_of(host, answer)
    if not said:
        return Listed()
    info = mapping_of(said.get("info", {}))
    more = info.get("more_records", False)
    if not isinstance(more, bool):
        raise no_answer("it does not say whether more follows")
    token = info.get("next_page_token")
    return Listed(rows_of(said.get("data")), more, token if isinstance(token, str) else "")


def rows_of(found: Json) -> tuple[Body, ...]:
    """Return objects in a list; ConnectorError X105 for anything else."""
    if not isinstance(found, list):
        raise no_answer("it has no list where one must be")
    return tuple(mapping_of(each) for each in found)


def mapping_of(found: Json) -> Mapping[str, Json]:
    """Return an object; ConnectorError X105 for anything else."""
    if not isinstance(found, dict):
        raise no_answer("it has no object where one must be")
    return found


def id_of(row: Body, name: str = "id") -> str:
    """Return the id of a row, which may be a text or a whole number; ConnectorError X105 for none."""
    found = row.get(name)
    if isinstance(found, bool) or not isinstance(found, str | int) or not str(found).strip():
        raise no_answer("a row has no id")
    text = str(found).strip()
    if len(text) > _LONGEST_ID or not text.isprintable():
        raise no_answer("a row has no proper id")
    return text


def _said(answer: Answer) -> Mapping[str, Json]:
    """Return what a refusal says; nothing for one that is no object, such as a page of a gateway."""
    try:
        found = answer.json()
    except ConnectorError:
        return {}
    return found if isinstance(found, dict) else {}
