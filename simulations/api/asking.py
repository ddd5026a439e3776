"""Simulations, sweeps and searches asked for: each is a job, and the answer says where its result will be."""

from functools import partial
from http import HTTPStatus
from typing import Any, Final

from flask import Response, jsonify, url_for
from flask.views import MethodView
from sqlalchemy.orm import Session

from policy_service.api.edge import Call, changes, the_call
from policy_service.api.endpoints import Endpoints
from policy_service.api.idempotency import answered_once, idempotency_key
from policy_service.domain.permissions import Permission
from policy_service.storage.simulation_store import SimulationStore
from simulations.api.answers import SimulationBody, simulation_body
from simulations.api.request_bodies import SeekRequest, SimulationRequest, SweepRequest
from simulations.jobs.asking import Examined, ask, examine

blueprint = Endpoints("simulation requests", __name__, url_prefix="/v1", description="What would have been otherwise")

_RUNS: Final = Permission.SIMULATIONS_RUN


@blueprint.route("/simulations")
class NewSimulationView(MethodView):
    """A new simulation."""

    @changes(_RUNS, creates=True, own_transactions=True)
    @blueprint.problems(404, 409)
    @blueprint.arguments(SimulationRequest)
    @blueprint.response(202, SimulationBody)
    def post(self, asked: dict[str, Any]) -> Response:
        """Replay the ledger's history under a candidate and a baseline, and say what would have been otherwise."""
        return _asked("simulation", asked)


@blueprint.route("/sweeps")
class NewSweepView(MethodView):
    """A new sweep."""

    @changes(_RUNS, creates=True, own_transactions=True)
    @blueprint.problems(404, 409)
    @blueprint.arguments(SweepRequest)
    @blueprint.response(202, SimulationBody)
    def post(self, asked: dict[str, Any]) -> Response:
        """Replay the ledger's history for each value of one parameter, or of two."""
        return _asked("sweep", asked)


@blueprint.route("/seeks")
class NewSeekView(MethodView):
    """A new search."""

    @changes(_RUNS, creates=True, own_transactions=True)
    @blueprint.problems(404, 409)
    @blueprint.arguments(SeekRequest)
    @blueprint.response(202, SimulationBody)
    def post(self, asked: dict[str, Any]) -> Response:
        """Search for values of parameters that meet a goal in one period, and judge them by a later one."""
        return _asked("seek", asked)


def _asked(kind: str, request: dict[str, Any]) -> Response:
    call, key = the_call(), idempotency_key()
    with call.house.database.reading() as session:
        examined = examine(session, kind, request, call.act.at)
    with call.house.database.writing() as session:
        store = partial(_stored, session, call, examined)
        return store() if key is None else answered_once(session, call.act, key, store)


def _stored(session: Session, call: Call, examined: Examined) -> Response:
    job = ask(call.house, session, examined, call.actor, call.act)
    answer = jsonify(SimulationBody().dump(simulation_body(SimulationStore(session).load(job.job_id))))
    answer.status_code = HTTPStatus.ACCEPTED
    answer.headers["Location"] = url_for("simulations.SimulationView", job_id=job.job_id)
    return answer
