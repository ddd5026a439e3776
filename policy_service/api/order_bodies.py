"""What the endpoints of orders take and give."""

import json
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any, Final, TypedDict

from marshmallow import Schema, fields, validate
from msgspec import structs

from policy_service.api.edge import Call
from policy_service.api.fact_fields import Facts
from policy_service.api.fields import Day, Flag, InstantField, Money, Name, OrderId
from policy_service.api.paging import PageAsked, PageQuery
from policy_service.domain.outcomes import Outcome
from policy_service.domain.permissions import AUTHORITY, Role
from policy_service.services import given_reason
from policy_service.services.orders.clearing import Clearing
from policy_service.services.orders.moving import OrderNow
from policy_service.services.orders.queue import OrderFile, days_held
from policy_service.services.orders.transitions import Cause, OrderState, is_told_otherwise
from policy_service.services.orders.wording import money_text, reasons_of
from policy_service.services.own_reasons import with_titles
from policy_service.storage.order_store import OrderSort, StoredOrder

_REASON: Final = {"description": "Why, in one line.", "example": "Paid by wire, slip seen"}


class OrdersAsked(PageAsked):
    """A validated question for orders."""

    state: OrderState | None
    customer_id: str
    referred_to: Role | None
    is_told_otherwise: bool
    sort: OrderSort


class ReasonGiven(TypedDict):
    """A validated reason."""

    reason: str


class ReferralAsked(TypedDict):
    """A validated referral."""

    role: Role
    note: str


class AmendmentAsked(TypedDict):
    """A validated amendment."""

    facts: dict[str, str]
    currency: str
    new_order_id: str
    reason: str


class OrdersQuery(PageQuery):
    """Which orders are asked for."""

    state = fields.Enum(OrderState, by_value=True, load_default=None, metadata={"example": "held"})
    customer_id = Name(200, load_default="", metadata={"example": "C000000001"})
    referred_to = fields.Enum(
        Role, by_value=True, load_default=None, metadata={"description": "The role they wait for."}
    )
    is_told_otherwise = fields.Boolean(
        load_default=False, metadata={"description": "Only those that the rules let through, and by now would not."}
    )
    sort = fields.Enum(
        OrderSort,
        by_value=True,
        load_default=OrderSort.OLDEST,
        metadata={"description": "The oldest of held orders is the one held for longest.", "example": "oldest"},
    )


class ReleaseRequest(Schema):
    """Why a held order may go."""

    reason = Name(given_reason.LONGEST, least=given_reason.SHORTEST, required=True, metadata=_REASON)


class EndRequest(Schema):
    """Why an order ends."""

    reason = Name(given_reason.LONGEST, least=0, load_default="", metadata=_REASON)


class ReferralRequest(Schema):
    """Who is to see to a held order, and why."""

    role = fields.Enum(
        Role, by_value=True, required=True, validate=validate.OneOf(AUTHORITY), metadata={"example": "finance_head"}
    )
    note = Name(given_reason.LONGEST, least=given_reason.SHORTEST, required=True, metadata=_REASON)


class AmendmentRequest(Schema):
    """What the order is from now on: all facts of the request, those that stay too."""

    facts = Facts("What the asking system says of its request; an amount is decimal text.", {"order_amount": "4000.00"})
    currency = fields.String(
        load_default="",
        validate=validate.Regexp(r"[A-Z]{3}\Z", error="Give the three letters of ISO 4217."),
        metadata={"description": "Of the order's amount; default: the base currency.", "example": "CNY"},
    )
    new_order_id = OrderId(load_default="", metadata={"description": "Its new id, if it gets one."})
    reason = Name(given_reason.LONGEST, least=0, load_default="", metadata=_REASON)


class OrderBody(Schema):
    """An order as it is now; amounts are in its own currency unless said otherwise."""

    order_id = fields.String(metadata={"example": "SO-4711"})
    customer_id = fields.String(metadata={"example": "C000000001"})
    state = fields.Enum(OrderState, by_value=True, metadata={"example": "held"})
    cause = fields.Enum(Cause, by_value=True, metadata={"description": "Why it is in this state."})
    amount = Money()
    currency = fields.String(metadata={"example": "CNY"})
    base_amount = Money(allow_none=True, metadata={"description": "In base currency; null without a rate."})
    prepaid = Money(metadata={"description": "What of it is to be paid before delivery."})
    ordered_on = Day()
    asked_at = InstantField()
    asked_by = fields.String(metadata={"example": "shop"})
    outcome = fields.Enum(Outcome, by_value=True, metadata={"description": "Of the latest decision upon it."})
    reasons = fields.List(
        fields.Dict(),
        metadata={
            "description": "Of the latest decision, ranked, with their titles.",
            "example": [{"code": "OVER_LIMIT", "title": {"en": "Over the limit", "zh": "超额"}}],
        },
    )
    decision_id = fields.String(metadata={"description": "The latest decision upon it."})
    decided_at = InstantField()
    exposure = Money(
        allow_none=True,
        metadata={"description": "What the latest decision measured before the order, in base currency."},
    )
    held_since = InstantField(allow_none=True)
    days_held = fields.Integer(allow_none=True, metadata={"example": 3})
    referred_to = fields.String(metadata={"description": "The role it waits for; empty: any.", "example": ""})
    released_by = fields.String(metadata={"description": "The person who let it go; else empty.", "example": ""})
    released_amount = Money(allow_none=True, metadata={"description": "Up to which amount it was released."})
    replaces = fields.String(metadata={"description": "The order it stands for; else empty.", "example": ""})
    amended_by = fields.String(metadata={"description": "The order that stands for it; else empty.", "example": ""})
    is_told_otherwise = Flag(
        metadata={"description": "The latest decision would not let it through, but it was before and stays so."}
    )


