"""A standing is what a review made of it, changed by effects: the strictest on each item."""

import datetime as dt

import pytest

from policy_service.domain.entries import Customer, CustomerHistory, RecordedStanding
from policy_service.domain.values import FALSE, TRUE, UNKNOWN, UNLIMITED
from policy_service.language.definitions.standing import STANDING_OUTPUTS
from policy_service.language.policy import Policy
from policy_service.services.code_book import CodeBook
from policy_service.services.standings import Standing, overridden_standing, recorded_standing, reviewed, with_effects
from tests.services.house import DAY_29, DAY_30, INVOICES, RULE_SETS, decide, house_policy, outcome_and_reasons

POLICY = house_policy(
    {
        "standing": RULE_SETS["standing"]
        + "  - {id: S3, when: {grade: C}, then: {credit_limit: 0, payment_term_kind: prepayment, grace_days: 0}}\n"
        + "  - {id: S4, when: {grade: D}, then: {credit_limit: 0, payment_term_kind: net, grace_days: 0}}\n",
        "grading": RULE_SETS["grading"]
        + "  - {id: G3, when: {net_worth: 1, industry: steel}, then: {grade: C}}\n"
        + "  - {id: G4, when: {net_worth: 2, industry: steel}, then: {grade: D}}\n",
    }
)


STRICT = {"order_check": RULE_SETS["order_check"].replace("when_unknown: skip\n", "")}


def with_effects_at_30_days(effects: str, more: dict[str, str] | None = None) -> Policy:
    stop = '{stop_credit: true}, release: {overdue_balance: "<= materiality"}'
    return house_policy({**(more or {}), "collection": RULE_SETS["collection"].replace(stop, effects)})


def code(text: str) -> int:
    return POLICY.vocabulary.index(text)


def after(one: dict[str, int], *effects: tuple[str, int]) -> dict[str, int]:
    values = with_effects(overridden_standing(Standing(), one), effects, POLICY).values
    return {name: value for name, value in values.items() if value != UNKNOWN and (name, value) != ("stop_credit", 0)}


def test_before_the_first_review_all_is_unknown_but_credit_is_not_stopped() -> None:
    assert dict(Standing().values) == {**dict.fromkeys(STANDING_OUTPUTS, UNKNOWN), "stop_credit": FALSE}


def test_what_a_review_does_not_set_is_not_set() -> None:
    before = overridden_standing(Standing(), {"credit_limit": 5, "grace_days": 3})
    values = reviewed({"credit_limit": 7}, before).values
    assert (values["credit_limit"], values["grace_days"]) == (7, UNKNOWN)


def test_a_review_that_cannot_say_leaves_the_stop_as_it_was() -> None:
    before = overridden_standing(Standing(), {"stop_credit": TRUE})
    assert reviewed({"stop_credit": UNKNOWN}, before).values["stop_credit"] == TRUE
    assert reviewed({"stop_credit": FALSE}, before).values["stop_credit"] == FALSE
    assert reviewed({"stop_credit": UNKNOWN}, Standing()).values["stop_credit"] == FALSE


def test_outputs_that_are_no_part_of_the_standing_are_left_out() -> None:
    assert reviewed({"coefficient": 5, "credit_limit": (1, 2)}, Standing()).values == Standing().values


@pytest.mark.parametrize(
    ("name", "lenient", "strict"),
    [
        ("credit_limit", 500, 100),
        ("payment_term_days", 60, 0),
        ("limit_valid_days", 365, 30),
        ("next_review_days", 180, 7),
        ("grace_days", 5, 0),
        ("discount_percent", 2, 0),
        ("prepay_percent", 0, 100),
        ("interest_percent", 0, 8),
        ("collateral_amount", 0, 100),
        ("collateral_required", FALSE, TRUE),
        ("watch_list", FALSE, TRUE),
        ("stop_credit", FALSE, TRUE),
    ],
)
def test_of_several_on_one_item_the_strictest_holds(name: str, lenient: int, strict: int) -> None:
    assert after({name: strict}, (name, lenient)) == {name: strict}
    assert after({name: lenient}, (name, strict)) == {name: strict}


@pytest.mark.parametrize("name", ["credit_limit", "grace_days", "discount_percent", "discount_days", "grade", "score"])
def test_an_effect_never_grants_what_is_not_set(name: str) -> None:
    """No limit set is no credit, not any credit: a level that takes a fifth off, or caps it at 800, gives none."""
    assert after({}, (name, 1), (name, 2)) == {}


