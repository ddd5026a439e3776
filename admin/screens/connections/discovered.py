"""What was seen in other systems of late, kept for a while in this process: a page need not ask for it every time."""

from collections import OrderedDict
from dataclasses import dataclass
from threading import Lock
from typing import Final

from flask import Flask, current_app

from admin.screens.connections.accounts import PATIENCE_SECONDS
from admin.visitors import may, the_act, the_house, visitor
from policy_service.domain.errors import PolicyServiceError
from policy_service.domain.instants import SECOND, Instant
from policy_service.domain.permissions import Permission
from policy_service.services.connections.discovering import Discovery, discover
from policy_service.services.connections.opening import account_hash
from policy_service.storage.connection_store import StoredConnection

_EXTENSION: Final = "policy_service.discoveries"
_KEPT_FOR: Final = 600 * SECOND
#: What went wrong is asked for again sooner, but not by every page.
_FAILED_FOR: Final = 30 * SECOND
_MOST: Final = 50


@dataclass(frozen=True, slots=True)
class Seen:
    """What was seen, or what went wrong, and when."""

    found: Discovery | None
    error: PolicyServiceError | None
    at: Instant


class Discoveries:
    """The latest of each account, by threads."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._seen: OrderedDict[tuple[int, str], Seen] = OrderedDict()

    def get(self, key: tuple[int, str], at: Instant) -> Seen | None:
        """Return what is still good at an instant."""
        with self._lock:
            seen = self._seen.get(key)
        if seen is None:
            return None
        return seen if at - seen.at < (_KEPT_FOR if seen.found else _FAILED_FOR) else None

    def put(self, key: tuple[int, str], seen: Seen) -> None:
        """Keep what was seen in place of what was before."""
        with self._lock:
            self._seen[key] = seen
            self._seen.move_to_end(key)
            while len(self._seen) > _MOST:
                self._seen.popitem(last=False)


def keep_discoveries(console: Flask) -> None:
    """Let pages keep what they saw of other systems."""
    console.extensions[_EXTENSION] = Discoveries()


def seen_of(connection: StoredConnection, *, anew: bool = False) -> Seen:
    """Return what the system of a connection has; asked for now if that is wanted or nothing is known.

    For whoever may not write the ledger nothing is asked for.
    """
    kept: Discoveries = current_app.extensions[_EXTENSION]
    key, at = (connection.connection_id, account_hash(connection)), the_act().at
    known = kept.get(key, at)
    if known and not anew:
        return known
    if not (may(Permission.LEDGER_WRITE) or may(Permission.CONNECTIONS_CONNECT)) or not connection.settings:
        return Seen(None, None, at)
    try:
        found = discover(the_house(), connection.name, visitor().actor, PATIENCE_SECONDS)
        seen = Seen(found, None, at)
    except PolicyServiceError as error:
        seen = Seen(None, error, at)
    kept.put(key, seen)
    return seen
