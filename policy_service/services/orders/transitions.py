"""The life of an order as one table: what may be done to it in each state, and which state may follow."""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import Final, assert_never

from policy_service.domain.errors import RequestError
from policy_service.domain.outcomes import Outcome
from policy_service.storage.order_store import StoredOrder


class OrderState(StrEnum):
    """Where an order stands; in `open` and `released` it may be delivered on credit."""

    OPEN = "open"
    HELD = "held"
    RELEASED = "released"
    CANCELLED = "cancelled"
    INVOICED = "invoiced"
    AMENDED = "amended"


class Cause(StrEnum):
    """Why an order is in its state, and why each step was taken.

    `invoiced` is what somebody said, `booked` what the ledger says. `referred` changes no state.
    """

    DECISION = "decision"
    DECLINED = "declined"
    RELEASED_BY_PERSON = "released_by_person"
    RELEASED_BY_RECHECK = "released_by_recheck"
    REFERRED = "referred"
    CANCELLED = "cancelled"
    INVOICED = "invoiced"
    BOOKED = "booked"
    AMENDED = "amended"


class Doing(StrEnum):
    """What is done to an order, in the words of a refusal."""

    ASK = "asked about again"
    RECHECK = "decided again"
    RELEASE = "released"
    REFER = "referred"
    CANCEL = "cancelled"
    INVOICE = "invoiced"
    BOOK = "booked"
    AMEND = "amended"
    REPLACE = "replaced by another order"


_S, _D = OrderState, Doing
_AS_DECIDED: Final = frozenset({_S.OPEN, _S.HELD, _S.CANCELLED})
_ENDS: Final[Mapping[Doing, frozenset[OrderState]]] = {
    _D.CANCEL: frozenset({_S.CANCELLED}),
    # A hold is no rejection: what was delivered can always be invoiced.
    _D.INVOICE: frozenset({_S.INVOICED}),
    _D.BOOK: frozenset({_S.INVOICED}),
    _D.REPLACE: frozenset({_S.AMENDED}),
}

#: What may be done to an order in each state, and which states that may lead to; nothing else happens.
TRANSITIONS: Final[Mapping[OrderState, Mapping[Doing, frozenset[OrderState]]]] = MappingProxyType(
    {
        _S.OPEN: {
            _D.ASK: frozenset({_S.OPEN}),
            _D.RECHECK: frozenset({_S.OPEN}),
            _D.AMEND: _AS_DECIDED,
            **_ENDS,
        },
        _S.HELD: {
            _D.ASK: _AS_DECIDED,
            _D.RECHECK: frozenset({_S.HELD, _S.RELEASED}),
            _D.RELEASE: frozenset({_S.RELEASED}),
            _D.REFER: frozenset({_S.HELD}),
            _D.AMEND: _AS_DECIDED,
            **_ENDS,
        },
        _S.RELEASED: {
            _D.ASK: frozenset({_S.RELEASED}),
            _D.RECHECK: frozenset({_S.RELEASED}),
            _D.AMEND: _AS_DECIDED | {_S.RELEASED},
            **_ENDS,
        },
        # The ledger has the last word: what was invoiced after all was delivered after all.
        _S.CANCELLED: {_D.BOOK: frozenset({_S.INVOICED})},
        _S.INVOICED: {_D.BOOK: frozenset({_S.INVOICED})},
        _S.AMENDED: {},
    }
)
#: What may also be done to a cancelled order that the rules declined and nobody took back.
OF_A_DECLINED_ONE: Final[Mapping[Doing, frozenset[OrderState]]] = MappingProxyType(
    {_D.ASK: _AS_DECIDED, _D.AMEND: _AS_DECIDED, _D.REPLACE: frozenset({_S.AMENDED})}
)
#: What a caller can do; the ledger books by itself.
_CALLABLE: Final = tuple(doing for doing in Doing if doing is not Doing.BOOK)


def state_by(outcome: Outcome) -> OrderState:
    """Return the state of an order that is decided upon like this."""
    match outcome:
        case Outcome.APPROVE | Outcome.PREPAY:
            return OrderState.OPEN
        case Outcome.HOLD | Outcome.REFER:
            return OrderState.HELD
        case Outcome.DECLINE:
            return OrderState.CANCELLED
        case _:
            assert_never(outcome)


def is_let_through(state: str) -> bool:
    """Return whether an order in that state may be delivered on credit."""
    return state in {OrderState.OPEN, OrderState.RELEASED}


def is_told_otherwise(order: StoredOrder) -> bool:
    """Return whether the rules let the order through, and by now would not: it stays so unless somebody cancels it.

    What a person released is let through by that person's word, whatever the rules say.
    """
    is_by_rule = is_let_through(order.state) and not order.released_by
    return is_by_rule and not is_let_through(state_by(Outcome(order.outcome)))


def is_declined(order: StoredOrder) -> bool:
    """Return whether the rules refused the order, and nobody took it back."""
    return order.state == OrderState.CANCELLED and order.cause != Cause.CANCELLED


def leads_to(order: StoredOrder, doing: Doing) -> frozenset[OrderState]:
    """Return the states that it may lead to; RequestError R432 where it cannot be done to the order as it is."""
    allowed = _allowed(order)
    if doing not in allowed:
        raise _refused(order, doing, [str(one) for one in _CALLABLE if one in allowed])
    return allowed[doing]


def _allowed(order: StoredOrder) -> Mapping[Doing, frozenset[OrderState]]:
    allowed = TRANSITIONS[OrderState(order.state)]
    return {**allowed, **OF_A_DECLINED_ONE} if is_declined(order) else allowed


def _refused(order: StoredOrder, doing: Doing, allowed: list[str]) -> RequestError:
    successor = f" by order {order.amended_by[:60]}" if order.amended_by else ""
    declined = " (declined)" if is_declined(order) else ""
    may = f"From here it can be: {', '.join(allowed)}." if allowed else "It is at its end: use another order id."
    return RequestError(
        "R432",
        f"Order {order.order_id[:60]} is {order.state}{successor}{declined}: it cannot be {doing.value}.",
        remedy=may,
    )
