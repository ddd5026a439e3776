"""What may be done to an order in each state is one table; whatever is not in it is refused with what is."""

import datetime as dt

import pytest
from msgspec.structs import replace

from policy_service.domain.errors import RequestError
from policy_service.domain.outcomes import Outcome
from policy_service.services.orders.transitions import (
    TRANSITIONS,
    Cause,
    Doing,
    OrderState,
    is_let_through,
    is_told_otherwise,
    leads_to,
    state_by,
)
from policy_service.storage.models.orders import ORDER_STATES
from policy_service.storage.order_store import StoredOrder

ORDER = StoredOrder(
    "O1", "C1", "open", "decision", 1, "shop", dt.date(2025, 1, 20), 1, "CNY", 1, 0, "{}", "D1", 1, "approve", "[]"
)
#: For each state what is refused, in the order of `Doing`.
REFUSED = {
    OrderState.OPEN: {Doing.RELEASE, Doing.REFER},
    OrderState.HELD: set[Doing](),
    OrderState.RELEASED: {Doing.RELEASE, Doing.REFER},
    OrderState.CANCELLED: set(Doing) - {Doing.BOOK},
    OrderState.INVOICED: set(Doing) - {Doing.BOOK},
    OrderState.AMENDED: set(Doing),
}


@pytest.mark.parametrize("state", OrderState)
@pytest.mark.parametrize("doing", Doing)
def test_every_doing_is_allowed_or_refused_in_every_state(state: OrderState, doing: Doing) -> None:
    order = replace(ORDER, state=state.value, cause=Cause.CANCELLED)
    if doing not in REFUSED[state]:
        assert leads_to(order, doing)
        return
    with pytest.raises(RequestError, match=rf"O1 is {state.value}: it cannot be {doing.value}.*R432"):
        leads_to(order, doing)


def test_a_refusal_names_what_may_be_done() -> None:
    with pytest.raises(RequestError, match="From here it can be: asked about again, decided again, cancelled, invoic"):
        leads_to(ORDER, Doing.RELEASE)
    with pytest.raises(RequestError, match="It is at its end: use another order id"):
        leads_to(replace(ORDER, state="invoiced"), Doing.CANCEL)


def test_a_declined_order_can_be_asked_about_again_and_amended() -> None:
    declined = replace(ORDER, state="cancelled", cause=Cause.DECLINED)
    for doing in (Doing.ASK, Doing.AMEND, Doing.REPLACE, Doing.BOOK):
        assert leads_to(declined, doing)
    with pytest.raises(RequestError, match=r"O1 is cancelled \(declined\): it cannot be released"):
        leads_to(declined, Doing.RELEASE)


def test_the_table_knows_every_state_that_is_stored_and_every_outcome() -> None:
    assert set(ORDER_STATES) == {state.value for state in TRANSITIONS}
    assert {Outcome.APPROVE, Outcome.PREPAY} == {one for one in Outcome if is_let_through(state_by(one))}


def test_no_check_takes_back_what_was_let_through() -> None:
    for state in (OrderState.OPEN, OrderState.RELEASED):
        for doing in (Doing.ASK, Doing.RECHECK):
            assert frozenset({state}) == leads_to(replace(ORDER, state=state.value), doing)


def test_the_rules_say_otherwise_only_of_what_they_let_through_themselves() -> None:
    told = {state: is_told_otherwise(replace(ORDER, state=state.value, outcome="hold")) for state in OrderState}
    assert {OrderState.OPEN, OrderState.RELEASED} == {state for state, is_so in told.items() if is_so}
    assert not is_told_otherwise(ORDER)
    assert not is_told_otherwise(replace(ORDER, state="released", outcome="hold", released_by="mia"))
