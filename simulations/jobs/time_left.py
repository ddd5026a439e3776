"""How long a simulation under way will still take: as long as it took so far, for what is left of it."""

from typing import Final

from policy_service.domain.instants import SECOND, Instant
from policy_service.storage.simulation_store import KeptSimulation

#: Before so much is done the pace of the rest cannot be told.
_LEAST_SHARE: Final = 0.1


def share_done(kept: KeptSimulation) -> float | None:
    """Return how much of it is done, from 0 to 1; none before that is known."""
    if kept.state == "done":
        return 1.0
    return kept.progress_done / kept.progress_total if kept.progress_total else None


def seconds_left(kept: KeptSimulation, at: Instant) -> int | None:
    """Return about how many seconds it will still take; none unless it runs and its pace can be told."""
    share = share_done(kept)
    if kept.state != "running" or kept.started_at is None or share is None or share < _LEAST_SHARE:
        return None
    return round((at - kept.started_at) / SECOND * (1 - share) / share)
