"""Questions and answers about decisions, between the bodies of requests and the services.

An answer is what JSON holds already, in the form of its schema: it is sent as often as anything here.
"""

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any, TypedDict, cast
from zoneinfo import ZoneInfo

import msgspec

from policy_service.api.edge import Call
from policy_service.domain.instants import Instant, business_day
from policy_service.domain.outcomes import DecisionType, Outcome
from policy_service.services.compiled_policy import CompiledPolicy
from policy_service.services.decisions.answering import Answered, answer
from policy_service.services.decisions.batches import Batch
from policy_service.services.decisions.deciding import Asked
from policy_service.services.decisions.storing import Purpose
from policy_service.services.decisions.trying import Trial, try_out
from policy_service.services.orders.moving import OrderNow
from policy_service.services.own_reasons import with_titles
from policy_service.services.standings_in_force.applying import StandingNow
from policy_service.storage.decision_store import StoredDecision
from policy_service.storage.stored_cases import CaseNow


class Question(TypedDict):
    """A validated question."""

    type: DecisionType
    customer_id: str
    order_id: str
    facts: dict[str, str]
    currency: str
    explain: bool
    dry_run: bool
    substitute: dict[str, str]
    policy: str
    version: int | None
    as_of: date | None
    known_before: Instant | None


def answer_to(
    call: Call,
    question: Question,
    took: Callable[[], int],
    version: CompiledPolicy | None = None,
    batch: Batch | None = None,
) -> dict[str, Any]:
    """Return the body that answers a question in the call's transaction: under the version, in the batch, if given."""
    asked = Asked(
        question["type"],
        question["customer_id"],
        question["facts"],
        question["order_id"],
        question["explain"],
        question["currency"],
        took,
    )
    house, session, actor, act = call.house, call.session, call.actor, call.act
    if _is_dry_run(question, act.at, house.settings.zone):
        if batch:
            batch.store()
        return _body(Answered(try_out(house, session, asked, _trial(question), actor, act, version)), Purpose.DRY_RUN)
    if batch:
        return _body(batch.answer(asked, actor, act), Purpose.LIVE)
    return _body(answer(house, session, asked, actor, act, version, is_last=True), Purpose.LIVE)


def summary_of(stored: StoredDecision) -> dict[str, Any]:
    """Return a stored decision as a list shows it."""
    result = msgspec.json.decode(stored.result)
    return _summary(stored, result)


def body_of(stored: StoredDecision, explanation: Mapping[str, object] | None) -> dict[str, Any]:
    """Return a stored decision in full."""
    result = msgspec.json.decode(stored.result)
    more = {"result": result, "took_microseconds": stored.took, "chain": stored.link, "explanation": explanation}
    return _summary(stored, result) | more


def _summary(stored: StoredDecision, result: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "decision_id": stored.decision_id,
        "request_id": stored.request_id,
        "type": DecisionType(stored.decision_type),
        "purpose": Purpose(stored.purpose),
        "customer_id": stored.customer_id,
        "order_id": stored.order_id,
        "policy": {"id": stored.policy_id, "version": stored.policy_version, "hash": stored.policy_hash},
        "as_of": stored.as_of,
        "decided_at": stored.decided_at,
        "asked_by": stored.asked_by,
        "outcome": Outcome(stored.outcome) if stored.outcome else None,
        "reasons": [reason["code"] for reason in result["reasons"]],
    }


def _is_dry_run(question: Question, at: Instant, zone: ZoneInfo) -> bool:
    if question["as_of"] is not None and question["as_of"] != business_day(at, zone):
        return True
    return any(question[word] for word in ("dry_run", "substitute", "policy", "version", "known_before"))


def _trial(question: Question) -> Trial:
    return Trial(
        question["substitute"],
        question["policy"],
        question["version"],
        question["as_of"],
        question["known_before"],
    )


def _body(answered: Answered, purpose: Purpose) -> dict[str, Any]:
    given = answered.given
    return {
        "decision_id": given.decision_id,
        "purpose": purpose.value,
        "outcome": given.decision.result["outcome"],
        "reasons": with_titles(cast(list[dict[str, object]], given.decision.result["reasons"])),
        # As it is stored, byte for byte.
        "result": msgspec.Raw(given.record.result),
        "explanation": given.explanation,
        "order": _order(answered.order) if answered.order else None,
        "standing": _standing(answered.standing) if answered.standing else None,
        "cases": list(map(_case, answered.cases)),
        "first_review": answered.first_review.decision_id if answered.first_review else None,
    }


def _order(now: OrderNow) -> dict[str, Any]:
    return {"order_id": now.order_id, "state": now.state, "is_told_otherwise": now.is_told_otherwise}


def _case(now: CaseNow) -> dict[str, Any]:
    said = {name: getattr(now, name) for name in ("case_id", "ladder", "level", "owner_role")}
    return {**said, "deadline": now.deadline.isoformat() if now.deadline else None}


def _standing(now: StandingNow) -> dict[str, Any]:
    return {
        "in_force": now.in_force.standing_id if now.in_force else None,
        "proposed": now.proposed.standing_id if now.proposed else None,
        "changed": list(now.changed),
    }