@pytest.mark.parametrize(
    "name", ["payment_term_days", "prepay_percent", "interest_percent", "collateral_amount", "watch_list"]
)
def test_an_effect_sets_what_asks_for_more_where_it_is_not_set(name: str) -> None:
    """Without a term the due date of the invoice holds: a level that asks for cash is stricter."""
    assert after({}, (name, 1)) == {name: 1}


def test_a_cap_holds_an_unlimited_limit_and_a_lower_one_stays() -> None:
    cap = ("credit_limit", 800_00)
    found = [after({"credit_limit": limit}, cap) for limit in (UNLIMITED, 5000_00, 500_00, 0)]
    assert found == [{"credit_limit": limit} for limit in (800_00, 800_00, 500_00, 0)]


@pytest.mark.parametrize("formula", ["credit_limit * 0.8", "min(credit_limit, 800)", "800"])
def test_a_level_grants_no_limit_to_a_customer_without_one(formula: str) -> None:
    """C2 has a limit; of C3 nobody knows the net worth, so its review is referred and it has none."""
    rows = "I3,C3,2025-01-01,2025-01-31,400.00\n"
    files = {"invoices": INVOICES + rows}
    policy = with_effects_at_30_days(f'{{credit_limit: "{formula}"}}', STRICT)
    found = decide("C3", on=DAY_30, policy=policy, files=files, request={"channel": "web"})
    assert found.standing.values["credit_limit"] == UNKNOWN
    assert outcome_and_reasons(found)[0] == "refer"


def test_credit_that_is_stopped_stays_so_beside_an_effect_that_nobody_can_compute() -> None:
    stopped = ("stop_credit", TRUE)
    assert after({}, stopped, ("stop_credit", UNKNOWN)) == {"stop_credit": TRUE}
    assert with_effects(Standing(), [("stop_credit", UNKNOWN)], POLICY).values["stop_credit"] == UNKNOWN


def test_an_effect_never_raises_a_grade_nor_softens_a_kind_of_term() -> None:
    assert after({"grade": code("A")}, ("grade", code("C"))) == {"grade": code("C")}
    assert after({"grade": code("D")}, ("grade", code("C"))) == {"grade": code("D")}
    assert after({}, ("payment_term_kind", code("net")), ("payment_term_kind", code("prepayment"))) == {
        "payment_term_kind": code("prepayment")
    }
    assert after({"payment_term_kind": code("prepayment")}, ("payment_term_kind", code("net"))) == {
        "payment_term_kind": code("prepayment")
    }


def test_of_texts_without_an_order_the_last_step_holds() -> None:
    assert after({"ladder_variant": 3}, ("ladder_variant", 7), ("ladder_variant", 5)) == {"ladder_variant": 5}


def test_a_grade_that_the_policy_does_not_know_gives_way_to_an_effect() -> None:
    fresh = CodeBook(POLICY).code_of("gold")
    assert after({"grade": fresh}, ("grade", code("A"))) == {"grade": code("A")}


def test_an_effect_whose_value_is_unknown_makes_the_item_unknown() -> None:
    assert after({"credit_limit": 500}, ("credit_limit", UNKNOWN), ("credit_limit", 100)) == {}


def test_a_level_takes_from_limit_and_term() -> None:
    policy = with_effects_at_30_days("{credit_limit: credit_limit / 5, payment_term_days: 90}")
    values = decide(on=DAY_30, policy=policy).standing.values
    assert (values["credit_limit"], values["payment_term_days"]) == (1000_00, 30)


@pytest.mark.parametrize("formula", ["credit_limit * 1000000000000000", "credit_limit / (grace_days - 5)"])
def test_an_order_is_referred_where_an_effect_cannot_be_computed(formula: str) -> None:
    policy = with_effects_at_30_days(f'{{credit_limit: "{formula}"}}', STRICT)
    found = [decide(on=day, policy=policy, request={"channel": "web"}) for day in (DAY_29, DAY_30)]
    assert [outcome_and_reasons(one) for one in found] == [("approve", []), ("refer", ["missing_fact"])]


def test_a_standing_entered_after_it_came_into_force_is_known_from_the_day_after_its_posting() -> None:
    recorded = RecordedStanding("C1", dt.date(2025, 1, 20), "", 700_00, None, dt.date(2025, 2, 3))
    history = CustomerHistory("C1", (Customer("C1"),), standings=(recorded,))
    codes = CodeBook(house_policy())
    known = [
        recorded_standing(history, dt.date(2025, 2, day), codes).values["credit_limit"] != UNKNOWN for day in (1, 3, 4)
    ]
    assert [False, False, True] == known
