"""A curve holds what was run, finds the steps at which figures change, and names the stretches where they do not."""

from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from simulations.search.curve import Curve, Gap, Stretch, curve_of
from simulations.search.dials import dial_of
from tests.simulations.search.dialled import WorkedOut, policy

DAYS = dial_of("hold_after_days", policy())
AMOUNTS = dial_of("largest_order", policy())


def steps_at(*changes: int) -> WorkedOut:
    """Return runs whose figure counts the changes at or below the value: a step up at each."""
    return WorkedOut(lambda values: {"held": sum(change <= values[0] for change in changes)}, (7,))


def curve(runs: WorkedOut, most_runs: int) -> Curve:
    """Return the curve over the days."""
    return curve_of(runs, [DAYS], most_runs)  # type: ignore[arg-type]


def test_every_step_is_run_where_there_are_runs_enough() -> None:
    found = curve(steps_at(5, 10, 20), 31)
    assert found.has_every_step
    assert [(place,) for place in range(31)] == [point.values for point in found.points]


def test_flat_stretches_are_named_from_their_first_step_to_their_last() -> None:
    found = curve(steps_at(5, 10, 11, 20), 31)
    name = "hold_after_days"
    assert (
        Stretch(name, 0, 4, 5, 5), Stretch(name, 5, 9, 5, 5), Stretch(name, 11, 19, 9, 9), Stretch(name, 20, 30, 11, 11)
    ) == found.flat  # fmt: skip
    assert () == found.gaps


def test_with_fewer_runs_each_change_is_found_by_halving() -> None:
    """Eight runs at first leave gaps of four or five; three changes take at most three runs each."""
    runs = steps_at(5, 13, 26)
    found = curve(runs, 24)
    by_value = {point.values[0]: point.kpis for point in found.points}
    for change in (5, 13, 26):
        assert by_value[change - 1] != by_value[change]
    assert () == found.gaps
    assert not found.has_every_step
    assert 24 == len(runs.made)


def test_a_change_that_no_run_is_left_for_is_a_gap() -> None:
    """Of two runs one is the policy's own value; nothing is left to halve what lies between."""
    found = curve(steps_at(20), 3)
    assert (Gap("hold_after_days", 7, 30, 22),) == found.gaps
    assert (Stretch("hold_after_days", 0, 7, 8, 2),) == found.flat


def test_runs_that_are_left_look_into_stretches_that_seem_flat() -> None:
    """A bump between two equal figures is found where runs are left for it."""
    bump = WorkedOut(lambda values: {"held": int(values[0] in (18, 19))}, (7,))
    found = curve(bump, 30)
    assert {18, 19} == {point.values[0] for point in found.points if point.kpis["held"]}


@settings(deadline=None)
@given(st.sets(st.integers(1, 30), max_size=8), st.integers(4, 40))
def test_what_a_curve_says_is_so(changes: set[int], most_runs: int) -> None:
    """No more runs than asked for; a change lies in a gap that is told or between neighbours; stretches are flat."""
    runs = steps_at(*changes)
    found = curve(runs, most_runs)
    assert len(runs.made) == len(found.points) <= max(most_runs, 3)
    assert {(0,), (7,), (30,)} <= {point.values for point in found.points}
    for one, other in pairwise(found.points):
        between = [change for change in changes if one.values[0] < change <= other.values[0]]
        is_told = any((gap.first, gap.last) == (one.values[0], other.values[0]) for gap in found.gaps)
        assert bool(between) == (one.kpis != other.kpis)
        assert is_told == (bool(between) and other.values[0] - one.values[0] > 1)
    for stretch in found.flat:
        assert not [change for change in changes if stretch.first < change <= stretch.last]


def grid(most_runs: int) -> Curve:
    """Return the grid of days and amounts: held as long as either bound is low."""
    runs = WorkedOut(lambda values: {"held": (values[0] < 5) + (values[1] < 30_000)}, (7, 100_000))
    return curve_of(runs, [DAYS, AMOUNTS], most_runs)  # type: ignore[arg-type]


def test_a_grid_has_every_combination_where_there_are_runs_enough() -> None:
    found = grid(310)
    assert (310, True) == (len(found.points), found.has_every_step)
    assert (
        Stretch("hold_after_days", 0, 4, 5, 5), Stretch("hold_after_days", 5, 30, 26, 26),
        Stretch("largest_order", 10_000, 20_000, 2, 2), Stretch("largest_order", 30_000, 100_000, 8, 8),
    ) == found.flat  # fmt: skip


def test_a_grid_that_is_thinned_keeps_the_ends_and_the_policys_own_values() -> None:
    found = grid(40)
    days, amounts = ({point.values[axis] for point in found.points} for axis in (0, 1))
    assert len(found.points) <= 40
    assert {0, 7, 30} <= days
    assert {10_000, 100_000} <= amounts
    assert not found.has_every_step
    assert ["hold_after_days", "largest_order"] == [gap.parameter for gap in found.gaps]
