"""Whether anything was altered, taken out or added behind the service's back: chains and seals, from end to end."""

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from itertools import chain, islice
from typing import Final

from sqlalchemy.orm import Session

from policy_service.settings import Settings
from policy_service.storage.audit_store import AuditStore
from policy_service.storage.chains import BrokenLink, Link, Log, heads
from policy_service.storage.decision_store import DecisionStore
from policy_service.storage.seals import broken_seals

#: More are not listed: with so many broken the first ones tell enough.
MOST_LISTED: Final = 100


@dataclass(frozen=True, slots=True)
class Verification:
    """What was found: the chains by their heads, and what is broken, the first hundred.

    `seals_checked` is no without a key of seals: then a chain that was written anew whole would not be noticed.
    """

    chains: tuple[tuple[Log, Link], ...]
    broken: tuple[BrokenLink, ...]
    seals_checked: bool

    @property
    def is_intact(self) -> bool:
        """Whether nothing is broken."""
        return not self.broken


def verify(session: Session, settings: Settings, writer: str | None = None) -> Verification:
    """Read every record of one writer's chains, or of all, and say what is not as it was written."""
    chains = tuple((log, head) for log in Log for head in heads(session, log) if writer in (None, head.writer))
    found = chain(
        DecisionStore(session).verify(writer),
        AuditStore(session).verify(writer),
        _broken_seals(session, settings, writer),
    )
    return Verification(chains, tuple(islice(found, MOST_LISTED)), bool(settings.seal_key))


def found_as_data(found: Verification) -> dict[str, object]:
    """Return what was found as plain data."""
    return {
        "is_intact": found.is_intact,
        "seals_checked": found.seals_checked,
        "chains": [{"log": log, "writer": head.writer, "records": head.sequence} for log, head in found.chains],
        "broken": [{**asdict(each), "meaning": str(each)} for each in found.broken],
    }


def _broken_seals(session: Session, settings: Settings, writer: str | None) -> Iterator[BrokenLink]:
    if not settings.seal_key:
        return
    for broken in broken_seals(session, [settings.seal_key.encode()]):
        if writer in (None, broken.writer):
            yield broken
