"""What an override may say, and whether it can let orders go."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from types import MappingProxyType
from typing import Final

from sqlalchemy.orm import Session

from policy_service.domain.amounts import decimal_text
from policy_service.domain.errors import PolicyTextError, RequestError
from policy_service.domain.outcomes import DecisionType, Outcome
from policy_service.domain.values import MILLION, UNKNOWN, Kind
from policy_service.language.definitions.standing import ORDER_OUTPUTS, PAYMENT_TERM_KINDS, STANDING_OUTPUTS
from policy_service.language.policy import Policy
from policy_service.services.code_book import CodeBook
from policy_service.storage.order_store import OrderStore, StoredOrder

#: What an override of an order may set; one of a review may set every output of the standing.
OF_AN_ORDER: Final[Mapping[str, Kind]] = {**ORDER_OUTPUTS, "prepay_percent": Kind.NUMBER}
#: What a review says of itself: somebody's word on it would change nothing that is in force.
OF_THE_REVIEW_ITSELF: Final = frozenset({"approval_role", "limit_valid_days", "next_review_days"})
#: The values of the standing that can let no order go, whatever a review says by the last day; of a grade the worst.
#: No share to prepay is one: what is wholly paid before delivery may pass a stop and a limit.
STRICTEST: Final[Mapping[str, str]] = MappingProxyType(
    {
        "credit_limit": "0",
        "payment_term_days": "0",
        "payment_term_kind": "prepayment",
        "discount_percent": "0",
        "discount_days": "0",
        "collateral_required": "true",
        "watch_list": "true",
        "stop_credit": "true",
        "grace_days": "0",
    }
)
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


def lets_go(wanted: Wanted, values: Mapping[str, int], policy: Policy) -> bool:
    """Return whether it can let an order go that the rules keep back; `values` are the outputs but the outcome.

    Of a review everything can that is not the strictest there is: the review that it is laid over may be followed
    by a stricter one while it counts.
    """
    if wanted.decision_type is DecisionType.ORDER:
        return lets_order_go(wanted.outputs, policy)
    return bool(loosening(wanted, values, policy))


def lets_order_go(outputs: Mapping[str, str], policy: Policy) -> bool:
    """Return whether an override of an order that sets this, all of it possible, can let the order go."""
    # Less prepayment on an order that the rules want prepaid lets it go as well.
    prepaid = outputs.get("prepay_percent", "100")
    return outputs.get("outcome") in _LETS_GO or CodeBook(policy).read(prepaid, Kind.NUMBER) < _WHOLE


def loosening(wanted: Wanted, values: Mapping[str, int], policy: Policy) -> tuple[str, ...]:
    """Return the outputs of an override of a review that can let an order go."""
    return tuple(name for name in values if not _is_strictest(name, wanted.outputs[name], values[name], policy))


def loosening_outputs(decision_type: str, outputs: Mapping[str, str], policy: Policy) -> tuple[str, ...]:
    """Return the outputs of an override in force that can let an order go; one that cannot be read any more may."""
    of_order = decision_type == DecisionType.ORDER
    return tuple(name for name, text in outputs.items() if not _keeps_back(name, text, policy, of_order=of_order))


def _keeps_back(name: str, text: str, policy: Policy, *, of_order: bool) -> bool:
    if of_order:
        return not lets_order_go({name: text}, policy)
    try:
        return _is_strictest(name, text, CodeBook(policy).read(text, STANDING_OUTPUTS[name]), policy)
    except (KeyError, PolicyTextError):
        return False


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


def _is_strictest(name: str, text: str, value: int, policy: Policy) -> bool:
    if name == "grade":
        # A policy names its grades from the best to the worst.
        return bool(policy.grades) and text == policy.grades[-1]
    strictest, kind = STRICTEST.get(name), STANDING_OUTPUTS[name]
    if strictest is None:
        return False
    return text == strictest if kind is Kind.CATEGORY else value == CodeBook(policy).read(strictest, kind)


def settable(decision_type: DecisionType, policy: Policy) -> tuple[str, ...]:
    """Return the outputs that an override of a review or an order may set under the policy, by name."""
    known = OF_AN_ORDER if decision_type is DecisionType.ORDER else STANDING_OUTPUTS
    set_by_policy = {"outcome", *policy.outputs} - OF_THE_REVIEW_ITSELF
    return tuple(sorted(set_by_policy & set(known)))


def words_of(output: str, policy: Policy) -> tuple[str, ...]:
    """Return the words that an output can be overridden to; nothing where any value of its kind will do."""
    return {"outcome": tuple(Outcome), "grade": policy.grades, "payment_term_kind": PAYMENT_TERM_KINDS}.get(output, ())


def _check_is_set(name: str, decision_type: DecisionType, policy: Policy) -> None:
    possible = settable(decision_type, policy)
    if name not in possible:
        raise _impossible(
            f"{name[:60]} cannot be overridden in the decision {decision_type.value} of the policy {policy.id}",
            f"Override one of: {', '.join(possible)}.",
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
    known = words_of(name, policy)
    if known and word not in known:
        raise _impossible(f"{name} cannot be {word[:60]!r}", f"Write one of: {', '.join(known)}.")


def _impossible(found: str, remedy: str) -> RequestError:
    return RequestError("R444", f"{found}.", remedy=remedy)
