"""What Fxiaoke refuses, and how: its codes, and the errors that they become."""

from collections.abc import Mapping
from typing import Final

from policy_service.connectors.errors import ConnectorError
from policy_service.connectors.port import Json

#: The token is missing or too old: sign in anew, once.
EXPIRED: Final = frozenset({20005, 20016})
#: Called too often: nothing was done.
BUSY: Final = frozenset({14001, 30004})
#: Called too often today, and counted anew at midnight.
SPENT: Final = 30002
_PASSING: Final = BUSY | {-1, SPENT, 50009}
#: What asking again does not change: something is missing or wrong in the call, or the app or its user may not do it.
_FINAL: Final = frozenset(
    {15002, 15003, 20006, 20010, 20012, 20014, 20015, 20017, 20020, 20021, 20022, 20023, 30003, 32000}
) | frozenset(range(10001, 12010))
_SECONDS_UNTIL_LESS_BUSY: Final = 20.0
_LONGEST_SAID: Final = 200


def is_final(code: int) -> bool:
    """Return whether the same call would be refused again; codes that are not known may pass."""
    return code in _FINAL


def is_known_to_pass(code: int) -> bool:
    """Return whether the code says that the same call would be answered at another time."""
    return code in _PASSING


def refused(code: int, answer: Mapping[str, Json], *, is_patient: bool = True) -> ConnectorError:
    """Return the error for an answer with that code: X122 if it stays refused, X123 if it may pass.

    A code that is not known may pass; to those who are not patient it is a refusal.
    """
    said = said_in(answer)
    if is_final(code) or not (is_patient or is_known_to_pass(code)):
        return ConnectorError(
            "X122",
            f"Fxiaoke refuses a call: {said} (code {code}).",
            remedy="Look the code up in Fxiaoke's documentation; most often the user or the app lacks a right.",
        )
    return ConnectorError(
        "X123",
        f"Fxiaoke cannot answer for now: {said} (code {code}).",
        remedy="It is tried again by itself; if it stays, look the code up in Fxiaoke's documentation.",
        is_passing=True,
        retry_after=_SECONDS_UNTIL_LESS_BUSY if code in BUSY else None,
    )


def no_sign_in(said: str) -> ConnectorError:
    """Return the error of an app that Fxiaoke does not let in."""
    remedy = "Check app id, app secret, permanent code and user in the connection."
    return ConnectorError("X121", f"Fxiaoke refuses to sign in: {said}.", remedy=remedy)


def not_as_said(found: str) -> ConnectorError:
    """Return the error of an answer that is not what the protocol says."""
    return ConnectorError(
        "X124",
        f"Fxiaoke gave an answer that is not as its protocol says: {found}.",
        remedy="Try again; if it stays, check the address in the connection, and tell the developers of the service.",
    )


def code_of(answer: Mapping[str, Json]) -> int:
    """Return the code that tells success (0) from failure; ConnectorError X124 for an answer without one."""
    # Some newer calls are said to answer `code` and `msg`.
    code = answer.get("errorCode")
    whole = whole_number(answer.get("code") if code is None else code)
    if whole is None:
        raise not_as_said("it has no error code")
    return whole


def said_in(answer: Mapping[str, Json]) -> str:
    """Return what the answer says of what went wrong, cut short."""
    said = answer.get("errorMessage") or answer.get("msg") or "without a word"
    plain = "".join(character if character.isprintable() else " " for character in str(said))
    return plain if len(plain) <= _LONGEST_SAID else f"{plain[:_LONGEST_SAID]}..."


def whole_number(value: Json) -> int | None:
    """Return a whole number that is given as number or as text, none for anything else."""
    match value:
        case bool():
            return None
        case int():
            return value
        case str() if value.removeprefix("-").isascii() and value.removeprefix("-").isdigit() and len(value) <= 20:
            return int(value)
        case _:
            return None
