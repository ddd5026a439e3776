"""One simulation: two policies replayed over one history, compared, and a sample decided again by the live engines."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from functools import partial
from pathlib import Path
from typing import Final, TypeAlias

from policy_service.domain.values import Currency
from policy_service.engines.parameters import parameters_of
from policy_service.language.feel.value_text import write_value
from policy_service.language.policy import Parameter, Policy
from policy_service.language.printing.canonical import policy_hash
from policy_service.language.rule_sets import Ladder
from policy_service.services.base_currency import other_currency
from simulations.accounting.calendar import text_of
from simulations.accounting.costs import DEFAULT_COSTS, Costs
from simulations.comparison.cause import Cause
from simulations.comparison.comparison import Comparison, Question, Side, compared
from simulations.comparison.run_key import RECORDED, PolicyRun
from simulations.executors.in_process import Threads
from simulations.executors.port import Executor, Stop, never
from simulations.ledger_snapshot.snapshot import Snapshot
from simulations.replay.options import Options
from simulations.report.contents import Circumstances, Report, report_of
from simulations.runs.beside import sample_beside
from simulations.runs.chunks import CHUNK, Source, divided, work_of
from simulations.runs.disagreement import Disagreement
from simulations.runs.errors import (
    currencies_differ,
    empty_ledger,
    empty_window,
    long_window,
    no_such_role,
    out_of_range,
)
from simulations.runs.replaying import Means, kept_chunks, replayed, source_of


class Step(StrEnum):
    """What a simulation does, one after the other."""

    REPLAYING = "replaying"
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
    executor: Executor | None = None,
    folder: Path | None = None,
    checkpoints: Path | None = None,
    stop: Stop = never,
    chunk_orders: int = CHUNK,
) -> Simulation:
    """Return what history would have been under the candidate, beside what it would have been under the baseline.

    `folder` is where the snapshot is mapped from, if it is: then no more of it is in memory than the chunks of
    customers under way, each of about `chunk_orders`. They are done by the executor (none: by so many threads); those
    that are finished are kept in `checkpoints` until the run has ended, and not done again. `stop` is asked again and
    again, and may be so by whoever wants the run to end with RequestError R518. None of that changes the report.

    RequestError R405 for a policy in another base currency than the ledger's, R510 for an empty window, R511 for a
    ledger without orders, R512 for policies in two currencies, R514 for a window of more than LONGEST_WINDOW days,
    R515 for a parameter out of its range, R516 for a capacity of a role without steps. UnsupportedCondition E020 for a
    policy that cannot be replayed, EngineFault E003 for a parameter that it does not have.
    """
    began = clock()
    check(snapshot, baseline, candidate, options, costs)
    question = Question(side_of(baseline), side_of(candidate), snapshot.hash, options, costs)
    means = Means(executor or Threads(threads), folder, checkpoints, stop, chunk_orders)
    with source_of(snapshot, means) as source:
        work = work_of(question, snapshot, source)
        chunks = divided(snapshot, question, means.orders)
        with kept_chunks(work, checkpoints) as kept, sample_beside(snapshot, question, means) as decide_again:
            whole = replayed(work, chunks, means, kept, partial(tell, Step.REPLAYING))
            # The sample needs nothing of the rest: it is told of when that is done.
            agreement = decide_again(whole.sample)
            tell(Step.COMPARING, 0, 1)
            found = compared(question, replace(whole.part, customer_ids=snapshot.customer_ids), whole.ledger)
            causes = _causes(snapshot, found, source, means, tell)
            tell(Step.SAMPLE, 0, 1)
            agreed = agreement()
            tell(Step.SAMPLE, 1, 1)
    confirmed = agreed.orders - len(agreed.disagreements)
    circumstances = Circumstances(clock() - began, agreed.orders, confirmed, causes)
    return Simulation(found, circumstances, agreed.disagreements)


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
    window_of(snapshot)
    check_question(snapshot.currency, baseline, candidate, options, costs)


def check_question(
    currency: Currency, baseline: Baseline, candidate: Candidate, options: Options, costs: Costs = DEFAULT_COSTS
) -> None:
    """Refuse what cannot be simulated over any ledger in that currency, as `check` does."""
    if baseline and baseline.policy.currency != candidate.policy.currency:
        raise currencies_differ(baseline.policy, candidate.policy)
    if currency != candidate.policy.currency:
        raise other_currency(currency, candidate.policy)
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


def _causes(snapshot: Snapshot, found: Comparison, source: Source, means: Means, tell: Tell) -> Mapping[int, Cause]:
    from simulations.runs.changed_customers import CauseWork, moved_orders, together  # noqa: PLC0415

    sets = together(snapshot, moved_orders(found.customers))
    causes: dict[int, Cause] = {}
    done = 0

    def take(_: int, some: Mapping[int, Cause]) -> None:
        nonlocal done
        causes.update(some)
        done += 1
        tell(Step.CAUSES, done, len(sets))

    means.executor.run(CauseWork(source, found.question), sets, take, means.stop)
    return causes
