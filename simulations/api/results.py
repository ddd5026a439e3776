"""Simulations told of: what was asked, how far each is, what came of it, and the files of its result."""

from typing import Any, Final

from flask import Response, send_file
from flask.views import MethodView

from policy_service.api.edge import reads, the_call
from policy_service.api.endpoints import Endpoints
from policy_service.api.paging import page_of, position_of
from policy_service.domain.permissions import Permission
from policy_service.storage.simulation_store import SimulationStore
from simulations.api.answers import (
    FILE_CONTENTS,
    FORMS,
    SimulationBody,
    SimulationPage,
    SimulationsAsked,
    SimulationsQuery,
    chosen,
    simulation_body,
)
from simulations.jobs.errors import no_file, no_result
from simulations.stored.results import file_of

blueprint = Endpoints("simulations", __name__, url_prefix="/v1", description="Simulations and their results")

#: A page of a result stands alone: it may run what is in it, and reach nothing.
_OF_FILES: Final = {
    "X-Content-Type-Options": "nosniff",
    "Cache-Control": "private, no-cache",
    "Content-Security-Policy": "sandbox allow-scripts; default-src 'none'; script-src 'unsafe-inline'; "
    "style-src 'unsafe-inline'; img-src data:",
}


@blueprint.route("/simulations")
class SimulationsView(MethodView):
    """The simulations."""

    @reads(Permission.SIMULATIONS_READ)
    @blueprint.arguments(SimulationsQuery, location="query")
    @blueprint.response(200, SimulationPage)
    def get(self, asked: SimulationsAsked) -> dict[str, object]:
        """List simulations, sweeps and searches, the newest first."""
        behind: Any = position_of(asked["cursor"], int, str)
        found = SimulationStore(the_call().session).page(asked["limit"] + 1, behind, chosen(asked))
        page = page_of(found, asked["limit"], lambda one: (one.asked_at, one.job_id))
        return page | {"items": [simulation_body(one) for one in found[: asked["limit"]]]}


@blueprint.route("/simulations/<job_id>")
class SimulationView(MethodView):
    """One simulation."""

    @reads(Permission.SIMULATIONS_READ)
    @blueprint.problems(404)
    @blueprint.response(200, SimulationBody)
    def get(self, job_id: str) -> dict[str, Any]:
        """Show a simulation, a sweep or a search: how far it is, what it is known by, and its files."""
        return simulation_body(SimulationStore(the_call().session).load(job_id))


@blueprint.route("/simulations/<job_id>/<file>")
class ResultFileView(MethodView):
    """A file of a result."""

    forms: Final = FORMS

    @reads(Permission.SIMULATIONS_READ)
    @blueprint.problems(404, 409)
    @blueprint.doc(responses={"200": {"description": "The file, in the form of its name.", "content": FILE_CONTENTS}})
    def get(self, job_id: str, file: str) -> Response:
        """Give a file of a finished simulation: report and table of customers, or of figures."""
        call = the_call()
        kept = SimulationStore(call.session).load(job_id)
        if kept.finished_at is None:
            raise no_result(job_id, kept.state)
        named = next((one for one in kept.files if one.name == file), None)
        path = file_of(call.house.settings, job_id, named) if named else None
        if named is None or path is None:
            raise no_file(job_id, file[:60], ", ".join(one.name for one in kept.files))
        answer = send_file(
            path.resolve(),
            FORMS[file],
            as_attachment=True,
            download_name=f"{job_id[:8]}-{file}",
            etag=named.sha256,
            conditional=False,
            max_age=None,
        )
        answer.headers.update(_OF_FILES)
        return answer
