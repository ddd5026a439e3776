"""What an edit would change, asked of the worker while somebody edits: answered within the request."""

from typing import Any

from flask.views import MethodView
from marshmallow import Schema, fields, validate

from policy_service.api.edge import reads, the_call
from policy_service.api.endpoints import Endpoints
from policy_service.domain.permissions import Permission
from simulations.api.request_bodies import SimulationRequest
from simulations.warm.asking import FIRST_TOLD, MOST_TOLD
from simulations.warm.impact_asked import impact_of

blueprint = Endpoints("impact", __name__, url_prefix="/v1", description="What an edit would change, while one edits")


class ImpactRequest(SimulationRequest):
    """Two policies over the ledger's history, as it is recorded."""

    class Meta:
        """Stress is for simulations."""

        exclude = ("stress",)

    told = fields.Integer(
        strict=True,
        load_default=FIRST_TOLD,
        validate=validate.Range(0, MOST_TOLD),
        metadata={"description": "Of how many customers to tell, the most money first."},
    )


class ImpactBody(Schema):
    """The report of a simulation without bands and cohorts, and how it was made."""

    run = fields.Dict(metadata={"description": "The run's key, policies, ledger and assumptions."})
    baseline = fields.Dict(metadata={"description": "Key figures of the baseline."})
    candidate = fields.Dict(metadata={"description": "Key figures of the candidate."})
    difference = fields.Dict(metadata={"description": "Candidate less baseline."})
    swap_set = fields.Dict(metadata={"description": "Orders and amount by who approves."})
    outcomes = fields.Dict(metadata={"description": "Orders and amount by first outcome in both."})
    customers = fields.List(fields.Dict(), metadata={"description": "Who changes, with the cell that decides it."})
    customers_changed = fields.Integer(metadata={"description": "How many change in all.", "example": 42})
    grade_migration = fields.Dict()
    timeline = fields.List(fields.Dict())
    workload = fields.Dict()
    caveats = fields.List(fields.Dict())
    evidence = fields.Dict()
    made = fields.Dict(metadata={"description": "Of how many customers the run was made anew, why, and how long."})


@blueprint.route("/simulations/impact")
class ImpactView(MethodView):
    """What an edit would change."""

    @reads(Permission.SIMULATIONS_RUN, own_transactions=True)
    @blueprint.problems(404, 409, 503)
    @blueprint.arguments(ImpactRequest)
    @blueprint.response(200, ImpactBody)
    def post(self, asked: dict[str, Any]) -> dict[str, Any]:
        """Say at once what a draft would have made of the ledger's history; a later question takes its place."""
        call, told = the_call(), asked.pop("told")
        _, answer = impact_of(call.house, asked, call.actor, call.act, told)
        return dict(answer)
