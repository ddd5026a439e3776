"""A search finds the smallest turn that meets every condition, and says so only where it does."""

from collections.abc import Mapping
from itertools import product

from hypothesis import given, settings
from hypothesis import strategies as st

from simulations.search.conditions import read_condition
from simulations.search.dials import dial_of
from simulations.search.runs import Values
from simulations.search.seeking import Judged, Verdict, seek
from tests.simulations.search.dialled import WorkedOut, policy

DIALS = tuple(dial_of(text, policy()) for text in ("hold_after_days", "largest_order"))
OWN = (7, 100_000)


def figures(values: Values) -> Mapping[str, object]:
    """The later orders are held and the larger they may be, the more is sold, and the more is lost."""
    days, amount = values
    return {"sales": 1000 * days + amount // 10, "write_offs": days * days + amount // 1000, "held": 30 - days}


def searched(*texts: str, most_runs: int = 400, later: object = figures) -> tuple[Judged, WorkedOut]:
    """Search, and return what was found with the runs of the first period."""
    before, after = WorkedOut(figures, OWN), WorkedOut(later, OWN)  # type: ignore[arg-type]
    conditions = [read_condition(text, policy()) for text in texts]
    return seek(before, after, DIALS, conditions, most_runs), before  # type: ignore[arg-type]


def test_the_smallest_turn_of_the_fewest_dials_is_found() -> None:
    """22,000 are sold by 12 days as well as by 11 and a smaller order: one dial, turned no further than it must."""
    judged, runs = searched("sales >= 220.00")
    assert (12, 100_000) == judged.found.values
    assert (Verdict.MET, 310, 310) == (judged.verdict, judged.found.runs, judged.found.combinations)
    assert 310 == len(runs.made)
    assert 19 * 10 > judged.found.meeting > 19


def test_a_policy_that_meets_everything_is_left_alone() -> None:
    judged, runs = searched("sales >= 100.00")
    assert (OWN, Verdict.ALREADY_MET) == (judged.found.values, judged.verdict)
    assert [OWN] == runs.made


def test_what_nothing_meets_is_not_met_and_the_nearest_is_shown() -> None:
    """No more than 40,000 can be sold; a loss of 13 at most leaves little of it."""
    judged, _ = searched("sales >= 500.00")
    assert ((30, 100_000), Verdict.NOT_MET, 0) == (judged.found.values, judged.verdict, judged.found.meeting)
    assert 0.2 == judged.found.missed_by


def test_conditions_that_pull_against_each_other_are_not_met_together() -> None:
    judged, _ = searched("sales >= +50%", "write_offs <= +0%")
    assert Verdict.NOT_MET == judged.verdict


def test_a_later_period_in_which_it_fails_is_told() -> None:
    def worse(values: Values) -> Mapping[str, object]:
        return {**figures(values), "sales": 15_000}

    judged, _ = searched("sales >= 220.00", later=worse)
    assert ((12, 100_000), Verdict.MET_IN_SEARCH_ONLY) == (judged.found.values, judged.verdict)


def test_the_later_period_is_not_looked_at_before_the_search_has_ended() -> None:
    looked: list[int] = []

    def noting(values: Values) -> Mapping[str, object]:
        looked.append(len(before.made))
        return figures(values)

    before, after = WorkedOut(figures, OWN), WorkedOut(noting, OWN)
    seek(before, after, DIALS, [read_condition("sales >= 220.00", policy())], 400)  # type: ignore[arg-type]
    assert [310, 310] == looked


def test_a_figure_that_cannot_be_computed_meets_nothing() -> None:
    runs = WorkedOut(lambda _: {"bad_debt_ratio": None}, OWN)
    judged = seek(runs, runs, DIALS, [read_condition("bad_debt_ratio <= 1%", policy())], 20)  # type: ignore[arg-type]
    assert Verdict.NOT_MET == judged.verdict


@settings(max_examples=60, deadline=None)
@given(st.integers(5_000, 60_000), st.integers(0, 1_000), st.integers(30, 200))
def test_with_fewer_runs_than_combinations_the_answer_is_as_good_as_the_best(
    least: int, most: int, most_runs: int
) -> None:
    """Coordinate search keeps to its runs; what it calls met is met, and its nearest is no nearer than the best."""
    texts = (f"sales >= {least / 100:.2f}", f"write_offs <= {most / 100:.2f}")
    judged, runs = searched(*texts, most_runs=most_runs)
    assert len(runs.made) <= most_runs + 1
    conditions = [read_condition(text, policy()) for text in texts]
    own = {"null_reasons": {}, **figures(OWN)}
    every = [
        sum(one.missed_by({"null_reasons": {}, **figures(values)}, own) for one in conditions)
        for values in product(*(dial.values for dial in DIALS))
    ]
    assert judged.found.missed_by >= min(every)
    assert (judged.found.missed_by == 0) == (judged.verdict is not Verdict.NOT_MET)
    if judged.verdict is not Verdict.NOT_MET:
        met = figures(judged.found.values)
        assert met["sales"] >= least  # type: ignore[operator]
        assert met["write_offs"] <= most  # type: ignore[operator]


def test_coordinate_search_finds_the_answer_with_a_tenth_of_the_runs() -> None:
    judged, runs = searched("sales >= 220.00", most_runs=60)
    assert ((12, 100_000), Verdict.MET) == (judged.found.values, judged.verdict)
    assert len(runs.made) <= 60


def test_the_same_search_gives_the_same_answer() -> None:
    assert searched("sales >= 333.00", most_runs=50)[0] == searched("sales >= 333.00", most_runs=50)[0]
