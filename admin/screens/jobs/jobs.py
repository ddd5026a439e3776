"""Jobs: what waits, what is under way and how far it is, what failed and of what; and their cancelling."""

import json
from typing import Any, Final

from flask import request
from flask_admin import expose
from flask_babel import gettext
from werkzeug.wrappers import Response

from admin.doing import done
from admin.screens.screen import Screen
from admin.visitors import seeing, visitor
from policy_service.api.paging import cursor_of, position_of
from policy_service.domain.permissions import Permission
from policy_service.services.background_jobs import HANDLERS
from policy_service.services.job_cancelling import cancel_job, may_cancel
from policy_service.services.ledger_in.import_job import FOLDER
from policy_service.storage.job_store import Job, JobStore
from policy_service.storage.models.jobs import JOB_STATES
from policy_service.storage.models.simulations import SIMULATION_KINDS

_SHOWN: Final = 50
_KINDS: Final = (*HANDLERS, *SIMULATION_KINDS)


class Jobs(Screen):
    """The jobs, and each of them."""

    permission = Permission.JOBS_READ

    @expose("/")
    def all(self) -> Any:
        """List jobs, the newest first."""
        kind, state = request.args.get("kind", ""), request.args.get("state", "")
        after: Any = position_of(request.args.get("after", ""), int, str)
        with seeing() as session:
            found = JobStore(session).page(
                _SHOWN + 1, after, kind if kind in _KINDS else "", state if state in JOB_STATES else ""
            )
        last = found[_SHOWN - 1] if len(found) > _SHOWN else None
        shown = found[:_SHOWN]
        return self.render(
            "console/jobs/jobs.html",
            jobs=[(job, share_done(job), may_cancel(job, visitor().actor)) for job in shown],
            is_under_way=not all(job.is_ended for job in shown),
            following=cursor_of((last.created_at, last.job_id)) if last else "",
            kind=kind,
            state=state,
            kinds=_KINDS,
            states=JOB_STATES,
        )

    @expose("/job/<job_id>")
    def job(self, job_id: str) -> Any:
        """Show a job with what it was asked, how far it is, and what came of it."""
        with seeing() as session:
            job = JobStore(session).load(job_id)
        # Where files lie on the machine is nobody's who asks.
        arguments = {name: each for name, each in job.arguments.items() if name != FOLDER}
        return self.render(
            "console/jobs/job.html",
            job=job,
            share_done=share_done(job),
            may_cancel=may_cancel(job, visitor().actor),
            arguments=_written(arguments),
            result=_written(job.result),
        )

    @expose("/job/<job_id>/cancel", methods=["POST"])
    def cancel(self, job_id: str) -> Response:
        """Cancel a job that waits, or ask one under way to stop."""
        told = gettext("The job is asked to stop. What it did stays done.")
        return done(cancel_job, job_id, success=told, back=str(self.get_url(".job", job_id=job_id)))


def share_done(job: Job) -> float | None:
    """Return how much of a job is done, from 0 to 1; none before that is known."""
    if job.state == "done":
        return 1.0
    return job.progress_done / job.progress_total if job.progress_total else None


def _written(said: Any) -> str:
    return json.dumps(said, ensure_ascii=False, indent=1, sort_keys=True) if said else ""
