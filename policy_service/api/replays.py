"""/v1/decisions/{id}/replay: a stored decision decided again."""

from typing import Any, TypedDict

from flask import Request
from flask.views import MethodView
from marshmallow import Schema

from policy_service.api.edge import reads, the_call
from policy_service.api.endpoints import Endpoints
from policy_service.api.schemas import ReplayAnswer, ReplayRequest
from policy_service.api.strict_json import StrictParser
from policy_service.domain.permissions import Permission
from policy_service.services.actor import require
from policy_service.services.decisions.replaying import replay


class ParserOfPerhapsNothing(StrictParser):
    """Reads a body that may be left out."""

    def load_json(self, req: Request, schema: Schema) -> Any:
        """Return the body's value, an empty object where there is no body."""
        return super().load_json(req, schema) if req.get_data(cache=True) else {}


blueprint = Endpoints("replays", __name__, url_prefix="/v1", description="Decisions decided again")
blueprint.ARGUMENTS_PARSER = ParserOfPerhapsNothing()


class VersionAsked(TypedDict):
    """A validated version."""

    policy: str
    version: int | None


@blueprint.route("/decisions/<string:decision_id>/replay")
class ReplayView(MethodView):
    """One decision again."""

    @reads(Permission.DECISIONS_READ)
    @blueprint.problems(404)
    @blueprint.arguments(ReplayRequest, required=False)
    @blueprint.response(200, ReplayAnswer)
    def post(self, asked: VersionAsked, decision_id: str) -> dict[str, Any]:
        """Decide again on the facts of then: to prove the record, or to see what another version makes of them.

        What another version makes of them is a trial, and needs the scope decisions:try too.
        """
        call = the_call()
        again = replay(call.house, call.session, decision_id, call.act, asked["policy"], asked["version"])
        if not again.is_same_version:
            require(call.actor, Permission.DECISIONS_TRY)
        return {
            "decision_id": again.decision_id,
            "same_version": again.is_same_version,
            "identical": again.is_identical,
            "result": again.result,
            "difference": again.difference,
        }
