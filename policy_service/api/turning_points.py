"""/v1/decisions/{id}/turning-points: the smallest change of each fact that would change a decision."""

from dataclasses import asdict
from typing import Any, TypedDict

from flask.views import MethodView
from marshmallow import Schema, fields, validate

from policy_service.api.edge import reads, the_call
from policy_service.api.endpoints import Endpoints
from policy_service.domain.permissions import Permission
from policy_service.services.turning_points.telling import turning_points
from policy_service.storage.decision_store import DecisionStore

blueprint = Endpoints("turning points", __name__, url_prefix="/v1", description="What would change a decision")

_PLAIN = {"oneOf": [{"type": "string"}, {"type": "integer"}, {"type": "boolean"}, {"type": "null"}]}


class TurningQuery(Schema):
    """Of what somebody wants to know what would change it."""

    of = fields.String(
        load_default="",
        validate=validate.Length(max=100),
        metadata={
            "description": "`outcome`, or an output such as `grade`. Default: the outcome of an order, the grade of a "
            "review, the level of an escalation.",
            "example": "outcome",
        },
    )


class TurningAsked(TypedDict):
    """A validated wish."""

    of: str


class TurningPointAnswer(Schema):
    """One fact, and the nearest value at which the decision would come out otherwise, all others staying."""

    fact = fields.String(metadata={"example": "exposure"})
    title = fields.Dict(metadata={"example": {"en": "Exposure", "zh": "信用敞口"}})
    unit = fields.String()
    type = fields.String(metadata={"example": "money"})
    source = fields.String(metadata={"example": "built_in"})
    value = fields.Raw(metadata={**_PLAIN, "description": "Now; null is unknown.", "example": "383956.05"})
    direction = fields.String(metadata={"enum": ["below", "above", "to"], "example": "below"})
    turns_at = fields.Raw(metadata={**_PLAIN, "example": "500.00"})
    distance = fields.Raw(metadata={**_PLAIN, "description": "Null where it is another text, or yes for no."})
    becomes = fields.Raw(metadata={**_PLAIN, "example": "approve"})
    reasons = fields.List(fields.String(), metadata={"description": "The codes of the reasons it then has."})


class TurningPointsAnswer(Schema):
    """What would change a decision, the smallest change first, measured beside the value itself."""

    decision_id = fields.String()
    of = fields.String(metadata={"example": "outcome"})
    now = fields.Raw(metadata={**_PLAIN, "example": "hold"})
    points = fields.List(fields.Nested(TurningPointAnswer))
    undecided = fields.List(
        fields.String(), metadata={"description": "Facts of which not everything could be said; most often none."}
    )


@blueprint.route("/decisions/<string:decision_id>/turning-points")
class TurningPointsView(MethodView):
    """What would change one decision."""

    @reads(Permission.DECISIONS_READ)
    @blueprint.problems(404)
    @blueprint.arguments(TurningQuery, location="query")
    @blueprint.response(200, TurningPointsAnswer)
    def get(self, asked: TurningAsked, decision_id: str) -> dict[str, Any]:
        """Say for each fact the smallest change that would change the decision; exact, and overrides left aside."""
        call = the_call()
        stored = DecisionStore(call.session).load(decision_id)
        found = turning_points(call.house, call.session, stored, asked["of"])
        points = [asdict(point) | {"type": point.kind.value, "source": point.source.value} for point in found.points]
        return {
            "decision_id": decision_id,
            "of": found.goal,
            "now": found.now,
            "points": points,
            "undecided": list(found.undecided),
        }
