"""A simulation in worse times: both policies over the ledger under stress, beside what they come to without it."""

from dataclasses import replace
from pathlib import Path
from typing import Final

from simulations.accounting.costs import DEFAULT_COSTS, Costs
from simulations.comparison.caveats import Caveat
from simulations.comparison.evidence import Evidence
from simulations.executors.in_process import Threads
from simulations.executors.port import Executor, Stop, never
from simulations.replay.options import Options
from simulations.report.contents import UnderStress
from simulations.runs.replaying import Means, figures_of
from simulations.runs.simulation import Baseline, Candidate, Clock, Simulation, Tell, simulate
from simulations.stress.applying import Stressed, effect_as_data

#: Nothing of what is worked out of such a ledger happened.
STRESSED: Final = Caveat(
    "STRESSED",
    "The ledger was changed by a stress: payments come later than they did, or not at all. No figure is observed. "
    "What is not paid stays open: no write-off is made up for it. Who stops paying still orders as recorded, and is "
    "taken to prepay where a policy asks for it.",
)


def simulate_stressed(
    stressed: Stressed,
    baseline: Baseline,
    candidate: Candidate,
    options: Options,
    costs: Costs = DEFAULT_COSTS,
    *,
    threads: int = 1,
    tell: Tell = lambda *_: None,
    clock: Clock = lambda: 0.0,
    executor: Executor | None = None,
    folder: Path | None = None,
    checkpoints: Path | None = None,
    stop: Stop = never,
) -> Simulation:
    """Return the simulation of both over the ledger under stress, every figure of it labelled as assumed.

    It also says what both come to over the ledger as recorded, which `folder` is about. The errors of `simulate`.
    """
    began = clock()
    by = executor or Threads(threads)
    sides = (baseline, candidate)
    found = simulate(
        stressed.snapshot, *sides, options, costs, tell=tell, executor=by, checkpoints=checkpoints, stop=stop
    )
    asked = replace(found.comparison.question, ledger_hash=stressed.recorded.hash, draws=0)
    without = figures_of(stressed.recorded, asked, Means(by, folder, stop=stop))
    effects = [effect_as_data(effect) for effect in stressed.effects]
    return replace(
        found,
        comparison=replace(
            found.comparison,
            caveats=[STRESSED, *found.comparison.caveats],
            evidence=dict.fromkeys(found.comparison.evidence, Evidence.ASSUMED),
        ),
        circumstances=replace(
            found.circumstances,
            seconds=clock() - began,
            stress=UnderStress(effects, stressed.recorded.hash, without[0], without[1]),
        ),
    )
