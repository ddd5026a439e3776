"""A job asked to stop, by whoever asked for it or may run the day."""

from sqlalchemy.orm import Session

from policy_service.domain.acting import Act
from policy_service.domain.errors import AccessError
from policy_service.domain.permissions import Permission
from policy_service.services.actor import Actor
from policy_service.services.audit import note
from policy_service.services.house import House
from policy_service.storage.job_store import Job, JobStore


def cancel_job(house: House, session: Session, job_id: str, actor: Actor, act: Act) -> Job:
    """Cancel a job that waits, ask a running one to stop, and return it; what it did stays done.

    NotStored S209 if there is none; AccessError A451 for another person's without permission to run the day.
    """
    store = JobStore(session)
    job = store.load(job_id)
    if job.created_by != actor.person and Permission.DAY_RUN not in actor.permissions:
        raise AccessError(
            "A451",
            f"{actor.person} did not ask for the job {job_id[:60]}.",
            remedy="Let who asked for it cancel it, or somebody who may run the day.",
        )
    if job.is_ended:
        return job
    cancelled = store.ask_cancel(job_id, act.at)
    note(house, session, act, "job_cancelled", "job", job_id, {"kind": job.kind})
    return cancelled
