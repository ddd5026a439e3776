"""What two runs of one history come to side by side, however their customers are split."""

from typing import Any

import pytest

from simulations.accounting.calendar import text_of
from simulations.comparison.comparison import Part, merge_parts
from simulations.comparison.customers import FIGURES
from simulations.comparison.differences import differences
from tests.simulations.accounting.plain_figures import open_at_end_of
from tests.simulations.accounting.runs import kpis
from tests.simulations.accounting.worlds import PREPAY, Sale, World, is_decided
from tests.simulations.comparison.comparisons import (
    OLD,
    PRACTICE,
    against_practice,
    compare,
    parts_of,
    parts_of_partitions,
    question,
    two_worlds,
)

SEEDS = range(12)


@pytest.mark.parametrize("seed", SEEDS)
def test_both_sides_have_the_figures_of_their_run(seed: int) -> None:
    old, new = two_worlds(seed)
    found = compare(question(old), old, new)
    assert (kpis(old), kpis(new)) == (found.baseline, found.candidate)
    assert differences(kpis(old), kpis(new)) == found.difference


@pytest.mark.parametrize("seed", SEEDS)
def test_however_the_customers_are_split_the_parts_add_up_to_the_same(seed: int) -> None:
    old, new = two_worlds(seed)
    asked = question(old, draws=20)
    whole = merge_parts(parts_of(asked, old, new))
    every = list(range(1, len(old.buyers)))
    for parts in (parts_of(asked, old, new, every), parts_of_partitions(asked, old, new, every[::2])):
        assert told(whole) == told(merge_parts(parts))


@pytest.mark.parametrize("seed", SEEDS)
def test_the_swap_set_counts_each_order_of_the_window_once(seed: int) -> None:
    old, new = two_worlds(seed)
    expected = {
        name: {"orders": 0, "amount": 0}
        for name in ("approved_both", "approved_only_baseline", "approved_only_candidate", "neither")
    }
    for before, after in pairs(old, new):
        approved = (before.outcome <= PREPAY, after.outcome <= PREPAY)
        cell = expected[
            {(True, True): "approved_both", (True, False): "approved_only_baseline",
             (False, True): "approved_only_candidate", (False, False): "neither"}[approved]
        ]  # fmt: skip
        cell["orders"] += 1
        cell["amount"] += before.amount
    found = compare(question(old), old, new)
    assert expected == found.swap_set
    assert sum(cell["orders"] for cell in expected.values()) == found.orders


@pytest.mark.parametrize("seed", SEEDS)
def test_customers_stand_by_the_money_moved_with_their_first_moved_order(seed: int) -> None:
    old, new = two_worlds(seed)
    found = compare(question(old), old, new).customers
    moved = []
    for place, (before, after) in enumerate(zip(old.buyers, new.buyers, strict=True)):
        changed = sorted(
            (one.day, one.issued, one.id, other.hit, one.hit)
            for one, other in zip(before.sales, after.sales, strict=True)
            if is_decided(one, old.options) and one.outcome != other.outcome
        )
        amount = sum(sale.amount for sale in before.sales if sale.id in {one[2] for one in changed})
        moved.append((-amount, place))
        why = found.why(place)
        expected = (text_of(changed[0][0]), *new.rows[changed[0][3]], old.rows[changed[0][4]]) if changed else None
        assert expected == (why and (why.date, why.rule_set, why.row, why.before))
    assert [place for _, place in sorted(moved)] == found.by_money_moved()
    assert [place for amount, place in sorted(moved) if amount] == found.changed()
    assert [-amount for amount, _ in sorted(moved, key=lambda one: one[1])] == found.moves.moved.tolist()


@pytest.mark.parametrize("seed", SEEDS)
def test_a_customers_figures_are_those_of_a_run_with_it_alone(seed: int) -> None:
    old, new = two_worlds(seed)
    found = compare(question(old), old, new).customers
    for place, buyer in enumerate(old.buyers):
        alone = kpis(World((buyer,), old.options, old.has_orders_file))
        assert {name: alone[name] for name in FIGURES} == found.figures(place)[0]


