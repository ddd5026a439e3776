"""/v1/decisions: questions decided and stored; stored decisions read, and listed."""

from typing import Any, Final, TypedDict

from flask import Response, jsonify
from flask.views import MethodView

from policy_service.api.decision_bodies import Question, answer_to, body_of, summary_of
from policy_service.api.edge import changes, reads, the_call
from policy_service.api.endpoints import Endpoints
from policy_service.api.paging import PageAsked
from policy_service.api.schemas import (
    DecisionAnswer,
    DecisionPage,
    DecisionQuestion,
    DecisionsQuery,
    ExplainQuery,
    StoredDecisionAnswer,
)
from policy_service.api.stopwatch import started
from policy_service.domain.instants import Instant
from policy_service.domain.outcomes import DecisionType, Outcome
from policy_service.domain.permissions import Permission
from policy_service.services.decisions.replaying import explained
from policy_service.services.decisions.storing import Purpose
from policy_service.storage.decision_store import DecisionStore

blueprint = Endpoints("decisions", __name__, url_prefix="/v1", description="Decisions with their reasons")
#: Made once: a schema is a hundred times as much work to make as to read a question with.
_QUESTION: Final = DecisionQuestion()


class DecisionsAsked(PageAsked):
    """A validated question for decisions."""

    customer_id: str
    order_id: str
    request_id: str
    type: DecisionType | None
    purpose: Purpose | None
    outcome: Outcome | None
    policy: str
    version: int | None
    asked_by: str
    since: Instant | None
    before: Instant | None


class ExplanationAsked(TypedDict):
    """A validated wish for the explanation."""

    explain: bool


@blueprint.route("/decisions")
class DecisionsView(MethodView):
    """Decisions."""

    @changes(Permission.DECISIONS_ASK, creates=True, or_else=(Permission.REVIEWS_RUN, Permission.DECISIONS_TRY))
    @blueprint.problems(404, 409)
    @blueprint.arguments(_QUESTION)
    @blueprint.response(201, DecisionAnswer)
    def post(self, question: Question) -> tuple[Response, int, dict[str, str]]:
        """Decide upon a customer, let it count unless it is a dry run, and keep the decision.

        Facts of ledger and customer file come from the store, not from the request.
        """
        body = answer_to(the_call(), question, started())
        # In the form of its schema already.
        return jsonify(body), 201, {"Location": f"/v1/decisions/{body['decision_id']}"}

    @reads(Permission.DECISIONS_READ)
    @blueprint.arguments(DecisionsQuery, location="query")
    @blueprint.response(200, DecisionPage)
    def get(self, asked: DecisionsAsked) -> dict[str, Any]:
        """List decisions, the newest first."""
        page = DecisionStore(the_call().session).page(
            customer_id=asked["customer_id"],
            order_id=asked["order_id"],
            request_id=asked["request_id"],
            decision_type=asked["type"] or "",
            purpose=asked["purpose"] or "",
            outcome=asked["outcome"] or "",
            policy_id=asked["policy"],
            policy_version=asked["version"],
            asked_by=asked["asked_by"],
            since=asked["since"],
            before=asked["before"],
            cursor=asked["cursor"],
            limit=asked["limit"],
        )
        return {"items": list(map(summary_of, page.decisions)), "next_cursor": page.next_cursor or None}


@blueprint.route("/decisions/<string:decision_id>")
class DecisionView(MethodView):
    """One decision."""

    @reads(Permission.DECISIONS_READ)
    @blueprint.problems(404)
    @blueprint.arguments(ExplainQuery, location="query")
    @blueprint.response(200, StoredDecisionAnswer)
    def get(self, asked: ExplanationAsked, decision_id: str) -> dict[str, Any]:
        """Show a decision, with `explain=true` why: explained from what it was decided on, in the words of then."""
        call = the_call()
        stored = DecisionStore(call.session).load(decision_id)
        return body_of(stored, explained(call.house, call.session, stored) if asked["explain"] else None)
