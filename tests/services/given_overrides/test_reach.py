"""What an override leads to is answered for as a release is, and many small ones count as one large one."""

from dataclasses import replace

import pytest

from policy_service.domain.errors import AccessError
from policy_service.domain.permissions import Role
from policy_service.language.definitions.standing import STANDING_OUTPUTS
from policy_service.services.actor import Actor
from policy_service.services.house import House
from policy_service.services.orders.rechecking import recheck_held
from policy_service.services.override_limits import OF_THE_REVIEW_ITSELF, STRICTEST
from policy_service.services.override_reach import JUDGED_BY, Judged
from tests.api.house import store_person
from tests.services.decisions.live import act, enforce
from tests.services.given_overrides.giving import (
    ANA,
    APPROVE,
    BOB,
    FAY,
    ORDER,
    confirmed,
    ended,
    given,
    ordered,
    owes,
    refused,
    wanted,
)
from tests.services.house import RULE_SETS, house_policy
from tests.services.standings_in_force.reviews import begin

#: What the small policy does not set of a standing.
MORE = """score: 50, payment_term_kind: net, discount_percent: 0, discount_days: 0, interest_percent: 5,
    collateral_required: false, collateral_amount: 0, watch_list: false, stop_credit: false, ladder_variant: plain"""
ALL_OUTPUTS = house_policy({"standing": RULE_SETS["standing"].replace("grace_days: 5}", f"grace_days: 5, {MORE}}}")})
#: A value of each output that is not the strictest.
LOOSE = {
    "grade": "A",
    "score": "90",
    "credit_limit": "70000",
    "payment_term_days": "1",
    "payment_term_kind": "end_of_month",
    "prepay_percent": "99",
    "discount_percent": "1",
    "discount_days": "1",
    "interest_percent": "0",
    "collateral_required": "false",
    "collateral_amount": "0",
    "watch_list": "false",
    "stop_credit": "false",
    "grace_days": "1",
    "ladder_variant": "plain",
}


def lets_go(house: House, order_id: str, amount: str, by: Actor = ANA) -> str:
    """Ask for an order, override its outcome, have it decided again, and return what became of the override."""
    ordered(house, amount, order_id)
    override = given(house, wanted(APPROVE, ORDER, order_id=order_id), by)
    recheck_held(house, None, "override", act())
    return override.state


def state_of(house: House, outputs: dict[str, str], by: Actor = ANA) -> str:
    """Return what becomes of an override of the standing of C1; it is ended again."""
    override = given(house, wanted(outputs), by)
    ended(house, override.override_id)
    return override.state


def test_five_overrides_just_below_the_threshold_are_not_five_times_one_persons_word(house: House) -> None:
    assert [lets_go(house, f"O{n}", "99999.00") for n in range(5)] == ["in_force", *["proposed"] * 4]


def test_small_ones_count_together_up_to_the_threshold(house: House) -> None:
    assert [lets_go(house, f"O{n}", "40000") for n in range(2)] == ["in_force", "in_force"]
    assert [lets_go(house, "O2", "20000"), lets_go(house, "O3", "0.01")] == ["in_force", "proposed"]


def test_to_end_one_and_give_another_gives_no_more(house: House) -> None:
    """The order that went by it is not back."""
    ordered(house, "99999", "O1")
    first = given(house, wanted(APPROVE, ORDER, order_id="O1"), ANA)
    recheck_held(house, None, "override", act())
    ended(house, first.override_id, ANA)
    assert lets_go(house, "O2", "99999") == "proposed"


def test_one_that_was_ended_before_it_let_anything_go_counts_no_more(house: House) -> None:
    ordered(house, "99999", "O1")
    ended(house, given(house, wanted(APPROVE, ORDER, order_id="O1"), ANA).override_id)
    assert lets_go(house, "O2", "99999") == "in_force"


def test_what_waits_counts_with_the_rest(house: House) -> None:
    assert [lets_go(house, "O1", "100000.01"), lets_go(house, "O2", "6000")] == ["proposed", "proposed"]


def test_of_other_customers_each_counts_by_itself(house: House) -> None:
    lets_go(house, "O1", "99999")
    ordered(house, "99999", "O2", customer="C2")
    assert given(house, wanted(APPROVE, ORDER, order_id="O2", customer_id="C2"), ANA).state == "in_force"


def test_a_limit_and_an_order_count_together_in_either_order(house: House) -> None:
    assert state_of(house, {"credit_limit": "60000"}) == "in_force"
    given(house, wanted({"credit_limit": "60000"}), ANA)
    assert lets_go(house, "O1", "60500") == "proposed"
    assert lets_go(house, "O2", "60500") == "proposed"


def test_an_order_let_go_leaves_less_room_for_a_limit(house: House) -> None:
    lets_go(house, "O1", "60000")
    assert [state_of(house, {"credit_limit": limit}) for limit in ("40000", "40000.01")] == ["in_force", "proposed"]


CASES = (
    ("50000", ANA, "just so"),
    ("50000.01", ANA, "a cent more"),
    ("50000.01", BOB, "a manager"),
)


def given_and_ended(house: House, amount: str, by: Actor) -> str:
    """Return what becomes of an override of an order, ended and its order untouched afterwards."""
    order_id = f"O-{amount}"
    ordered(house, amount, order_id)
    override = given(house, wanted(APPROVE, ORDER, order_id=order_id), by)
    ended(house, override.override_id)
    return override.state


