"""A condition says what a figure must be, and by how much it is missed."""

from collections.abc import Mapping
from fractions import Fraction

import pytest

from policy_service.chinese.wording import in_chinese
from policy_service.domain.errors import RequestError
from simulations.search.conditions import NEVER_MET, Comparison, Measure, read_condition, read_conditions
from simulations.search.figures import UNITS, Unit, figure_of, figure_text, unit_of, why_none
from tests.simulations.plain.cases import policy_of
from tests.simulations.search.dialled import policy

NONE = {"null_reasons": {}}


def missed(text: str, value: object, own: object) -> float:
    """Return by how much the condition is missed, of a figure with that value and its own."""
    condition = read_condition(text, policy())
    return condition.missed_by({condition.figure: value, **NONE}, {condition.figure: own, **NONE})  # type: ignore


@pytest.mark.parametrize(
    ("text", "measure", "number"),
    [
        ("bad_debt_ratio <= 0.4%", Measure.FIXED, Fraction(4, 1000)),
        ("bad_debt_ratio<=0.004", Measure.FIXED, Fraction(4, 1000)),
        ("collection_effectiveness >= 85%", Measure.FIXED, Fraction(85)),
        ("held_amount <= 12.50", Measure.FIXED, Fraction(1250)),
        ("held <= 12", Measure.FIXED, Fraction(12)),
        ("held_amount <= +1%", Measure.SHARE, Fraction(1, 100)),
        ("bad_debt_ratio < -10%", Measure.SHARE, Fraction(-1, 10)),
        ("held_amount > -500", Measure.DIFFERENCE, Fraction(-50_000)),
        ("on_time_share >= +2pp", Measure.DIFFERENCE, Fraction(2, 100)),
        ("dso_simple <= -1.5", Measure.DIFFERENCE, Fraction(-3, 2)),
    ],
)
def test_a_bound_is_read_in_the_unit_of_its_figure(text: str, measure: Measure, number: Fraction) -> None:
    condition = read_condition(text, policy())
    assert (measure, number) == (condition.measure, condition.number)


def test_several_conditions_may_stand_in_one_text() -> None:
    read = read_conditions(["held <= 3 and sales >= +1%", "orders > 1,dso_simple<9"], policy())
    assert [
        ("held", Comparison.AT_MOST), ("sales", Comparison.AT_LEAST), ("orders", Comparison.ABOVE),
        ("dso_simple", Comparison.BELOW),
    ] == [(one.figure, one.comparison) for one in read]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "value", "own", "expected"),
    [
        ("held <= 10", 10, 99, 0.0),
        ("held < 10", 9, 99, 0.0),
        ("held <= 100", 150, 80, 0.5),
        ("sales >= 1.00", 50, 10, 0.5),
        ("held_amount <= +10%", 110, 100, 0.0),
        ("held_amount <= +10%", 121, 100, 0.1),
        ("risk_adjusted_margin >= +10%", -90, -100, 0.0),
        ("risk_adjusted_margin >= -10%", -110, -100, 0.0),
        ("held <= 0", 3, 0, 3.0),
        ("held_amount <= +1", 250, 100, 0.25),
    ],
)
def test_a_condition_is_missed_by_a_share_of_its_bound_or_of_the_figure_now(
    text: str, value: int, own: int, expected: float
) -> None:
    assert expected == missed(text, value, own)


def test_a_bound_that_must_not_be_reached_is_missed_on_it() -> None:
    assert 0 < missed("held < 10", 10, 5) < 1e-6
    assert 0 < missed("held > 10", 10, 5) < 1e-6


@pytest.mark.parametrize(("value", "own"), [(None, 5), (5, None)])
def test_what_cannot_be_computed_is_never_met(value: object, own: object) -> None:
    assert NEVER_MET == missed("bad_debt_ratio <= +1%", value, own)


def test_a_figure_that_is_fixed_needs_no_figure_of_now() -> None:
    assert 0.0 == missed("bad_debt_ratio <= 1%", 0.005, None)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "R543"), ("held", "R543"), ("held = 3", "R543"), ("held <= many", "R543"), ("held <= 3 days", "R543"),
        ("held <= 3%", "R543"), ("held_amount <= +3pp", "R543"), ("on_time_share <= 3pp", "R543"),
        ("losses <= 3", "R544"), ("receivables_peak_date <= 3", "R544"), ("ageing.old <= 3", "R544"),
        ("reasons.PAST_DUE <= 3", "R544"),
    ],
)  # fmt: skip
def test_what_means_nothing_is_refused(text: str, code: str) -> None:
    with pytest.raises(RequestError) as refused:
        read_condition(text, policy())
    assert code == refused.value.code


@pytest.mark.parametrize(
    ("name", "expected", "unit"),
    [
        ("ageing.over_90", 7, Unit.MONEY),
        ("reasons.PAST_DUE.orders", 2, Unit.COUNT),
        ("reasons.PAST_DUE.amount", 300, Unit.MONEY),
        ("reasons.OVER_LIMIT.orders", 0, Unit.COUNT),
        ("notices.collection.L1", 4, Unit.COUNT),
        ("case_steps.collection.T1", 0, Unit.COUNT),
        ("workload_peak.sales", None, Unit.COUNT),
        ("customers_by_grade.AA", 0, Unit.COUNT),
    ],
)
def test_figures_of_several_names_are_found_by_name(name: str, expected: object, unit: Unit) -> None:
    """What did not occur is 0; what cannot be computed is none, with its reason."""
    kpis: Mapping[str, object] = {
        "ageing": {"over_90": 7}, "reasons": {"PAST_DUE": {"orders": 2, "amount": 300}},
        "notices": {"collection.L1": 4}, "case_steps": {}, "workload_peak": None, "customers_by_grade": {},
        "null_reasons": {"workload_peak": "none"},
    }  # fmt: skip
    shipped = policy_of("manufacturer_cn")
    assert shipped is not None
    assert (unit, expected) == (unit_of(name, shipped), figure_of(kpis, name))  # type: ignore[arg-type]
    assert ("none" if expected is None else "") == why_none(kpis, name)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("value", "unit", "text"),
    [
        (1234, Unit.COUNT, "1,234"), (-123_450, Unit.MONEY, "-1,234.50"), (0.0041, Unit.SHARE, "0.41%"),
        (88.785, Unit.PERCENT, "88.78%"), (30.04, Unit.DAYS, "30.0"), (2999.6, Unit.POINTS, "3,000"),
        (None, Unit.MONEY, "-"), (0.0, Unit.SHARE, "0.00%"), (0.0001, Unit.SHARE, "0.01%"),
        (0.0000433, Unit.SHARE, "0.0043%"), (-1e-8, Unit.SHARE, "-0.000001%"),
    ],
)  # fmt: skip
def test_a_figure_is_written_as_people_read_it(value: float | None, unit: Unit, text: str) -> None:
    assert text == figure_text(value, unit, policy().currency)


def test_names_of_figures_are_listed_as_they_are_typed_in_both_languages() -> None:
    with pytest.raises(RequestError) as refused:
        read_condition("losses <= 3", policy())
    said = in_chinese(refused.value.remedy)
    assert "请写" in said
    assert [] == [name for name in UNITS if name not in said or name not in refused.value.remedy]
    assert "reasons." not in refused.value.remedy
