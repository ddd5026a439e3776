"""Simulations: every run with who asked for what, how far it is or what came of it, its files, and its report."""

from typing import Any, Final

from flask import redirect, request, send_file
from flask_admin import expose
from flask_babel import gettext
from werkzeug.wrappers import Response

from admin.doing import done, refused, shown
from admin.screens.screen import Screen
from admin.screens.simulations.words import assumptions_said
from admin.visitors import seeing, the_act, the_house, visitor
from policy_service.api.paging import cursor_of, position_of
from policy_service.domain.errors import PolicyServiceError
from policy_service.domain.permissions import Permission
from policy_service.services.job_cancelling import cancel_job, may_cancel
from policy_service.storage.job_store import JobStore
from policy_service.storage.models.jobs import JOB_STATES
from policy_service.storage.models.simulations import SIMULATION_KINDS
from policy_service.storage.simulation_store import Chosen, SimulationStore
from simulations.api.answers import FORMS
from simulations.jobs.asking import ask_together, examine
from simulations.jobs.finished import result_file
from simulations.jobs.time_left import seconds_left, share_done

_SHOWN: Final = 25


class Simulations(Screen):
    """The runs, and each of them."""

    permission = Permission.SIMULATIONS_READ

    @expose("/")
    def all(self) -> Any:
        """List runs, the newest first."""
        asked = {name: request.args.get(name, "")[:200] for name in ("kind", "state", "person", "policy")}
        known = {"kind": SIMULATION_KINDS, "state": JOB_STATES}
        asked |= {name: "" for name, values in known.items() if asked[name] not in values}
        after: Any = position_of(request.args.get("after", ""), int, str)
        with seeing() as session:
            found = SimulationStore(session).page(_SHOWN + 1, after, Chosen(**asked))
        shown_now, at = found[:_SHOWN], the_act().at
        last = shown_now[-1] if len(found) > _SHOWN else None
        return self.render(
            "console/simulations/all.html",
            runs=[(run, share_done(run), seconds_left(run, at)) for run in shown_now],
            is_under_way=any(run.state in ("waiting", "running") for run in shown_now),
            following=cursor_of((last.asked_at, last.job_id)) if last else "",
            asked=asked,
            kinds=SIMULATION_KINDS,
            states=JOB_STATES,
        )

    @expose("/run/<job_id>")
    def run(self, job_id: str) -> Any:
        """Show a run: what was asked, how far it is, what it failed of, or its main figures and its files."""
        with seeing() as session:
            run = SimulationStore(session).load(job_id)
            job = JobStore(session).load(job_id)
        return self.render(
            "console/simulations/run.html",
            run=run,
            share_done=share_done(run),
            seconds_left=seconds_left(run, the_act().at),
            may_cancel=may_cancel(job, visitor().actor),
            assumed=assumptions_said(run.request),
        )

    @expose("/run/<job_id>/cancel", methods=["POST"])
    def cancel(self, job_id: str) -> Response:
        """Cancel a run that waits, or ask one under way to stop."""
        told = gettext("The run is asked to stop.")
        return done(cancel_job, job_id, success=told, back=self._page_of(job_id))

    @expose("/run/<job_id>/again", methods=["POST"])
    def again(self, job_id: str) -> Any:
        """Ask for the same once more: over the ledger as it is now, of drafts as they are now."""
        try:
            with seeing() as session:
                run = SimulationStore(session).load(job_id)
                examined = examine(session, run.kind, run.request, the_act().at)
        except PolicyServiceError as error:
            return refused(error, self._page_of(job_id))
        return shown(
            ask_together,
            [examined],
            show=lambda jobs: redirect(self._page_of(jobs[0].job_id)),
            back=self._page_of(job_id),
        )

    @expose("/run/<job_id>/file/<file>")
    def file(self, job_id: str, file: str) -> Response:
        """Give a file of a result."""
        with seeing() as session:
            run = SimulationStore(session).load(job_id)
        return send_file(
            result_file(the_house().settings, run, file),
            FORMS[file],
            as_attachment=True,
            download_name=f"{job_id[:8]}-{file}",
            conditional=False,
        )

    def _page_of(self, job_id: str) -> str:
        return str(self.get_url(".run", job_id=job_id))
