"""Time is taken in turn, and ratios are those of rounds."""

from benchmarks.replays.spent import Spent, in_turn


def test_a_ratio_is_the_median_of_those_of_the_rounds() -> None:
    ours, theirs = Spent((2.0, 9.0, 4.0), (1.0, 1.0, 1.0)), Spent((1.0, 3.0, 1.0), (0.5, 0.25, 0.5))
    assert 3.0 == ours.ratio_to(theirs)
    assert 2.0 == ours.processor_ratio_to(theirs)
    assert (4.0, 1.0) == (ours.seconds, ours.processor_seconds)


def test_all_run_in_every_round() -> None:
    ran: list[str] = []
    found = in_turn({"one": lambda: ran.append("one"), "other": lambda: ran.append("other")}, 2)
    assert ["one", "one", "one", "other", "other", "other"] * 2 == ran
    assert {2} == {len(spent.wall) for spent in found.values()}
