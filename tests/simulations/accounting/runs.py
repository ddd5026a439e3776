"""A world added up by the kernels."""

from simulations.accounting.calendar import calendar_of, earliest_day
from simulations.accounting.cohorts import cohorts_of
from simulations.accounting.costs import DEFAULT_COSTS
from simulations.accounting.kpis import Kpis, kpis_of
from simulations.accounting.places import layout_of
from simulations.accounting.sums import NO_DRAWS, Draws, RunSums, add_up
from tests.simulations.accounting.worlds import World, snapshot_of, trace_of


def sums_of(world: World, draws: Draws = NO_DRAWS, customers: range | None = None) -> RunSums:
    """Add up a world, or some of its customers."""
    snapshot, trace = snapshot_of(world), trace_of(world)
    layout = layout_of(trace, calendar_of(world.options, earliest_day(snapshot, world.options)))
    chosen = customers if customers is not None else range(snapshot.customers)
    cohorts = cohorts_of(snapshot, trace, world.options.ends, chosen)
    return add_up(snapshot, trace, world.options.mode, layout, cohorts, draws=draws, customers=chosen)


def kpis(world: World) -> Kpis:
    """Return the figures of all customers of a world."""
    sums = sums_of(world)
    return kpis_of(sums.totals[0], sums.layout, DEFAULT_COSTS, has_ladder=True)
