"""Ranges of formulas: exact at a point, holding every value over a box, and the comparisons drawn from them sound."""

import random
from collections.abc import Mapping

from hypothesis import given, settings
from hypothesis import strategies as st

from policy_service.domain.errors import EngineFault
from policy_service.domain.values import UNKNOWN, Kind
from policy_service.engines.formulas import prepare, run
from policy_service.language.feel.expressions import Expression, Name, NameSource
from policy_service.linter.claims.situations import Relation, Situation
from policy_service.linter.regions.evaluation import evaluate
from policy_service.linter.regions.ranges import Range, hull, point
from policy_service.linter.regions.relations import is_at_most, is_at_most_here
from tests.engines.random_expressions import FACTS, PARAMETERS, random_expression, value_of
from tests.examples import examples

NUMERIC = (Kind.MONEY, Kind.NUMBER, Kind.INTEGER, Kind.DAYS, Kind.DATE)
seeds = st.integers(0, 2**40)
NAMES = [Name(name, NameSource.FACT, kind) for name, kind in FACTS.items()]


def parameters() -> dict[str, int]:
    return {name: value for name, (_kind, value) in PARAMETERS.items()}


def dials() -> dict[Name, Range]:
    return {Name(name, NameSource.PARAMETER, kind): point(value) for name, (kind, value) in PARAMETERS.items()}


def values_from(source: random.Random) -> dict[str, int]:
    return {name: value_of(source, kind, 0.1) for name, kind in FACTS.items()}


def ranges_over(*points: Mapping[str, int]) -> dict[Name, Range]:
    return {name: hull([point(values[name.name]) for values in points]) for name in NAMES} | dials()


def result(formula: Expression, values: Mapping[str, int]) -> int | None:
    """Return the engine's value; None for an overflow, which refers whatever the rest of the formula says."""
    try:
        return run(prepare(formula, parameters()), values)
    except EngineFault:
        return None


def is_not_above(one: int | None, two: int | None) -> bool:
    """Return whether one is at most two; without two values there is nothing to compare."""
    return one is None or two is None or UNKNOWN in (one, two) or one <= two


@settings(max_examples=examples(400), deadline=None)
@given(seeds, st.sampled_from(Kind))
def test_at_a_point_the_range_is_the_engines_value(seed: int, kind: Kind) -> None:
    source = random.Random(seed)
    formula, values = random_expression(source, kind, 3), values_from(source)
    found = evaluate(formula, ranges_over(values))
    expected = result(formula, values)
    if expected == UNKNOWN:
        assert found.unknown
    elif expected is not None:
        assert (expected, expected) == (found.low, found.high)


@settings(max_examples=examples(400), deadline=None)
@given(seeds, st.sampled_from(Kind))
def test_over_a_box_the_range_holds_every_value(seed: int, kind: Kind) -> None:
    source = random.Random(seed)
    formula = random_expression(source, kind, 3)
    points = [values_from(source) for _ in range(4)]
    found = evaluate(formula, ranges_over(*points))
    for values in points:
        value = result(formula, values)
        assert value is None or (found.unknown if value == UNKNOWN else found.low <= value <= found.high)


@settings(max_examples=examples(400), deadline=None)
@given(seeds, st.sampled_from(NUMERIC))
def test_what_is_shown_to_be_at_most_another_is_so_at_every_point(seed: int, kind: Kind) -> None:
    source = random.Random(seed)
    points = [values_from(source) for _ in range(4)]
    left, right = random_expression(source, kind), random_expression(source, kind)
    if is_at_most_here(left, right, ranges_over(*points)):
        for values in points:
            one, two = result(left, values), result(right, values)
            assert is_not_above(one, two)


@settings(max_examples=examples(400), deadline=None)
@given(seeds, st.sampled_from(NUMERIC), st.sampled_from([name for name in NAMES if name.kind in NUMERIC]))
def test_a_formula_shown_to_rise_never_falls_between_two_points(seed: int, kind: Kind, moving: Name) -> None:
    source = random.Random(seed)
    formula = random_expression(source, kind, 3)
    values = values_from(source)
    ends = sorted(abs(value_of(source, moving.kind, 0)) % 10**9 for _ in range(2))
    before, after = ({**values, moving.name: end} for end in ends)
    ranges = ranges_over(before, after)
    earlier = Situation(ranges, is_later=False, moves={moving: Relation.RISES})
    later = Situation(ranges, is_later=True, moves={moving: Relation.RISES})
    one, two = result(formula, before), result(formula, after)
    assert is_not_above(one, two) or not is_at_most(formula, earlier, formula, later)
    assert is_not_above(two, one) or not is_at_most(formula, later, formula, earlier)
