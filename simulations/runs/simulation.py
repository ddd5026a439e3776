"""One simulation: two policies replayed over one history, compared, and a sample decided again by the live engines."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final, TypeAlias

import numpy as np

from policy_service.engines.interpreter import parameters_of
from policy_service.language.feel.value_text import write_value
from policy_service.language.policy import Parameter, Policy
from policy_service.language.printing.canonical import policy_hash
from policy_service.language.rule_sets import Ladder
from policy_service.services.request_facts import other_currency
from simulations.accounting.calendar import text_of
from simulations.accounting.costs import DEFAULT_COSTS, Costs
from simulations.comparison.caveats import ledger_caveats
from simulations.comparison.comparison import Comparison, Question, Side, compared, part_of
from simulations.comparison.run_key import RECORDED, PolicyRun
from simulations.comparison.why import Cause, Causes
from simulations.ledger_snapshot.snapshot import Snapshot
from simulations.replay.moment import Moments
from simulations.replay.options import Options
from simulations.replay.recorded import recorded_practice
from simulations.replay.replay import replay
from simulations.replay.trace import Trace
from simulations.report.contents import Circumstances, Report, report_of
from simulations.runs.errors import (
    currencies_differ,
    empty_ledger,
    empty_window,
    long_window,
    no_such_role,
    out_of_range,
)
from simulations.runs.live_sample import Disagreement, decided_again, sample_of, with_parameters


class Step(StrEnum):
    """What a simulation does, one after the other."""

    BASELINE = "baseline"
    CANDIDATE = "candidate"
    COMPARING = "comparing"
    CAUSES = "causes"
    SAMPLE = "sample"


#: Days of the longest window: a hundred years, and their leap days.
LONGEST_WINDOW: Final = 36_525
#: Told which step is under way, how much of it is done, and of how much.
Tell: TypeAlias = Callable[[Step, int, int], None]
#: Seconds that pass: what a run does not read by itself.
Clock: TypeAlias = Callable[[], float]


@dataclass(frozen=True, slots=True)
class Candidate:
    """A policy to be replayed, with values for parameters in the place of its own."""

    policy: Policy
    parameters: Mapping[str, int] = field(default_factory=dict)


#: What a candidate is compared with; none: today's practice as recorded.
Baseline: TypeAlias = Candidate | None


@dataclass(frozen=True, slots=True)
class Simulation:
    """A finished run: what it found, its circumstances, and orders that the live engines decide otherwise."""

    comparison: Comparison
    circumstances: Circumstances
    disagreements: Sequence[Disagreement]

    @property
    def report(self) -> Report:
        """The report in the shape of REPLAY.md."""
        return report_of(self.comparison, self.circumstances)

    @property
    def is_confirmed(self) -> bool:
        """Whether the live engines decide the whole sample alike; if not, the run has failed."""
        return not self.disagreements


def simulate(
    snapshot: Snapshot,
    baseline: Baseline,
    candidate: Candidate,
    options: Options,
    costs: Costs = DEFAULT_COSTS,
    *,
    threads: int = 1,
    tell: Tell = lambda *_: None,
    clock: Clock = lambda: 0.0,
) -> Simulation:
    """Return what history would have been under the candidate, beside what it would have been under the baseline.

    RequestError R405 for a policy in another base currency than the ledger's, R510 for an empty window, R511 for a
    ledger without orders, R512 for policies in two currencies, R514 for a window of more than LONGEST_WINDOW days,
    R515 for a parameter out of its range, R516 for a capacity of a role without steps. UnsupportedCondition E020 for a
    policy that cannot be replayed, EngineFault E003 for a parameter that it does not have.
    """
    began = clock()
    check(snapshot, baseline, candidate, options, costs)
    sides = (side_of(baseline), side_of(candidate))
    question = Question(*sides, snapshot.hash, options, costs)
    traces = _traces(snapshot, baseline, candidate, options, threads, tell)
    tell(Step.COMPARING, 0, 1)
    found = compared(question, part_of(question, snapshot, traces), ledger_caveats(snapshot))
    moments = Moments(snapshot, candidate.policy, options, traces[1], candidate.parameters)
    causes = dict(_causes(found, baseline, candidate, traces, moments, tell))
    orders, disagreements = _sampled(snapshot, found, (baseline, candidate), traces, moments, tell)
    circumstances = Circumstances(clock() - began, orders, orders - len(disagreements), causes)
    return Simulation(found, circumstances, disagreements)


def window_of(snapshot: Snapshot) -> tuple[int, int]:
    """Return the days of the earliest order and after the latest; RequestError R511 for a ledger without any."""
    dates = snapshot.orders.date if snapshot.has_orders_file else snapshot.invoices.ordered
    if not len(dates):
        raise empty_ledger()
    return int(dates.min()), int(dates.max()) + 1


def check(
    snapshot: Snapshot, baseline: Baseline, candidate: Candidate, options: Options, costs: Costs = DEFAULT_COSTS
) -> None:
    """Refuse what cannot be simulated; the errors of `simulate` but for those of the engines."""
    if baseline and baseline.policy.currency != candidate.policy.currency:
        raise currencies_differ(baseline.policy, candidate.policy)
    if snapshot.currency != candidate.policy.currency:
        raise other_currency(snapshot.currency, candidate.policy)
    window_of(snapshot)
    if options.begins >= options.ends:
        raise empty_window(text_of(options.begins), text_of(options.ends))
    if options.ends - options.begins > LONGEST_WINDOW:
        raise long_window(text_of(options.begins), text_of(options.ends), LONGEST_WINDOW)
    for side in (baseline, candidate):
        if side is not None:
            check_parameters(side)
    roles = sorted({owner for side in (baseline, candidate) if side for owner in owners_of(side.policy)})
    for role, _ in costs.capacities:
        if role not in roles:
            raise no_such_role(role, roles)


def owners_of(policy: Policy) -> set[str]:
    """Return the roles that own a step of the policy's ladders."""
    ladders = [rule_set for rule_set in policy.rule_sets if isinstance(rule_set, Ladder)]
    levels = {level.owner for ladder in ladders for level in ladder.levels}
    return (levels | {trigger.owner for ladder in ladders for trigger in ladder.triggers}) - {""}


