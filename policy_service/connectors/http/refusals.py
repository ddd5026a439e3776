"""What a channel says when a call comes to nothing. No text of the call or the answer is in it: these bear secrets."""

import ssl
from typing import Final

from policy_service.connectors.errors import ConnectorError

_DEEPEST: Final = 10


def unreached(host: str, cause: BaseException) -> ConnectorError:
    """Return the error of a system that could not be reached, or broke off its answer."""
    return ConnectorError(
        "X102",
        f"{host} could not be reached, or did not answer in time ({_kind(cause)}).",
        remedy="It is tried again by itself; if it stays, check the address, the network and the system itself.",
        is_passing=True,
    )


def out_of_order(host: str, status: int, retry_after: float | None) -> ConnectorError:
    """Return the error of a system that says it cannot answer now."""
    return ConnectorError(
        "X103",
        f"{host} is out of order for now (status {status}).",
        remedy="It is tried again by itself; if it stays, ask whoever runs that system.",
        is_passing=True,
        retry_after=retry_after,
    )


def too_busy(host: str, retry_after: float | None) -> ConnectorError:
    """Return the error of a system that has been asked too often."""
    return ConnectorError(
        "X104",
        f"{host} has been asked too often.",
        remedy="It is tried again by itself; if it stays, pull less often, or ask the vendor for a higher limit.",
        is_passing=True,
        retry_after=retry_after,
    )


def maybe_done(host: str) -> ConnectorError:
    """Return the error of a call that must not be made twice, and whose answer did not come."""
    return ConnectorError(
        "X106",
        f"{host} broke off a call that may or may not have been carried out.",
        remedy="Look there whether it was done before doing it again.",
    )


def unsendable() -> ConnectorError:
    """Return the error of a header with other characters than a header takes."""
    return ConnectorError(
        "X108",
        "A token or key of this connection has characters that none has.",
        remedy="Copy it anew, whole and without line breaks, and connect again.",
    )


def stopped(host: str) -> ConnectorError:
    """Return the error of a wait that ended early, as the work is to stop."""
    return ConnectorError(
        "X109",
        f"The work was stopped while {host} was waited for.",
        remedy="Start it again: it goes on where it was.",
        is_passing=True,
    )


def _kind(cause: BaseException) -> str:
    """Return what lies at the bottom of it, by its name alone: ConnectionRefusedError, gaierror, ReadTimeout."""
    found = cause
    for _ in range(_DEEPEST):
        below = found.__cause__ or found.__context__
        if below is None or isinstance(found, ssl.SSLError):
            break
        found = below
    return type(found).__name__
