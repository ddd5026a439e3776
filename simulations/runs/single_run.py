"""The figures of one policy by itself: a replay added up, without a comparison, cohorts or bands."""

from simulations.accounting.calendar import Calendar, calendar_of, earliest_day
from simulations.accounting.cohorts import everybody
from simulations.accounting.costs import Costs
from simulations.accounting.kpis import Kpis, kpis_of
from simulations.accounting.places import layout_of
from simulations.accounting.sums import add_up
from simulations.ledger_snapshot.snapshot import Snapshot
from simulations.replay.options import Options
from simulations.replay.recorded import recorded_practice
from simulations.replay.replay import replay
from simulations.replay.trace import Trace
from simulations.runs.simulation import Baseline


def single_run(snapshot: Snapshot, side: Baseline, options: Options, costs: Costs, threads: int = 1) -> Kpis:
    """Return every figure of a run under that policy, or of recorded practice: those that a simulation reports."""
    calendar = calendar_of(options, earliest_day(snapshot, options))
    if side is None:
        return added_up(snapshot, recorded_practice(snapshot, options), options, costs, calendar, has_ladder=False)
    trace = replay(snapshot, side.policy, options, side.parameters, threads)
    return added_up(snapshot, trace, options, costs, calendar)


def added_up(
    snapshot: Snapshot, trace: Trace, options: Options, costs: Costs, calendar: Calendar, *, has_ladder: bool = True
) -> Kpis:
    """Return every figure of the run that the trace tells."""
    sums = add_up(snapshot, trace, options.mode, layout_of(trace, calendar), everybody(snapshot.customers))
    return kpis_of(sums.totals[0], sums.layout, costs, has_ladder=has_ladder)