def check_parameters(side: Candidate) -> None:
    """Refuse values that a parameter may not have (RequestError R515), and parameters that are none (E003)."""
    policy = side.policy
    parameters_of(policy, side.parameters)
    for name, value in side.parameters.items():
        parameter = policy.parameters[name]
        low, high = (value if bound is None else bound for bound in (parameter.minimum, parameter.maximum))
        if not low <= value <= high:
            bounds = " to ".join(_written(policy, parameter, bound) for bound in (parameter.minimum, parameter.maximum))
            raise out_of_range(policy.id, name, _written(policy, parameter, value), bounds)


def _written(policy: Policy, parameter: Parameter, value: int | None) -> str:
    if value is None:
        return "..."
    return write_value(value, parameter.kind, policy.currency, policy.vocabulary)


def side_of(policy: Baseline) -> Side:
    """Return a side of a comparison as its report names it."""
    if policy is None:
        return Side(PolicyRun(RECORDED, "", {}))
    return Side(PolicyRun(policy.policy.id, policy_hash(policy.policy), policy.parameters), policy.policy)


def _traces(
    snapshot: Snapshot, baseline: Baseline, candidate: Candidate, options: Options, threads: int, tell: Tell
) -> tuple[Trace, Trace]:
    def of(side: Candidate) -> Trace:
        return replay(snapshot, side.policy, options, side.parameters, threads)

    tell(Step.BASELINE, 0, 1)
    old = recorded_practice(snapshot, options) if baseline is None else of(baseline)
    tell(Step.CANDIDATE, 0, 1)
    return old, old if baseline == candidate else of(candidate)


def _causes(
    found: Comparison,
    baseline: Baseline,
    candidate: Candidate,
    traces: tuple[Trace, Trace],
    moments: Moments,
    tell: Tell,
) -> Iterator[tuple[int, Cause]]:
    before = Causes(baseline.policy, baseline.parameters) if baseline else None
    causes = Causes(candidate.policy, candidate.parameters, before)
    changed = found.customers.changed()
    for done, customer in enumerate(changed):
        tell(Step.CAUSES, done, len(changed))
        why = found.customers.why(customer)
        if why is not None and why.rule_set:
            old, new = (_place_of(trace, customer, why.order) for trace in traces)
            rule_set, row = _hit(traces[0], old)
            missed = row if rule_set == why.rule_set else ""
            cause = causes.cause(why.rule_set, why.row, moments.at(new).values, missed)
            if cause is not None:
                yield customer, cause


def _place_of(trace: Trace, customer: int, entry: int) -> int:
    first, last = np.searchsorted(trace.orders.customer, [customer, customer + 1]).tolist()
    found = np.flatnonzero(trace.orders.entry[first:last] == entry)
    return int(first) + int(found[0])


def _hit(trace: Trace, place: int) -> tuple[str, str]:
    hit = int(trace.orders.hit[place])
    return trace.rows[hit] if hit >= 0 else ("", "")


def _sampled(
    snapshot: Snapshot,
    found: Comparison,
    sides: tuple[Baseline, Candidate],
    traces: tuple[Trace, Trace],
    moments: Moments,
    tell: Tell,
) -> tuple[int, Sequence[Disagreement]]:
    # An order that both runs decide otherwise than the live engines is one order.
    ids = snapshot.order_ids if snapshot.has_orders_file else snapshot.invoice_ids
    disagreements: dict[int, Disagreement] = {}
    sampled: set[int] = set()
    for side, trace in zip(sides, traces, strict=True):
        if side is None or (side is sides[0] and sides[0] == sides[1]):
            continue
        places = sample_of(found.key, ids, trace.orders.entry)
        policy = with_parameters(side.policy, side.parameters)
        of_side = moments if side is sides[1] else Moments(snapshot, policy, found.question.options, trace)
        for done, said in enumerate(decided_again(snapshot, policy, of_side, trace, places)):
            tell(Step.SAMPLE, done, len(places))
            entry = int(trace.orders.entry[places[done]])
            sampled.add(entry)
            if said is not None:
                disagreements.setdefault(entry, said)
    return len(sampled), list(disagreements.values())