def test_an_order_is_let_go_within_the_release_authority_of_the_giver(house: House) -> None:
    """What an analyst may not release, an analyst alone does not override."""
    owes(house, "150000")
    states = {by: given_and_ended(house, amount, who) for amount, who, by in CASES}
    assert states == {"just so": "in_force", "a cent more": "proposed", "a manager": "in_force"}


def test_what_others_let_go_counts_before_it_has_gone(house: House) -> None:
    """Held orders are decided again a moment after the override: until then they are in no exposure."""
    owes(house, "120000")
    for order_id, amount in (("O1", "40000"), ("O2", "40000.01")):
        ordered(house, amount, order_id)
    states = [given(house, wanted(APPROVE, ORDER, order_id=one), ANA).state for one in ("O1", "O2")]
    assert states == ["in_force", "proposed"]


def test_the_second_person_answers_for_what_the_giver_does_not(house: House) -> None:
    owes(house, "960000")
    ordered(house, "50000")
    waiting = given(house, wanted(APPROVE, ORDER, order_id="O1"), ANA).override_id
    with pytest.raises(AccessError, match=r"leads to 1010000\.00 CNY, more than bob answers for.*finance_head.*A434"):
        confirmed(house, waiting)
    assert confirmed(house, waiting, FAY).state == "in_force"


def test_where_the_giver_answers_for_it_anybody_may_be_the_second_person(house: House) -> None:
    store_person(house, "fay", Role.FINANCE_HEAD)
    owes(house, "960000")
    ordered(house, "150000")
    waiting = given(house, wanted(APPROVE, ORDER, order_id="O1"), FAY)
    assert (waiting.state, confirmed(house, waiting.override_id).state) == ("proposed", "in_force")


def test_what_nobody_can_tell_is_answered_for_by_a_role_without_a_bound(house: House) -> None:
    of_all, unasked = wanted(APPROVE, ORDER), wanted(APPROVE, ORDER, order_id="O9")
    unlimited = wanted({"credit_limit": "unlimited"}, customer_id="C2")
    waiting = [given(house, one, FAY) for one in (of_all, unasked, unlimited)]
    assert [one.state for one in waiting] == ["proposed"] * 3
    assert [refused(confirmed, house, one.override_id) for one in waiting] == ["A434"] * 3
    gus = replace(FAY, person="gus")
    assert [confirmed(house, one.override_id, gus).state for one in waiting] == ["in_force"] * 3


def test_a_limit_is_answered_for_like_an_exposure_of_that_size(house: House) -> None:
    waiting = [
        given(house, wanted({"credit_limit": text}, customer_id=customer), ANA).override_id
        for text, customer in (("1000000", "C1"), ("1000000.01", "C2"))
    ]
    assert confirmed(house, waiting[0]).state == "in_force"
    assert refused(confirmed, house, waiting[1]) == "A434"


def test_every_output_that_an_override_may_set_is_judged() -> None:
    assert set(JUDGED_BY) == set(STANDING_OUTPUTS) - OF_THE_REVIEW_ITSELF
    assert set(LOOSE) == set(JUDGED_BY)


@pytest.mark.parametrize("name", sorted(JUDGED_BY))
def test_what_loosens_for_all_orders_is_judged_as_the_table_has_it(house: House, name: str) -> None:
    enforce(house, ALL_OUTPUTS, act().at)
    little = state_of(house, {name: LOOSE[name]})
    owes(house, "100000.01")
    much = state_of(house, {name: LOOSE[name]})
    expected = {
        Judged.LIMIT: ("in_force", "in_force"),
        Judged.EXPOSURE: ("in_force", "proposed"),
        Judged.ALWAYS: ("proposed", "proposed"),
    }
    assert (little, much) == expected[JUDGED_BY[name]]


def test_what_is_the_strictest_takes_one_person_whatever_is_owed(house: House) -> None:
    enforce(house, ALL_OUTPUTS, act().at)
    owes(house, "900000")
    strictest = {**STRICTEST, "grade": "B"}
    assert {name: state_of(house, {name: text}) for name, text in strictest.items()} == dict.fromkeys(
        strictest, "in_force"
    )


@pytest.mark.parametrize("outputs", [{"prepay_percent": "0", "credit_limit": "100000"}, {"prepay_percent": "unknown"}])
def test_less_prepayment_for_all_orders_always_takes_two(house: House, outputs: dict[str, str]) -> None:
    assert state_of(house, outputs, BOB) == "proposed"


def test_what_is_not_set_is_no_stricter_than_anything(house: House) -> None:
    """Rules that read it are passed over."""
    owes(house, "100000.01")
    assert [state_of(house, {name: "unknown"}) for name in ("credit_limit", "grace_days")] == ["proposed", "proposed"]


def test_what_is_asked_for_counts_with_what_is_owed(house: House) -> None:
    owes(house, "90000")
    assert state_of(house, {"grace_days": "3650"}) == "in_force"
    ordered(house, "10000.01")
    assert state_of(house, {"grace_days": "3650"}) == "proposed"


def test_what_a_ladder_laid_upon_a_customer_is_loosened_by_two(house: House) -> None:
    assert state_of(house, {"grace_days": "3650"}) == "in_force"
    begin(house, "L2", {"stop_credit": "true"})
    loosened = [state_of(house, one) for one in ({"grace_days": "3650"}, {"credit_limit": "6000"})]
    assert (loosened, state_of(house, {"grace_days": "0"})) == (["proposed", "proposed"], "in_force")
