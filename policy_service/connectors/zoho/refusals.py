"""What is said when Zoho refuses, or a connection to it is not set up right."""

from typing import Final

from policy_service.connectors.errors import ConnectorError
from policy_service.connectors.port import Json

_LONGEST: Final = 200


def words_of(found: Json, most: int = _LONGEST) -> str:
    """Return what the other system says, as one line of at most so many characters."""
    text = found if isinstance(found, str) else str(found) if isinstance(found, int) else ""
    return "".join(one for one in text if one.isprintable())[:most]


def sign_in_refused(host: str, why: str) -> ConnectorError:
    """Return the error of a client or refresh token that is none."""
    return ConnectorError(
        "X110",
        f"{host} does not let this connection sign in ({why}).",
        remedy="Correct the client id, client secret and refresh token, or make new ones there, and connect again.",
    )


def too_many_tokens(retry_after: float) -> ConnectorError:
    """Return the error of having asked for as many access tokens as are given out."""
    return ConnectorError(
        "X111",
        "No further access token is asked for now: only a few are given out every ten minutes.",
        remedy="It is tried again by itself; if it stays, use another refresh token for each connection.",
        is_passing=True,
        retry_after=retry_after,
    )


def refused(host: str, code: str, words: str) -> ConnectorError:
    """Return the error of a call that the system does not carry out, in its own words."""
    return ConnectorError(
        "X112",
        f"{host} refused what was asked: {code or 'no code'}, {words or 'no reason'}.",
        remedy="Check the scopes and rights of the account that the connection signs in with, and the mapping.",
    )


def not_set(name: str) -> ConnectorError:
    """Return the error of a setting or secret that this connection lacks or that cannot be right."""
    return ConnectorError(
        "X113", f"The connection has no proper {name}.", remedy="Complete the connection, and connect again."
    )


def no_cursor() -> ConnectorError:
    """Return the error of a place that cannot be gone on from."""
    return ConnectorError(
        "X114",
        "The place from which the pull was to go on cannot be read.",
        remedy="Pull again: what was noted is forgotten, and the pull begins with the first row.",
    )


def too_many_rows(most: int) -> ConnectorError:
    """Return the error of an object with more rows than can be remembered to tell which are gone."""
    return ConnectorError(
        "X115",
        f"The other system has more than {most} rows of one kind, and does not tell which are deleted.",
        remedy="Hand these over as files, or leave that kind out of the mapping.",
    )


def no_tasks() -> ConnectorError:
    """Return the error of handing a task to a system that has none."""
    return ConnectorError("X116", "Zoho Books has no tasks.", remedy="Hand cases over to Zoho CRM, or to nobody.")


def no_object(name: str) -> ConnectorError:
    """Return the error of an object that the system does not have."""
    return ConnectorError(
        "X117",
        f"{words_of(name)} is no object that can be pulled or written there.",
        remedy="Take one of those that the connection lists.",
    )
