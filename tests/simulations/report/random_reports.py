"""Comparisons of random runs of two versions of a shipped policy."""

from dataclasses import replace

from simulations.comparison.comparison import Comparison
from tests.simulations.accounting.worlds import World
from tests.simulations.comparison.comparisons import compare, question, two_worlds
from tests.simulations.report.page.pages import changed, shipped
from tests.simulations.report.page.pages import side as side_of


def found(seed: int = 1, names: tuple[str, ...] = (), draws: int = 20) -> Comparison:
    """A comparison of random runs, its customers called so."""
    old, new = two_worlds(seed)
    asked = question(old, side_of(shipped()), side_of(changed()), draws)
    return compare(asked, _called(old, names), _called(new, names))


def _called(world: World, names: tuple[str, ...]) -> World:
    buyers = [replace(one, id=name) for one, name in zip(world.buyers, names, strict=False)]
    return replace(world, buyers=(*buyers, *world.buyers[len(buyers) :]))
