"""Whether anything was altered, taken out or added behind the service's back: chains and seals, from end to end."""

import json
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from itertools import chain, islice
from typing import Final

from sqlalchemy.orm import Session

from policy_service.domain.errors import RequestError
from policy_service.settings import Settings
from policy_service.storage.audit_store import AuditStore
from policy_service.storage.broken_chains import BrokenLink
from policy_service.storage.chains import Link, Log, heads
from policy_service.storage.decision_store import DecisionStore
from policy_service.storage.errors import NotStored
from policy_service.storage.seals import Seal, broken_seals

#: What the log calls the making of a seal.
CHAIN_SEALED: Final = "chain_sealed"
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


def verify(
    session: Session, settings: Settings, writer: str | None = None, logged: Iterable[Seal] = ()
) -> Verification:
    """Read every record of one writer's chains, or of all, and say what is not as it was written.

    `logged` are seals that the log has kept. NotStored S209 for a writer of whom nothing is known: a name misspelt is
    not an intact chain.
    """
    chains = tuple((log, head) for log in Log for head in heads(session, log) if writer in (None, head.writer))
    found = chain(
        DecisionStore(session).verify(writer),
        AuditStore(session).verify(writer),
        _broken_seals(session, settings, writer, logged),
    )
    verification = Verification(chains, tuple(islice(found, MOST_LISTED)), bool(settings.seal_key))
    if writer is not None and not chains and verification.is_intact:
        raise NotStored(
            "S209",
            f"There are no records of a writer {writer[:200]!r}.",
            remedy="Verify every writer: `chains` names them.",
        )
    return verification


def found_as_data(found: Verification) -> dict[str, object]:
    """Return what was found as plain data."""
    return {
        "is_intact": found.is_intact,
        "seals_checked": found.seals_checked,
        "chains": [{"log": log, "writer": head.writer, "records": head.sequence} for log, head in found.chains],
        "broken": [{**asdict(each), "meaning": str(each)} for each in found.broken],
    }


def logged_seals(lines: Iterable[str]) -> Iterator[Seal]:
    """Yield the seals that the lines of a log tell of; lines about anything else are left aside.

    RequestError R493 for a line that tells of a seal and cannot be read.
    """
    for number, line in enumerate(lines, 1):
        if CHAIN_SEALED not in line:
            continue
        try:
            said = json.loads(line)
            names = {name: said[name] for name in Seal.__slots__}
            yield Seal(**{**names, "log": Log(said["log"])})
        except (ValueError, TypeError, LookupError) as error:
            raise RequestError(
                "R493",
                f"Line {number} of the log tells of a seal, but not which.",
                remedy="Give the log as the service wrote it, one JSON object a line.",
            ) from error


def _broken_seals(
    session: Session, settings: Settings, writer: str | None, logged: Iterable[Seal]
) -> Iterator[BrokenLink]:
    if not settings.seal_key:
        return
    for broken in broken_seals(session, [settings.seal_key.encode()], logged):
        if writer in (None, broken.writer):
            yield broken
