"""Where events may be sent: URLs as they must be written, and addresses that belong to nobody's inside.

A name is resolved once; every address it has must be public, or in a network that settings allow. What is
connected to afterwards is one of these very addresses, whatever the name would resolve to by then.
"""

import re
import socket
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from queue import Empty, SimpleQueue
from threading import Thread
from typing import Final, TypeAlias

from policy_service.domain.errors import RequestError
from policy_service.settings import Network

Address: TypeAlias = IPv4Address | IPv6Address
#: Given a name and a port, the addresses it has as texts; OSError where it has none.
Resolver: TypeAlias = Callable[[str, int], Sequence[str]]

URL_CHARACTERS: Final = 2_000
_SECONDS_TO_RESOLVE: Final = 4.0
_LABEL: Final = r"(?!-)[a-z0-9_-]{1,63}(?<!-)"
_URL: Final = re.compile(
    rf"(?P<scheme>https?)://(?P<host>{_LABEL}(?:\.{_LABEL})*|\[[0-9a-f:.]+\])(?::(?P<port>\d{{1,5}}))?"
    r"(?P<path>(?:/[!-\"$-~]*)?)",
    re.IGNORECASE | re.ASCII,
)
_DEFAULT_PORTS: Final = {"http": 80, "https": 443}
_LOW_PORTS: Final = frozenset({80, 443, 8443})
_FIRST_FREE_PORT: Final = 1024

#: What is no public host: private, loopback, link-local (cloud metadata), shared by carriers, documentation,
#: benchmarks, relays, multicast, reserved; and the one public address behind which a cloud keeps its own.
_NOT_PUBLIC_V4: Final = tuple(
    map(
        ip_network,
        (
            "0.0.0.0/8",
            "10.0.0.0/8",
            "100.64.0.0/10",
            "127.0.0.0/8",
            "168.63.129.16/32",
            "169.254.0.0/16",
            "172.16.0.0/12",
            "192.0.0.0/24",
            "192.0.2.0/24",
            "192.88.99.0/24",
            "192.168.0.0/16",
            "198.18.0.0/15",
            "198.51.100.0/24",
            "203.0.113.0/24",
            "224.0.0.0/4",
            "240.0.0.0/4",
        ),
    )
)
#: Of IPv6 only this part is given to hosts; mapped, translated, local and multicast addresses lie outside.
_PUBLIC_V6: Final = ip_network("2000::/3")
#: Tunnels that carry an IPv4 address, documentation, benchmarks.
_NOT_PUBLIC_V6: Final = tuple(map(ip_network, ("2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20")))


@dataclass(frozen=True, slots=True)
class Target:
    """A URL taken apart; `host` is a name or an address without brackets, `path` begins with a slash."""

    scheme: str
    host: str
    port: int
    path: str

    @property
    def authority(self) -> str:
        """What stands in the header Host."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == _DEFAULT_PORTS[self.scheme] else f"{host}:{self.port}"


def target_of(url: str, *, allows_http: bool) -> Target:
    """Return the parts of a webhook's URL; RequestError R471 for one that events are not sent to.

    It is https, http only where settings allow that; without user, password and fragment; on port 80, 443, 8443
    or one from 1024.
    """
    written = _URL.fullmatch(url)
    if written is None or len(url) > URL_CHARACTERS:
        raise _refused("The URL is none that events can be sent to", "Write https://host/path, a name in ASCII.")
    scheme = written["scheme"].lower()
    if scheme == "http" and not allows_http:
        raise _refused("The URL is not https", "Use https, or set WEBHOOK_ALLOW_HTTP.")
    port = int(written["port"] or _DEFAULT_PORTS[scheme])
    if port not in _LOW_PORTS and not _FIRST_FREE_PORT <= port <= 65535:
        raise _refused(f"Events are not sent to port {port}", "Use 443, 8443, 80 or a port from 1024.")
    return Target(scheme, written["host"].lower().strip("[]"), port, written["path"] or "/")


def checked_addresses(target: Target, allowed: Sequence[Network], resolve: Resolver) -> tuple[Address, ...]:
    """Return the addresses of the target, resolved now, in the resolver's order.

    RequestError R472 if it has none, R473 if any is neither public nor in one of the allowed networks.
    """
    try:
        found = tuple(dict.fromkeys(map(ip_address, resolve(target.host, target.port))))
    except (OSError, ValueError) as error:
        raise _unresolved(target.host) from error
    if not found:
        raise _unresolved(target.host)
    for address in found:
        if not (is_public(address) or any(address in network for network in allowed)):
            raise RequestError(
                "R473",
                f"{target.host[:200]} has the address {address}, which is not public.",
                remedy="Send events to a public host, or let the operator list its network in "
                "WEBHOOK_ALLOWED_NETWORKS.",
            )
    return found


def is_public(address: Address) -> bool:
    """Return whether the address is one of the public internet's hosts."""
    match address:
        case IPv4Address():
            return not any(address in network for network in _NOT_PUBLIC_V4)
        case IPv6Address():
            return (
                address in _PUBLIC_V6
                and address.scope_id is None
                and not any(address in network for network in _NOT_PUBLIC_V6)
            )


def system_resolver(host: str, port: int) -> Sequence[str]:
    """Return the addresses that the system finds; OSError where it finds none, or none in time."""
    answers: SimpleQueue[Sequence[str] | OSError] = SimpleQueue()

    def ask() -> None:
        try:
            found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
            answers.put([str(each[4][0]) for each in found])
        except (OSError, UnicodeError) as error:
            answers.put(OSError(str(error)))

    # The system's own patience has no limit that we could set.
    Thread(target=ask, name="resolve", daemon=True).start()
    try:
        answer = answers.get(timeout=_SECONDS_TO_RESOLVE)
    except Empty:
        raise TimeoutError(f"no answer in {_SECONDS_TO_RESOLVE:.0f} s") from None
    if isinstance(answer, OSError):
        raise answer
    return answer


def _refused(found: str, remedy: str) -> RequestError:
    return RequestError("R471", f"{found}.", remedy=remedy)


def _unresolved(host: str) -> RequestError:
    return RequestError("R472", f"The name {host[:200]} has no address.", remedy="Correct the name, or try again.")
