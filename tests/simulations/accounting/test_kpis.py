"""The figures of a run equal those worked out plainly, for everybody and for each cohort."""

from fractions import Fraction
from typing import Any

import pytest

from simulations.accounting.costs import DEFAULT_COSTS
from simulations.accounting.kpis import kpis_of
from simulations.replay.options import Mode
from tests.simulations.accounting.plain_figures import figures
from tests.simulations.accounting.random_worlds import random_world
from tests.simulations.accounting.runs import sums_of
from tests.simulations.accounting.worlds import Buyer, World


@pytest.mark.parametrize("mode", list(Mode))
@pytest.mark.parametrize("seed", range(30))
def test_every_figure_equals_the_one_worked_out_by_hand(seed: int, mode: Mode) -> None:
    world = random_world(seed, mode)
    sums = sums_of(world)
    for name, row in zip(sums.cohorts, sums.totals, strict=True):
        told = dict(kpis_of(row, sums.layout, DEFAULT_COSTS, has_ladder=True))
        reasons = told.pop("null_reasons")
        expected = figures(world, [buyer for buyer in world.buyers if belongs(buyer, name, world)])
        assert {key: rounded(figure) for key, figure in expected.items()} == told
        assert {key for key, figure in expected.items() if figure is None} == set(reasons or ())


def rounded(figure: Any) -> Any:
    """A ratio as the nearest binary64."""
    return figure.numerator / figure.denominator if isinstance(figure, Fraction) else figure


def belongs(buyer: Buyer, name: tuple[str, str], world: World) -> bool:
    """Whether the customer counts in the cohort."""
    dimension, value = name
    grade = world.grades[buyer.grade] if buyer.grade >= 0 else ""
    said = {"": "", "segment": buyer.segment, "industry": buyer.industry, "grade": grade}[dimension]
    return dimension == "" or value == (said or "none")
