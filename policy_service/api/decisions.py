"""POST /v1/decisions: orders, reviews and escalations decided over the loaded ledger."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from hashlib import sha256
from threading import Lock
from typing import TypedDict, TypeVar

from flask import Flask, current_app
from flask.views import MethodView
from flask_smorest import Blueprint

from policy_service.api.problems import PROBLEM_TYPE
from policy_service.api.schemas import DecisionAnswer, DecisionQuestion, Problem
from policy_service.api.strict_json import StrictParser
from policy_service.domain.outcomes import DecisionType
from policy_service.services.decide import CustomerDecisions, Decider, Decision, Question
from policy_service.services.explain import explanation
from policy_service.services.record import canonical_bytes

blueprint = Blueprint("decisions", __name__, url_prefix="/v1", description="Decisions with their reasons")
blueprint.ARGUMENTS_PARSER = StrictParser()

View = TypeVar("View", bound=Callable[..., object])

_EXTENSION = "policy_service.decisions"


class Asked(TypedDict, total=False):
    """A validated request body."""

    type: DecisionType
    customer_id: str
    as_of: date
    facts: dict[str, str]
    explain: bool


@dataclass(frozen=True, slots=True)
class Desk:
    """What the endpoint decides with; one request at a time uses the engines."""

    decider: Decider
    default_day: date
    lock: Lock


def open_desk(app: Flask, decider: Decider, default_day: date) -> None:
    """Let `app` decide with `decider`, on `default_day` where a request names no day."""
    app.extensions[_EXTENSION] = Desk(decider, default_day, Lock())


def close_desk(app: Flask) -> None:
    """Free the engines of `app`; it decides nothing afterwards."""
    desk: Desk = app.extensions[_EXTENSION]
    desk.decider.close()


def _problem(status: int, description: str) -> Callable[[View], View]:
    documented: Callable[[View], View] = blueprint.alt_response(
        status, schema=Problem, content_type=PROBLEM_TYPE, description=description
    )
    return documented


@blueprint.route("/decisions")
class DecisionsView(MethodView):
    """Ask for a decision."""

    @blueprint.arguments(DecisionQuestion)  # type: ignore[untyped-decorator]
    @blueprint.response(200, DecisionAnswer)  # type: ignore[untyped-decorator]
    @_problem(400, "The body is no JSON that can be read.")
    @_problem(404, "There is no such customer.")
    @_problem(415, "The body is not said to be JSON.")
    @_problem(422, "The request does not fit its schema, or asks what the policy cannot answer.")
    def post(self, asked: Asked) -> dict[str, object]:
        """Decide upon a customer; facts of ledger and customer file come from the store, not from the request."""
        desk: Desk = current_app.extensions[_EXTENSION]
        question = Question(asked["customer_id"], asked.get("as_of", desk.default_day), asked["facts"])
        with desk.lock:
            decisions = desk.decider.decide(question)
        return _answer(decisions, asked["type"], desk.decider, asked["explain"])


def _answer(
    decisions: CustomerDecisions, decision_type: DecisionType, decider: Decider, explains: bool
) -> dict[str, object]:
    decision = _decision(decisions, decision_type, decider)
    recorded = canonical_bytes(decision.result)
    return {
        "decision_id": sha256(recorded).hexdigest()[:32],
        "outcome": decision.chain.outcome,
        "reasons": decision.result["reasons"],
        "result": decision.result,
        "explanation": explanation(decision, decider.policy, decisions.codes) if explains else None,
    }


def _decision(decisions: CustomerDecisions, decision_type: DecisionType, decider: Decider) -> Decision:
    match decision_type:
        case DecisionType.REVIEW:
            return decisions.review
        case DecisionType.ESCALATION:
            return decisions.escalation
        case DecisionType.ORDER:
            return decisions.order or decider.missing_request()
