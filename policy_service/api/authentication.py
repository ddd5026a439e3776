"""Who asks: the person behind the key that a request bears."""

import hashlib
import time
from collections.abc import Callable
from threading import Lock
from typing import Final

from policy_service.domain.instants import SECOND, Instant
from policy_service.services.actor import Actor
from policy_service.services.keys import actor_with_key, not_known
from policy_service.storage.database import Database
from policy_service.storage.key_store import KeyStore

#: Seconds for which a key that was looked up is known; so long may one that is revoked elsewhere still count.
KNOWN_FOR: Final = 1.0
#: Keys known at a time; then all are looked up anew.
_CAPACITY: Final = 10_000
_NOTED_EVERY: Final = 60 * SECOND
_LONGEST: Final = 200


class KnownKeys:
    """The keys that one process looked up in the last second, shared by its threads."""

    def __init__(self, database: Database, clock: Callable[[], float] = time.monotonic) -> None:
        self._database = database
        self._clock = clock
        self._lock = Lock()
        self._known: dict[bytes, tuple[Actor, float]] = {}
        self._noted: dict[str, Instant] = {}

    def actor(self, authorization: str, at: Instant) -> Actor:
        """Return who comes with the header `Authorization`; AccessError A401 unless it has a valid key."""
        scheme, _, text = authorization.partition(" ")
        text = text.strip()
        if scheme.lower() != "bearer" or len(text) > _LONGEST or not text.isascii():
            raise not_known()
        # The cache knows keys by their hash: no key stands in the memory of the process longer than its request.
        named = hashlib.sha256(text.encode()).digest()
        known = self._known.get(named)
        asked_at = self._clock()
        if known is not None and asked_at - known[1] < KNOWN_FOR:
            return known[0]
        with self._database.reading() as session:
            actor = actor_with_key(session, text, at)
        with self._lock:
            if len(self._known) >= _CAPACITY:
                self._known.clear()
            self._known[named] = (actor, asked_at)
        return actor

    def forget(self) -> None:
        """Look every key up anew: somebody changed keys or people."""
        with self._lock:
            self._known.clear()

    def is_to_be_noted(self, key_id: str, at: Instant) -> bool:
        """Return whether the key's use is to be stored: once a minute; who is told yes once, stores it."""
        with self._lock:
            last = self._noted.get(key_id)
            if last is not None and 0 <= at - last < _NOTED_EVERY:
                return False
            if len(self._noted) >= _CAPACITY:
                self._noted.clear()
            self._noted[key_id] = at
            return True

    def note_use(self, key_id: str, at: Instant) -> None:
        """Store when the key was used last."""
        with self._database.writing() as session:
            KeyStore(session).used(key_id, at)
