"""Leases held by a process: one for the duties that only one process has, one for the name of its hash chains.

A holder renews its lease long before it ends, and by its own steady clock knows until when it holds. Whoever waits
takes the lease when its time is over, or when it has not moved for as long by the waiter's own steady clock: so a
dead holder is followed in time even where somebody has set a clock.
"""

from collections.abc import Callable
from dataclasses import dataclass
from threading import Lock
from typing import Final

import structlog

from policy_service.domain.instants import SECOND, Instant
from policy_service.services.house import House
from policy_service.storage.job_store import LeaseStore
from policy_service.storage.lease_holders import Holder, holder

#: Of the duties that only one process has.
SCHEDULER: Final = "scheduler"
#: A lease lasts so long, in seconds, and is renewed after a third of it. Who waits looks every second: so what a
#: dead process did is taken over within 15 seconds.
LASTS: Final = 12.0
RENEWED_EVERY: Final = 4.0
_ENDS_BEFORE: Final = 1.0
_HOST_CHARACTERS: Final = 100

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Clocks:
    """The instant that all processes share, and seconds of a clock that nobody sets."""

    now: Callable[[], Instant]
    elapsed: Callable[[], float]


class HeldLease:
    """One lease that this process wants to hold; its threads share it."""

    def __init__(self, house: House, name: str, by: str, clocks: Clocks) -> None:
        self._house = house
        self.name = name
        self._by = by
        self._clocks = clocks
        self._guard = Lock()
        self._until = float("-inf")
        self._seen: tuple[Holder | None, float] | None = None

    @property
    def is_held(self) -> bool:
        """Whether this process holds it now, with time to spare."""
        return self._clocks.elapsed() < self._until - _ENDS_BEFORE

    @property
    def is_to_be_renewed(self) -> bool:
        """Whether a third of its time is over."""
        return self._clocks.elapsed() >= self._until - LASTS + RENEWED_EVERY

    def renew(self) -> bool:
        """Take the lease or renew it if it can be had, and return whether it is held."""
        with self._guard:
            began, at = self._clocks.elapsed(), self._clocks.now()
            free_at = at if self.is_held else self._free_at(at, began)
            if free_at is None:
                return False
            until = at + int(LASTS * SECOND)
            with self._house.database.writing() as session:
                is_taken = LeaseStore(session).take(self.name, self._by, until, free_at)
            if is_taken != (self._until > began):
                log.info("lease_taken" if is_taken else "lease_lost", lease=self.name)
            self._until = began + LASTS if is_taken else float("-inf")
            return is_taken

    def give_up(self) -> None:
        """Let somebody else take the lease at once, if it is held."""
        with self._guard:
            if not self.is_held:
                return
            at = self._clocks.now()
            with self._house.database.writing() as session:
                LeaseStore(session).take(self.name, self._by, at, at)
            self._until = float("-inf")

    def _free_at(self, at: Instant, elapsed: float) -> Instant | None:
        # Looking needs no turn among the writers; there is one look a second and process.
        with self._house.database.reading() as session:
            found = holder(session, self.name)
        if found is None or found.by == self._by or found.until <= at:
            return at
        if self._seen is None or self._seen[0] != found:
            self._seen = (found, elapsed)
        if elapsed - self._seen[1] > LASTS:
            return found.until
        return None


def take_writer_name(house: House, host: str, by: str, clocks: Clocks) -> HeldLease:
    """Return the lease of the first of the names host/1, host/2, ... that can be had, and let the house write by it.

    So as many chains grow on a host as processes run at once, however often they are started anew.
    """
    number = 0
    while True:
        number += 1
        writer = f"{host[:_HOST_CHARACTERS]}/{number}"
        lease = HeldLease(house, writer_lease(writer), by, clocks)
        if lease.renew():
            house.writer = writer
            return lease


def writer_lease(writer: str) -> str:
    """Return the name of the lease on a writer's name; a long one keeps its end."""
    return f"writer:{writer[-33:]}"
