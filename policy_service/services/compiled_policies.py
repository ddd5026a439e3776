"""Policy versions ready to decide, kept by the hash of their text: each is compiled once in a process.

A version leaves the cache when eight others were used since; its engines go when the last decision under way
lets go of them. A version that cannot be compiled is kept too: it refers every order to a person.
"""

import threading
from collections import OrderedDict
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import replace
from typing import Final

from sqlalchemy.orm import Session

from policy_service.domain.errors import PolicyServiceError, RequestError
from policy_service.domain.instants import SECOND, Instant, instant_text
from policy_service.services.compiled_policy import CompiledPolicy, compiled, version_of
from policy_service.services.engine_pair import BrokenEngines
from policy_service.storage.errors import not_stored
from policy_service.storage.policy_store import PolicyStore, PolicyVersion

#: As many texts stay compiled.
CAPACITY: Final = 8
#: After this long a text that could not be compiled is tried again.
TRIED_AGAIN_AFTER: Final = 60 * SECOND


class NoPolicyInForce(RequestError):
    """No version of a policy counts at an instant (R421)."""


class CompiledPolicies:
    """The compiled versions of one process, shared by its threads."""

    def __init__(self, capacity: int = CAPACITY) -> None:
        self._capacity = capacity
        self._lock = threading.Lock()
        self._kept: OrderedDict[str, Future[CompiledPolicy]] = OrderedDict()
        self._tried_at: dict[str, Instant] = {}
        self._counted_last: dict[str, CompiledPolicy] = {}

    def effective(self, session: Session, policy_id: str, instant: Instant) -> CompiledPolicy:
        """Return the version of the policy that counts at the instant.

        RequestError R421 if none does; StorageError S214 for a text that is not the stored one.
        """
        return self.counting(session, policy_id, PolicyStore(session).effective(policy_id, instant), instant)

    def counted_last(self, session: Session, policy_id: str, instant: Instant) -> CompiledPolicy:
        """Return the version of the policy that this process last found to count: perhaps it does no longer.

        Before the first time that is what `effective` returns.
        """
        return self._counted_last.get(policy_id) or self.effective(session, policy_id, instant)

    def counting(
        self, session: Session, policy_id: str, version: PolicyVersion | None, instant: Instant
    ) -> CompiledPolicy:
        """Return what `effective` does, where the database was asked already which version counts; its errors."""
        if version is None:
            raise _none_counts(session, policy_id, instant)
        found = self._counted_last[policy_id] = self._compiled(session, version, instant)
        return found

    def version(self, session: Session, policy_id: str, number: int, instant: Instant | None = None) -> CompiledPolicy:
        """Return a version of the policy, in whatever state; NotStored S209 if it is not there or unreadable yet.

        One that could not be compiled is tried again at once, unless the present `instant` is given.
        """
        return self._compiled(session, PolicyStore(session).version(policy_id, number), instant)

    def warm(self, version: CompiledPolicy) -> None:
        """Keep a compiled version, so that its first decision need not wait for it."""
        ready: Future[CompiledPolicy] = Future()
        ready.set_result(version)
        with self._lock:
            self._kept.setdefault(version.hash, ready)
            self._shrink(version.hash)

    def close(self) -> None:
        """Free all engines; whatever they are asked from now on they refer."""
        with self._lock:
            kept, self._kept = self._kept, OrderedDict()
            self._counted_last.clear()
        for ready in kept.values():
            if ready.done() and ready.exception() is None:
                ready.result().engines.close()

    def _compiled(self, session: Session, version: PolicyVersion, instant: Instant | None) -> CompiledPolicy:
        if version.sha256 is None:
            raise not_stored(f"readable text of version {version.number} of {version.policy_id[:60]}")
        self._forget_an_old_fault(version.sha256, instant)
        found = self._once(version.sha256, lambda: self._made(session, version, instant))
        return found if found.number == version.number else replace(found, number=version.number)

    def _once(self, sha256: str, make: Callable[[], CompiledPolicy]) -> CompiledPolicy:
        # One thread compiles, the others that want this text wait for it; those that want another do not.
        with self._lock:
            ready = self._kept.get(sha256)
            is_mine = ready is None
            if ready is None:
                ready = self._kept[sha256] = Future()
            self._shrink(sha256)
        if is_mine:
            self._fill(ready, sha256, make)
        return ready.result()

    def _fill(self, ready: Future[CompiledPolicy], sha256: str, make: Callable[[], CompiledPolicy]) -> None:
        try:
            ready.set_result(make())
        except BaseException as error:
            with self._lock:
                self._kept.pop(sha256, None)
            ready.set_exception(error)
            raise

    def _made(self, session: Session, version: PolicyVersion, instant: Instant | None) -> CompiledPolicy:
        policy = PolicyStore(session).policy(version.policy_id, version.number)
        sha256 = version.sha256 or ""
        try:
            return compiled(policy, sha256, version.number)
        except PolicyServiceError as error:
            self._tried_at[sha256] = instant or 0
            return version_of(policy, sha256, version.number, BrokenEngines(str(error)), str(error))

    def _forget_an_old_fault(self, sha256: str, instant: Instant | None) -> None:
        tried_at = self._tried_at.get(sha256)
        if tried_at is None or (instant is not None and instant < tried_at + TRIED_AGAIN_AFTER):
            return
        with self._lock:
            if self._tried_at.pop(sha256, None) is not None:
                self._kept.pop(sha256, None)

    def _shrink(self, used: str) -> None:
        self._kept.move_to_end(used)
        while len(self._kept) > self._capacity:
            gone, _ = self._kept.popitem(last=False)
            self._counted_last = {name: one for name, one in self._counted_last.items() if one.hash != gone}


def _none_counts(session: Session, policy_id: str, instant: Instant) -> NoPolicyInForce:
    versions = PolicyStore(session).versions(policy_id)
    if not versions:
        return NoPolicyInForce(
            "R421",
            f"There is no policy {policy_id[:60]!r}. Nothing is decided.",
            remedy="Name one that GET /v1/policies lists; DEFAULT_POLICY is the one that decides where none is named.",
        )
    over = [one for one in versions if one.effective_until is not None and one.effective_until <= instant]
    last = max(over, key=lambda one: one.effective_until or 0, default=None)
    ended = f": version {last.number} ended at {instant_text(last.effective_until or 0)}" if last else ""
    return NoPolicyInForce(
        "R421",
        f"No version of the policy {policy_id[:60]} counts at {instant_text(instant)}{ended}. Nothing is decided.",
        remedy="Schedule an approved version, or roll back to an earlier one; or name another in DEFAULT_POLICY. A dry "
        "run may name a version that does not count.",
    )
