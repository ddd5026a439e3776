"""A job asked to stop: any by whoever may run the day; an import, a pull, a push or a simulation by who asked."""

from collections.abc import Mapping
from typing import Final

from sqlalchemy.orm import Session

from policy_service.domain.acting import Act
from policy_service.domain.errors import AccessError
from policy_service.domain.permissions import Permission
from policy_service.services.actor import Actor, require
from policy_service.services.audit import note
from policy_service.services.connections.scheduling import PULL_CONNECTION
from policy_service.services.connections.writing_back_schedule import PUSH_CONNECTION
from policy_service.services.house import House
from policy_service.services.ledger_in.import_job import IMPORT_LEDGER
from policy_service.storage.job_store import Job, JobStore
from policy_service.storage.models.simulations import SIMULATION_KINDS

#: What it takes to cancel one's own jobs of these kinds.
_OWN: Final[Mapping[str, Permission]] = {
    IMPORT_LEDGER: Permission.LEDGER_WRITE,
    PULL_CONNECTION: Permission.CONNECTIONS_RUN,
    PUSH_CONNECTION: Permission.CONNECTIONS_RUN,
} | dict.fromkeys(SIMULATION_KINDS, Permission.SIMULATIONS_RUN)


def cancel_job(house: House, session: Session, job_id: str, actor: Actor, act: Act) -> Job:
    """Cancel a job that waits, ask a running one to stop, and return it; what it did stays done.

    NotStored S209 if there is none. Without permission to run the day AccessError A451 for another person's, and
    A403 for one's own unless it is an import, a pull, a push or a simulation, and the permission to ask for one
    still stands.
    """
    store = JobStore(session)
    job = store.load(job_id)
    if Permission.DAY_RUN not in actor.permissions:
        _refuse_unless_ones_own(job, actor)
    if job.is_ended:
        return job
    cancelled = store.ask_cancel(job_id, act.at)
    note(house, session, act, "job_cancelled", "job", job_id, {"kind": job.kind})
    return cancelled


def may_cancel(job: Job, actor: Actor) -> bool:
    """Return whether there is something to cancel, and the actor may."""
    if job.is_ended or job.is_cancel_asked:
        return False
    if Permission.DAY_RUN in actor.permissions:
        return True
    return job.created_by == actor.person and _OWN.get(job.kind, Permission.DAY_RUN) in actor.permissions


def _refuse_unless_ones_own(job: Job, actor: Actor) -> None:
    if job.created_by != actor.person:
        raise AccessError(
            "A451",
            f"{actor.person} did not ask for the job {job.job_id[:60]}.",
            remedy="Let who asked for it cancel it, or somebody who may run the day.",
        )
    require(actor, _OWN.get(job.kind, Permission.DAY_RUN))