class OrderNowBody(OrderBody):
    """An order after something was done to it."""

    came_from = fields.String(metadata={"description": "Its state before; empty for a new one.", "example": "held"})


class OrderStepBody(Schema):
    """One step of an order's life."""

    at = InstantField()
    from_state = fields.String(metadata={"description": "Empty for the first.", "example": "held"})
    to_state = fields.Enum(OrderState, by_value=True, metadata={"example": "released"})
    cause = fields.Enum(Cause, by_value=True, metadata={"example": "released_by_person"})
    person = fields.String(metadata={"example": "ada"})
    reason = fields.String(metadata={"example": "Paid by wire, slip seen"})
    amount = Money(metadata={"description": "The order's amount from this step on."})
    prepaid = Money()
    decision_id = fields.String(allow_none=True)


class DecisionUpon(Schema):
    """A decision upon an order."""

    decision_id = fields.String()
    decided_at = InstantField()
    asked_by = fields.String(metadata={"example": "shop"})
    policy_version = fields.Integer(metadata={"example": 3})
    outcome = fields.Enum(Outcome, by_value=True)


class ItemPayment(Schema):
    """A payment on one invoice."""

    invoice_id = fields.String(metadata={"example": "I-2026-0815"})
    amount = Money(metadata={"description": "In the currency of the invoice."})
    currency = fields.String(metadata={"example": "CNY"})


class ClearingBody(Schema):
    """The smallest payment today that lets an order go, on the items that fell due first."""

    payments = fields.List(fields.Nested(ItemPayment), metadata={"description": "Empty: deciding again would do."})
    outcome = fields.Enum(Outcome, by_value=True, metadata={"example": "approve"})


class OrderFileQuery(Schema):
    """What else is asked of an order."""

    clearing = fields.Boolean(load_default=False, metadata={"description": "Find out which payment would let it go."})


class OrderFileBody(OrderBody):
    """An order with its life: every step, the first one first, and its latest 50 decisions, the latest first."""

    facts = fields.Dict(metadata={"description": "What came with it.", "example": {"order_amount": "5000.00"}})
    steps = fields.List(fields.Nested(OrderStepBody))
    decisions = fields.List(fields.Nested(DecisionUpon))
    exposure_if_released = Money(
        allow_none=True,
        metadata={"description": "Of a held order: what would be owed then, in base currency; null if unknown."},
    )
    may_release = fields.List(
        fields.Enum(Role, by_value=True),
        metadata={"description": "Of a held order: the roles whose authority reaches so far, the lowest first."},
    )
    clearing = fields.Nested(
        ClearingBody, allow_none=True, metadata={"description": "If asked for: null where no payment lets it go."}
    )


class OrderPageBody(Schema):
    """Some orders."""

    items = fields.List(fields.Nested(OrderBody))
    next_cursor = fields.String(allow_none=True)


def bodies_of(call: Call, orders: Sequence[StoredOrder]) -> list[dict[str, Any]]:
    """Return orders as the endpoints give them."""
    base = call.house.customers.at(call.session).currency.code if orders else ""
    return [_body(call, order, base) for order in orders]


def body_of(call: Call, order: StoredOrder) -> dict[str, Any]:
    """Return an order as the endpoints give it."""
    (body,) = bodies_of(call, [order])
    return body


def _body(call: Call, order: StoredOrder, base: str) -> dict[str, Any]:
    amounts = {name: money_text(getattr(order, name), order.currency) for name in ("amount", "prepaid")}
    return {
        **structs.asdict(order),
        **amounts,
        "base_amount": _or_null(order.base_amount, base),
        "exposure": _or_null(order.exposure, base),
        "released_amount": _or_null(order.released_amount, order.currency),
        "reasons": with_titles(reasons_of(order)),
        "state": OrderState(order.state),
        "cause": Cause(order.cause),
        "outcome": Outcome(order.outcome),
        "days_held": days_held(call.house, order, call.act),
        "is_told_otherwise": is_told_otherwise(order),
    }


def body_of_now(call: Call, now: OrderNow) -> dict[str, Any]:
    """Return what became of an order as the endpoints give it."""
    return body_of(call, now.order) | {"came_from": now.came_from, "is_told_otherwise": now.is_told_otherwise}


def body_of_file(call: Call, file: OrderFile, clearing: Clearing | None) -> dict[str, Any]:
    """Return everything about an order as the endpoints give it."""
    code = file.order.currency
    base = call.house.customers.at(call.session).currency.code
    steps = [
        {
            **asdict(step),
            "to_state": OrderState(step.to_state),
            "cause": Cause(step.cause),
            "amount": money_text(step.amount, code),
            "prepaid": money_text(step.prepaid, code),
        }
        for step in file.steps
    ]
    decisions = [
        {name: getattr(one, name) for name in ("decision_id", "decided_at", "asked_by", "policy_version")}
        | {"outcome": Outcome(one.outcome)}
        for one in file.decisions
    ]
    more = {"facts": json.loads(file.order.request), "steps": steps, "decisions": decisions}
    owed = {
        "exposure_if_released": _or_null(file.exposure_if_released, base),
        "may_release": list(file.may_release),
        "clearing": _clearing(clearing) if clearing else None,
    }
    return _body(call, file.order, base) | more | owed


def _clearing(clearing: Clearing) -> dict[str, Any]:
    payments = [{**asdict(due), "amount": money_text(due.amount, due.currency)} for due in clearing.payments]
    return {"payments": payments, "outcome": clearing.outcome}


def _or_null(amount: int | None, code: str) -> str | None:
    return None if amount is None else money_text(amount, code)