def test_a_run_against_itself_differs_in_nothing() -> None:
    old, _ = two_worlds(3)
    found = compare(question(old, OLD, OLD, draws=50), old, old)
    assert {"approved_only_baseline": 0, "approved_only_candidate": 0} == {
        name: found.swap_set[name]["orders"] for name in ("approved_only_baseline", "approved_only_candidate")
    }
    assert set(numbers(found.difference)) <= {0}
    assert set(numbers(found.intervals)) <= {0}


def test_of_recorded_practice_the_figures_of_the_ladder_are_missing_with_their_reason() -> None:
    old, new = against_practice(5)
    found = compare(question(old, PRACTICE), old, new)
    ladder = {"notices", "case_steps", "cases_opened", "workload_peak"}
    assert ladder == {name for name, figure in found.baseline.items() if figure is None} & ladder
    assert ladder <= set(found.baseline["null_reasons"] or ())
    assert all(found.difference[name] is None and found.candidate[name] is not None for name in ladder)
    assert found.timelines[0][0][1]["notices"] is None
    assert found.baseline["risk_adjusted_margin"] is not None


def test_a_timeline_ends_with_the_balances_of_the_window() -> None:
    for seed in SEEDS:
        old, new = two_worlds(seed)
        found = compare(question(old), old, new)
        for months, side in zip(found.timelines, (found.baseline, found.candidate), strict=True):
            assert side["open_balance_end"] == months[-1][1]["open_balance"]
            assert side["past_due_balance_end"] == months[-1][1]["past_due_balance"]
            assert side["sales"] == sum(month["sales"] or 0 for _, month in months)
            assert side["held_amount"] == sum(month["held_amount"] or 0 for _, month in months)


def test_each_month_of_a_timeline_ends_as_a_window_that_ends_with_it() -> None:
    old, new = two_worlds(8)
    months = compare(question(old), old, new).timelines[0]
    ends = [day for day in range(old.options.begins + 1, old.options.ends) if text_of(day)[-2:] == "01"]
    assert len(months) == len(ends) + 1
    for (_, month), end in zip(months, ends, strict=False):
        shorter = [balance(sale, end) for sale in old.sales if not is_decided(sale, old.options) or sale.goes_ahead]
        assert sum(shorter) == month["open_balance"]
        late = [balance(s, end) for s in old.sales
                if (not is_decided(s, old.options) or s.goes_ahead) and s.due_in_run < end]  # fmt: skip
        assert sum(late) == month["past_due_balance"]


def balance(sale: Sale, end: int) -> int:
    """What is open of an invoice at the start of a day."""
    return open_at_end_of(end - 1, sale)


def pairs(old: World, new: World) -> list[tuple[Sale, Sale]]:
    """The orders of the window in both runs."""
    return [pair for pair in zip(old.sales, new.sales, strict=True) if is_decided(pair[0], old.options)]


def told(part: Part) -> dict[str, Any]:
    """Everything a part says, as plain values."""
    sums = {
        name: {
            "cohorts": dict(zip(side.cohorts, side.totals.tolist(), strict=True)),
            "drawn": side.drawn.tolist(),
            "timeline": side.timeline.tolist(),
            "customers": side.customers.tolist(),
        }
        for name, side in (("baseline", part.baseline), ("candidate", part.candidate))
    }
    moves = (part.moves.swaps.tolist(), part.moves.moved.tolist(), part.moves.first[:, 2].tolist())
    return {**sums, "moves": moves, "other_terms": part.moves.other_terms, "migration": part.migration}


def numbers(figure: Any) -> list[float]:
    """All numbers in a figure."""
    if isinstance(figure, dict | tuple | list):
        return [n for inner in (figure.values() if isinstance(figure, dict) else figure) for n in numbers(inner)]
    return [figure] if isinstance(figure, int | float) else []
