"""Sums are exact for any amount that is let in, and bootstrap draws are weighted sums of customers."""

import os
import re

import numpy as np
import pytest

from policy_service.domain.errors import PolicyServiceError
from simulations.accounting.sums import Draws, merge
from simulations.accounting.weights import draw_weights
from simulations.replay.options import Options
from tests.simulations.accounting.random_worlds import random_world
from tests.simulations.accounting.runs import kpis, sums_of
from tests.simulations.accounting.worlds import Buyer, Posting, Sale, World

HUGE = 10**18


def test_figures_of_huge_amounts_are_exact() -> None:
    sales = (
        Sale("I1", 0, 30, HUGE + 1, (Posting(99, HUGE - 1),)),
        Sale("I2", 0, 30, HUGE // 4 + 7, (Posting(1, HUGE // 4 + 6),)),
    )
    found = kpis(World((Buyer("C1", sales), Buyer("C2", (Sale("I3", 50, 80, HUGE // 8),))), Options(0, 100)))
    late = (HUGE - 1) * 69 - (HUGE // 4 + 6) * 29
    daily = [HUGE + 1 + HUGE // 4 + 7, *[HUGE + 2] * 49, *[HUGE + 2 + HUGE // 8] * 49, HUGE // 8 + 3]
    assert found["days_late_mean_weighted"] == late / (HUGE - 1 + HUGE // 4 + 6)
    assert found["concentration_hhi"] == 10_000 * (9 + (HUGE // 8) ** 2) / (HUGE // 8 + 3) ** 2
    assert found["receivables_mean"] == (2 * sum(daily) + 100) // 200
    assert found["carrying_cost"] == (2 * sum(daily) * 8 + 36_500) // 73_000


def test_a_ledger_too_large_to_be_summed_is_refused_also_when_its_parts_are_not() -> None:
    world = World(tuple(Buyer(f"C{n}", (Sale(f"I{n}", 0, 30, 9 * HUGE // 10),)) for n in range(3)))
    with pytest.raises(PolicyServiceError, match=re.escape("[E030]")):
        sums_of(world)
    parts = [sums_of(world, customers=range(n, n + 1)) for n in range(3)]
    with pytest.raises(PolicyServiceError, match=re.escape("[E030]")):
        merge(parts)


def test_parts_of_different_runs_do_not_add_up() -> None:
    one, other = World((Buyer("C1"),)), World((Buyer("C1"),), grades=("A",))
    with pytest.raises(ValueError, match="different runs"):
        merge([sums_of(one), sums_of(other)])


@pytest.mark.parametrize("seed", range(5))
def test_a_draw_is_the_sum_of_its_customers(seed: int) -> None:
    world = random_world(seed)
    customers = len(world.buyers)
    drawn = sums_of(world, Draws(30, seed, customers)).drawn
    weights = draw_weights(seed, customers, 0, customers, 30)
    alone = [sums_of(world, customers=range(n, n + 1)).totals[0] for n in range(customers)]
    expected = [sum(int(w) * one for w, one in zip(draw, alone, strict=True)) for draw in weights.T]
    assert np.array_equal(expected, drawn.T)


def test_weights_are_the_same_for_any_split_and_each_draw_takes_as_many_as_there_are() -> None:
    whole = draw_weights(2**63 + 5, 1000, 0, 1000)
    parts = [draw_weights(2**63 + 5, 1000, first, first + 250) for first in range(0, 1000, 250)]
    assert np.array_equal(whole, np.concatenate(parts))
    assert [1000] * 200 == whole.sum(axis=0).tolist()


@pytest.mark.parametrize("processors", [1, 3, 250])
def test_weights_are_the_same_whoever_draws_them(monkeypatch: pytest.MonkeyPatch, processors: int) -> None:
    expected = draw_weights(2**63 + 5, 100, 20, 70)
    monkeypatch.setattr(os, "cpu_count", lambda: processors)
    assert np.array_equal(expected, draw_weights(2**63 + 5, 100, 20, 70))


def test_weights_are_those_of_picks_at_random() -> None:
    weights = draw_weights(11, 2000, 0, 2000)
    shares = [(weights == times).mean() for times in range(4)]
    assert shares == pytest.approx([0.3679, 0.3679, 0.1839, 0.0613], abs=0.005)
    assert not np.array_equal(weights[:, 0], weights[:, 1])
    assert not np.array_equal(weights, draw_weights(12, 2000, 0, 2000))
