"""A dial has the steps that the policy declares, or those that are asked for within them."""

import pytest

from policy_service.domain.errors import PolicyServiceError
from simulations.search.dials import dial_of, dials_of
from tests.simulations.search.dialled import policy


def values(text: str) -> tuple[int, ...]:
    """Return the values of a dial."""
    return dial_of(text, policy()).values


def test_a_dial_goes_from_min_to_max_in_its_steps() -> None:
    assert tuple(range(31)) == values("hold_after_days")
    assert tuple(range(10_000, 100_001, 10_000)) == values("largest_order")


def test_the_policys_own_value_and_the_maximum_are_steps_too() -> None:
    assert (0, 100_000, 200_000, 255_000, 300_000, 400_000, 500_000) == values("share")
    assert (3, 6, 7, 8) == values("hold_after_days=3..8/3")


def test_an_own_value_outside_the_range_asked_for_is_none_of_its_steps() -> None:
    dial = dial_of("hold_after_days=10..12", policy())
    assert (10, 11, 12) == dial.values
    assert 0 == dial.own_place


def test_a_range_may_be_narrowed_in_steps_of_its_own() -> None:
    assert (0, 5, 7, 10) == values("hold_after_days = 0 .. 10 / 5")
    assert (20_050, 20_150) == values("largest_order=200.50..201.50/1")


def test_without_a_step_a_range_has_a_hundred() -> None:
    assert 101 == len(values("price"))
    assert (0, 1, 2) == values("price=0..0.02")


def test_a_parameter_without_a_range_takes_the_one_asked_for() -> None:
    assert 101 == len(values("free=0..10"))


def test_a_boolean_is_off_or_on() -> None:
    assert (0, 1) == values("strict")


@pytest.mark.parametrize(
    ("text", "code", "says"),
    [
        ("tolerence", "R540", "hold_after_days, largest_order"),
        ("free", "R541", "Say how far: free=LOW..HIGH"),
        ("word", "R541", "is a category, which has no range"),
        ("word=a..b", "R541", "is a category, which has no range"),
        ("hold_after_days=", "R541", "is no range"),
        ("hold_after_days=5", "R541", "is no range"),
        ("hold_after_days=..5", "R541", "is no range"),
        ("hold_after_days=9..3", "R541", "ends before it begins"),
        ("hold_after_days=0..9/0", "R541", "step that is not above 0"),
        ("largest_order=unlimited..unlimited", "R541", "an end that is no number"),
        ("hold_after_days=0..31", "R515", "cannot be 31: its range is 0 to 30"),
        ("largest_order=50..200", "R515", "cannot be 50: its range is 100.00 to 1000.00"),
        ("price=0..100/0.0001", "L232", "too many decimals"),
        ("hold_after_days=a..b", "L231", "is no decimal number"),
        ("free=0..900000/0.5", "R542", "more than 100,000 steps"),
    ],
)
def test_what_cannot_be_turned_is_refused(text: str, code: str, says: str) -> None:
    with pytest.raises(PolicyServiceError, match=says) as refused:
        dial_of(text, policy())
    assert code == refused.value.code


@pytest.mark.parametrize("texts", [(), ("free=0..1", "strict", "share"), ("strict", "strict")])
def test_too_many_dials_and_one_named_twice_are_refused(texts: tuple[str, ...]) -> None:
    with pytest.raises(PolicyServiceError) as refused:
        dials_of(texts, policy(), 2)
    assert "R542" == refused.value.code
