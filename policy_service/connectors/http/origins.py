"""Which origins may be talked to: those that ship with a connector, and those that settings name."""

import re
from collections.abc import Sequence
from typing import Final

from policy_service.connectors.errors import ConnectorError
from policy_service.connectors.means import Means

_LABEL: Final = r"(?!-)[a-z0-9_-]{1,63}(?<!-)"
_ORIGIN: Final = re.compile(
    rf"(?P<scheme>https?)://(?P<host>{_LABEL}(?:\.{_LABEL})*|\[[0-9a-f:.]+\])(?::(?P<port>\d{{1,5}}))?/?",
    re.IGNORECASE | re.ASCII,
)
_DEFAULT_PORTS: Final = {"http": "80", "https": "443"}
_SHOWN: Final = 100


def checked_origin(origin: str, allowed: Sequence[str], means: Means) -> str:
    """Return the origin as it is compared: `https://host[:port]` in lower case, without a default port.

    ConnectorError X101 unless it is one of `allowed` or of the origins that settings allow; one of plain http counts
    only where settings name it.
    """
    written = _written(origin)
    by_settings = {_written(each) for each in means.origins}
    shipped = {each for each in map(_written, allowed) if each.startswith("https:")}
    if not written or written not in by_settings | shipped:
        raise ConnectorError(
            "X101",
            f"{_shown(origin)} is no origin that may be talked to.",
            remedy="Correct the address in the connection, or let the operator list it in CONNECTOR_ORIGINS.",
        )
    return written


def _written(origin: str) -> str:
    """Return one text for each origin; "" for what is none."""
    found = _ORIGIN.fullmatch(origin)
    if found is None:
        return ""
    scheme = found["scheme"].lower()
    port = (found["port"] or "").lstrip("0")
    of_port = f":{port}" if port and port != _DEFAULT_PORTS[scheme] else ""
    return f"{scheme}://{found['host'].lower()}{of_port}"


def _shown(origin: str) -> str:
    """Return as much of it as bears no secret: no user, password, path or query."""
    scheme, mark, rest = origin[:_SHOWN].partition("://")
    host = re.split(r"[/?#]", rest if mark else scheme)[0].rpartition("@")[2]
    shown = "".join(one for one in host if one.isascii() and one.isprintable())
    return (f"{scheme}://" if mark and scheme.isalpha() else "") + (shown or "This")
