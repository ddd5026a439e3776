"""The simulation that is attached to a policy's text: the one that an approval of exactly this text would rest on."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from policy_service.domain.instants import DAY, Instant
from policy_service.storage.simulation_store import KeptSimulation, SimulationStore


@dataclass(frozen=True, slots=True)
class Attached:
    """What is known of simulations of a text, as it is, over the ledger as recorded.

    `found` is the finished one of the latest ledger, `summary` what it found, none of one that ended before this was
    kept; `is_recent` says whether its ledger is recent enough for the approval, none where no approval asks for it.
    `under_way` is one that waits or runs.
    """

    found: KeptSimulation | None
    summary: Mapping[str, Any] | None
    is_recent: bool | None
    under_way: KeptSimulation | None


def attached(session: Session, sha256: str, simulation_days: int | None, at: Instant) -> Attached:
    """Return it; `simulation_days` are those that approval asks for, none if it asks for none."""
    store = SimulationStore(session)
    last = store.last_of_text(sha256)
    found = store.load(last.job_id) if last else None
    is_recent = None
    if simulation_days is not None:
        is_recent = last is not None and last.ledger_at >= at - simulation_days * DAY
    return Attached(found, store.summary(last.job_id) if last else None, is_recent, store.under_way_of_text(sha256))
