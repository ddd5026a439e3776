"""What an override may say, and when one person's word is not enough."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Final

from sqlalchemy.orm import Session

from policy_service.domain.amounts import decimal_text
from policy_service.domain.errors import FactError, PolicyTextError, RequestError
from policy_service.domain.outcomes import DecisionType, Outcome
from policy_service.domain.values import FALSE, MILLION, TRUE, UNKNOWN, Kind, scale
from policy_service.facts.customer_day import OrderDecisions
from policy_service.facts.knowledge import Knowledge
from policy_service.facts.measure import Circumstances, exposure_by_component
from policy_service.language.definitions.standing import ORDER_OUTPUTS, PAYMENT_TERM_KINDS, STANDING_OUTPUTS
from policy_service.language.policy import Policy
from policy_service.services.code_book import CodeBook
from policy_service.services.company_settings import company_settings
from policy_service.services.compiled_policies import CompiledPolicy
from policy_service.services.decisions.in_force import group_of
from policy_service.services.house import House
from policy_service.services.known_customers import KnownLedger
from policy_service.storage.order_store import OrderStore, StoredOrder

#: What an override of an order may set; one of a review may set every output of the standing.
OF_AN_ORDER: Final[Mapping[str, Kind]] = {**ORDER_OUTPUTS, "prepay_percent": Kind.NUMBER}
#: What a review says of itself: somebody's word on it would change nothing that is in force.
_OF_THE_REVIEW_ITSELF: Final = frozenset({"approval_role", "limit_valid_days", "next_review_days"})
#: What keeps orders back where it is true.
_STOPS: Final = frozenset({"stop_credit", "watch_list"})
_LETS_GO: Final = frozenset({Outcome.APPROVE.value, Outcome.PREPAY.value})
_WHOLE: Final = 100 * MILLION


@dataclass(frozen=True, slots=True)
class Wanted:
    """The override that somebody wants: `outputs` are texts by name; without `order_id` it is for all orders."""

    customer_id: str
    decision_type: DecisionType
    outputs: Mapping[str, str]
    reason: str
    expires_on: date
    order_id: str = ""


def possible_values(wanted: Wanted, policy: Policy) -> Mapping[str, int]:
    """Return the values of the outputs but the outcome; RequestError R444 for what can never be applied.

    That is an override of an escalation, of nothing, of an output that the decision or the policy does not set, or
    to a value that there is not.
    """
    if wanted.decision_type is DecisionType.ESCALATION:
        raise _impossible("An escalation cannot be overridden", "Override the review, or the order.")
    if not wanted.outputs:
        raise _impossible("The override sets nothing", "Name what it sets, such as credit_limit.")
    codes = CodeBook(policy)
    values = {}
    for name, text in wanted.outputs.items():
        _check_is_set(name, wanted.decision_type, policy)
        if name != "outcome":
            values[name] = _value(name, text, policy, codes)
        elif text not in frozenset(Outcome):
            raise _impossible(f"{text[:40]!r} is no outcome", f"Write one of: {', '.join(Outcome)}.")
    return values


@dataclass(frozen=True, slots=True)
class SecondPerson:
    """Whether a second person has to confirm, and up to which amount of an order the override counts (none: any)."""

    is_needed: bool
    largest_amount: int | None = None


def second_person(
    house: House, session: Session, wanted: Wanted, values: Mapping[str, int], version: CompiledPolicy, day: date
) -> SecondPerson:
    """Return whether the override goes beyond what one person may say by the company's settings.

    So it does where it lets an order go, sets a limit, or clears a stop, above the threshold; and where nobody can
    tell: for all orders of a customer, for an order not asked for yet, where the exposure cannot be measured.
    RequestError R446 for an order of another customer.
    """
    above = company_settings(session).override_second_person_above
    threshold = int(above * scale(Kind.MONEY, version.policy.currency))
    match wanted.decision_type:
        case DecisionType.ORDER:
            return _of_an_order(wanted, values, threshold, order_of(session, wanted))
        case _:
            if values.get("credit_limit", UNKNOWN) > threshold:
                return SecondPerson(True)
            clears = values.get("stop_credit", UNKNOWN) == FALSE
            return SecondPerson(clears and _owes_more(house, session, wanted.customer_id, version, day, threshold))


def lets_go(wanted: Wanted, values: Mapping[str, int]) -> bool:
    """Return whether it can let an order go that the rules keep back; `values` are the outputs but the outcome.

    Of a review everything can, but a stop of credit or a place on the watch list alone.
    """
    if wanted.decision_type is DecisionType.ORDER:
        # Less prepayment on an order that the rules want prepaid lets it go as well.
        return wanted.outputs.get("outcome") in _LETS_GO or values.get("prepay_percent", _WHOLE) < _WHOLE
    return any(name not in _STOPS or value != TRUE for name, value in values.items())


def order_of(session: Session, wanted: Wanted) -> StoredOrder | None:
    """Return the order that it is given for, if there is one; RequestError R446 for an order of another customer."""
    order = OrderStore(session).find(wanted.order_id) if wanted.order_id else None
    if order and order.customer_id != wanted.customer_id:
        raise RequestError(
            "R446",
            f"The order {wanted.order_id[:60]} is not of customer {wanted.customer_id[:60]}.",
            remedy="Name the customer of the order.",
        )
    return order


def _of_an_order(wanted: Wanted, values: Mapping[str, int], threshold: int, order: StoredOrder | None) -> SecondPerson:
    if not lets_go(wanted, values):
        return SecondPerson(False)
    if order is None or order.base_amount is None:
        return SecondPerson(True)
    return SecondPerson(order.base_amount > threshold, max(order.base_amount, threshold))


def _owes_more(
    house: House, session: Session, customer_id: str, version: CompiledPolicy, day: date, threshold: int
) -> bool:
    try:
        return _exposure(session, house.customers.at(session), customer_id, version, day) > threshold
    except FactError:
        return True


def _exposure(session: Session, ledger: KnownLedger, customer_id: str, version: CompiledPolicy, day: date) -> int:
    knowledge = Knowledge(day, includes_day=True)
    members = group_of(version, ledger, customer_id, knowledge)
    policy = version.policy
    circumstances = Circumstances(
        exposure=policy.exposure,
        exposure_of_group=policy.exposure_of_group,
        orders=OrderDecisions(live=OrderStore(session).live_of(members)),
    )
    parts = exposure_by_component(ledger, customer_id, knowledge, circumstances)
    return sum(part.amount for part in parts.values())


def _check_is_set(name: str, decision_type: DecisionType, policy: Policy) -> None:
    known = OF_AN_ORDER if decision_type is DecisionType.ORDER else STANDING_OUTPUTS
    set_by_policy = {"outcome", *policy.outputs} - _OF_THE_REVIEW_ITSELF
    settable = sorted(set_by_policy & set(known))
    if name not in settable:
        raise _impossible(
            f"{name[:60]} cannot be overridden in the decision {decision_type.value} of the policy {policy.id}",
            f"Override one of: {', '.join(settable)}.",
        )


def _value(name: str, text: str, policy: Policy, codes: CodeBook) -> int:
    kind = policy.outputs[name]
    try:
        value = codes.read(text, kind)
    except PolicyTextError as error:
        raise _impossible(f"{name} cannot be {text[:60]!r}: {error.message.rstrip('.')}", error.remedy) from error
    if value == UNKNOWN or kind is Kind.BOOLEAN:
        return value
    if kind is Kind.CATEGORY:
        _check_word(name, codes.text(value, kind), policy)
    elif value < 0 or (name.endswith("_percent") and value > _WHOLE):
        highest = f" and at most {decimal_text(Decimal(100))}" if name.endswith("_percent") else ""
        raise _impossible(f"{name} cannot be {text[:60]}", f"Write a number from 0 on{highest}.")
    return value


def _check_word(name: str, word: str, policy: Policy) -> None:
    known = {"grade": policy.grades, "payment_term_kind": PAYMENT_TERM_KINDS}.get(name, ())
    if known and word not in known:
        raise _impossible(f"{name} cannot be {word[:60]!r}", f"Write one of: {', '.join(known)}.")


def _impossible(found: str, remedy: str) -> RequestError:
    return RequestError("R444", f"{found}.", remedy=remedy)
