"""Cases simulated from beginning to end, each once for all tests."""

from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction
from functools import cache

from simulations.accounting.costs import Costs
from simulations.ledger_snapshot.from_ledger import snapshot_of
from simulations.runs.simulation import Baseline, Candidate, Simulation, simulate
from tests.simulations.plain.cases import Case, case_of, run, written_cases


def simulated_cases() -> list[str]:
    """Return the names of the cases that have a policy to be replayed."""
    return [name for name in written_cases() if case_of(name).policy is not None]


@cache
def simulated(name: str) -> Simulation:
    """Return the simulation of a case: against its baseline, else against itself."""
    case = case_of(name)
    assert case.policy is not None
    return simulate(
        snapshot_of(case.ledger), baseline_of(case), Candidate(case.policy), case.options, costs_of(case), threads=2
    )


@cache
def plainly(name: str) -> Mapping[str, object]:
    """Return the plain report of a case."""
    return run(case_of(name))[1]


def baseline_of(case: Case) -> Baseline:
    """Return what the case's candidate is compared with."""
    compared_with = case.baseline if case.has_baseline else case.policy
    return None if compared_with is None else Candidate(compared_with)


def costs_of(case: Case) -> Costs:
    """Return the rates of a case."""
    rates = case.rates
    return Costs(
        _decimal(rates.carrying), _decimal(rates.margin), _decimal(rates.loss_given_default), rates.cost_per_step
    )


def _decimal(share: Fraction) -> Decimal:
    return Decimal(share.numerator) / Decimal(share.denominator)
