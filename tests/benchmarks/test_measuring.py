"""Rounds and ratios, and how numbers are written."""

from functools import partial
from itertools import groupby

import pytest

from benchmarks import measuring
from benchmarks.measuring import Timing, interleaved
from benchmarks.report import Grid, Section, Target, number, promises


def test_a_ratio_is_taken_round_by_round() -> None:
    """The second round was slow for both, which says nothing of either."""
    ours, theirs = Timing((2.0, 20.0, 2.0), 10), Timing((1.0, 10.0, 1.0), 10)
    assert 2.0 == ours.ratio_to(theirs)


def test_a_ratio_is_of_the_time_for_one_item() -> None:
    assert 1.0 == Timing((2.0,), 20).ratio_to(Timing((1.0,), 10))


def test_all_contenders_run_in_turn_and_the_order_turns_from_round_to_round() -> None:
    calls: list[str] = []
    timings = interleaved({name: partial(calls.append, name) for name in "ab"}, 2, 1)
    assert ["a", "b", "a", "b", "a"] == [name for name, _ in groupby(calls)]
    assert {"a": 2, "b": 2} == {name: len(timing.rounds) for name, timing in timings.items()}


def test_a_fast_contender_is_called_more_often_and_counted_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(measuring, "seconds_of", lambda work, clock: work())
    timings = interleaved({"slow": lambda: 6.0, "fast": lambda: 2.0}, 1, 10)
    assert Timing((6.0,), 10) == timings["slow"]
    assert Timing((6.0,), 30) == timings["fast"]


@pytest.mark.parametrize(
    ("value", "written"), [("text", "text"), (1234, "1,234"), (1234.5, "1,234"), (12.34, "12.3"), (1.234, "1.23")]
)
def test_a_number_has_the_digits_it_is_good_for(value: str | float, written: str) -> None:
    assert written == number(value)


def test_a_table_is_aligned() -> None:
    section = Section("Title", "Text.", (Grid(("", "µs"), (("longer name", 1.5), ("x", 200))),))
    lines = str(section).splitlines()[4:]
    assert [
        "|             |   µs |",
        "| ----------- | ---: |",
        "| longer name | 1.50 |",
        "| x           |  200 |",
    ] == lines


def test_a_target_that_was_missed_is_said_so() -> None:
    told = promises([Section("Title", "Text.", (), (), (Target("Fast", 3.0, 2.0), Target("Small", 1.0, 2.0)))])
    assert "| Fast   |     3.00 |    2.00 | **missed** |" in told
    assert "| Small  |     1.00 |    2.00 |       held |" in told
