"""What an order asks for, and what a decision says of it."""

import json
from collections.abc import Mapping
from functools import lru_cache
from json.encoder import encode_basestring
from typing import Any, Final

import msgspec
from msgspec.structs import replace

from policy_service.domain.decisions import ChainResult
from policy_service.domain.errors import RequestError
from policy_service.domain.outcomes import Outcome
from policy_service.domain.values import MILLION, UNKNOWN, UNLIMITED
from policy_service.facts.rounding import divide_half_away
from policy_service.language.definitions.dictionary import FactSource
from policy_service.language.policy import Policy
from policy_service.services.decisions.deciding import Given
from policy_service.services.orders.transitions import Doing, OrderState, leads_to
from policy_service.services.orders.wording import money_text
from policy_service.services.overrides import OVERRIDE_REASON
from policy_service.services.request_facts import ORDER_AMOUNT
from policy_service.services.standings import Standing
from policy_service.storage.order_store import StoredOrder

_PERCENT: Final = "prepay_percent"
_WHOLE: Final = 100 * MILLION
_WRITTEN: Final = json.JSONEncoder(sort_keys=True, ensure_ascii=False)
#: So many lists of reasons are remembered as text: those of a few rows come again and again.
_REMEMBERED: Final = 1_024


class Content(msgspec.Struct, frozen=True):
    """What somebody asks for: the amount in minor units of its currency, and the facts as the policy writes them."""

    customer_id: str
    amount: int
    currency: str
    request: str


def content_of(given: Given, customer_id: str, request: Mapping[str, str]) -> Content:
    """Return what was asked for when the decision was given; an order without an amount is one of 0."""
    texts = {name: _text(given, name, text) for name, text in request.items()}
    amount, code = 0, given.version.policy.currency.code
    if given.amount:
        amount, code = given.amount.amount, given.amount.currency
        texts[ORDER_AMOUNT] = money_text(amount, code)
    return Content(customer_id, amount, code, texts_written(texts))


def texts_written(texts: Mapping[str, str]) -> str:
    """Return texts by name as one text, in JSON with sorted keys."""
    # The encoder of the standard library makes ready for anything each time: that takes ten times as long.
    pairs = [f"{encode_basestring(name)}: {encode_basestring(texts[name])}" for name in sorted(texts)]
    return f"{{{', '.join(pairs)}}}"


def request_of(order: StoredOrder, policy: Policy) -> dict[str, str]:
    """Return the facts that came with the order, as far as the policy still reads them from a request."""
    texts: dict[str, str] = json.loads(order.request)
    known = {fact.name for fact in policy.facts.values() if fact.source is FactSource.REQUEST}
    return {name: text for name, text in texts.items() if name in known}


def check_same(order: StoredOrder, asked: Content) -> None:
    """Return if the order is of this customer and for this; RequestError R430 or R431 otherwise."""
    if order.customer_id != asked.customer_id:
        raise RequestError(
            "R430",
            f"The order id {order.order_id[:60]} is in use for another customer.",
            remedy="Use an id that names one order only.",
        )
    if (order.amount, order.currency, order.request) != (asked.amount, asked.currency, asked.request):
        # An order at its end is refused for that: it cannot be amended either.
        leads_to(order, Doing.AMEND)
        raise RequestError(
            "R431",
            f"Order {order.order_id[:60]} was asked about with another amount or other facts.",
            remedy=f"Amend it: POST /v1/orders/{order.order_id[:60]}/amendments.",
        )


def with_decision(order: StoredOrder, given: Given, at: int) -> StoredOrder:
    """Return the order with this as its latest decision; its content and state as they were."""
    return replace(order, **_decided(given, at))


def with_content(order: StoredOrder, asked: Content) -> StoredOrder:
    """Return the order asking for this instead."""
    return replace(order, amount=asked.amount, currency=asked.currency, request=asked.request)


def with_prepaid(order: StoredOrder, given: Given) -> StoredOrder:
    """Return the order with the part of its amount that the decision wants paid before delivery."""
    return replace(order, prepaid=prepaid_of(order.amount, given.decision.chain, given.standing))


def prepaid_of(amount: int, chain: ChainResult, standing: Standing) -> int:
    """Return what of an order of that amount is wanted before delivery where its check comes to this.

    That is the order check's `prepay_percent`, else the standing's, else all of it for a prepay and nothing for any
    other outcome; rounded half away from zero. Where a person's word makes it a prepay, or only a standings file leaves
    open what is demanded, a standing of nothing does not say how much of a prepay is wanted.
    """
    said = chain.outputs.get(_PERCENT, UNKNOWN)
    stands = standing.values.get(_PERCENT, UNKNOWN)
    if isinstance(said, int) and said != UNKNOWN:
        percent = said
    elif stands == UNKNOWN or (stands == 0 and (standing.is_recorded or _is_said_by_a_person(chain))):
        percent = _WHOLE if chain.outcome is Outcome.PREPAY else 0
    else:
        percent = stands
    percent = min(max(percent, 0), _WHOLE)
    return divide_half_away(amount * percent, _WHOLE)


def _is_said_by_a_person(chain: ChainResult) -> bool:
    return bool(chain.reasons) and chain.reasons[0].code == OVERRIDE_REASON


def order_of(
    order_id: str, asked: Content, given: Given, person: str, at: int, state: str = "", cause: str = ""
) -> StoredOrder:
    """Return an order asked for now, by itself in no state yet."""
    return StoredOrder(
        order_id=order_id,
        customer_id=asked.customer_id,
        state=state,
        cause=cause,
        asked_at=at,
        asked_by=person,
        ordered_on=given.as_of,
        amount=asked.amount,
        currency=asked.currency,
        prepaid=prepaid_of(asked.amount, given.decision.chain, given.standing),
        request=asked.request,
        held_since=at if state == OrderState.HELD else None,
        **_decided(given, at),
    )


def outcome_of(given: Given) -> Outcome:
    """Return what an order check came to; it always comes to something."""
    outcome = given.decision.chain.outcome
    if outcome is None:
        raise AssertionError(f"the order decision {given.decision_id} has no outcome")
    return outcome


def _decided(given: Given, at: int) -> dict[str, Any]:  # fields of StoredOrder
    exposure = given.decision.values.get("exposure", UNKNOWN)
    return {
        "base_amount": given.amount.base_amount if given.amount else 0,
        "decision_id": given.decision_id,
        "decided_at": at,
        "outcome": outcome_of(given).value,
        "reasons": _written_reasons(msgspec.json.encode(given.decision.result["reasons"])),
        "exposure": None if exposure in {UNKNOWN, UNLIMITED} else exposure,
    }


@lru_cache(_REMEMBERED)
def _written_reasons(reasons: bytes) -> str:
    return _WRITTEN.encode(msgspec.json.decode(reasons))


def _text(given: Given, name: str, text: str) -> str:
    value = given.decision.values.get(name, UNKNOWN)
    return text if value == UNKNOWN else given.codes.text(value, given.version.policy.facts[name].kind)
