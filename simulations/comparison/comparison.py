"""Two runs of one history compared: what is added up per part of the customers, and what comes of all parts."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from policy_service.domain.outcomes import Outcome
from policy_service.language.policy import Policy
from simulations.accounting.calendar import Calendar, calendar_of, earliest_day
from simulations.accounting.cohorts import ALL, MOST_VALUES, cohorts_of
from simulations.accounting.costs import DEFAULT_COSTS, Costs
from simulations.accounting.kpis import NULL_REASONS, Kpis, kpis_of
from simulations.accounting.places import layout_of
from simulations.accounting.sums import LARGEST_DRAWN, Draws, RunSums, add_up, merge
from simulations.accounting.weights import DRAWS, Weights
from simulations.comparison.caveats import NO_ORDERS, Caveat, LedgerCaveats, caveats, prepayment_caveats
from simulations.comparison.customers import MovedCustomers
from simulations.comparison.differences import differences
from simulations.comparison.evidence import Evidence, evidence
from simulations.comparison.intervals import Band, intervals
from simulations.comparison.migration import grade_migration, merge_migrations
from simulations.comparison.moves import SWAPS, Moves, merge_moves, moves_between, outcomes_of
from simulations.comparison.run_key import PolicyRun, key_of, seed_of
from simulations.comparison.timeline import MonthOfRun, timeline
from simulations.comparison.workload import Workload, workload
from simulations.ledger_snapshot.snapshot import Snapshot
from simulations.replay.options import Options
from simulations.replay.trace import Trace


@dataclass(frozen=True, slots=True)
class Side:
    """One of the two runs: what was replayed. `text` is the policy itself, none of recorded practice."""

    run: PolicyRun
    text: Policy | None = None


@dataclass(frozen=True, slots=True)
class Question:
    """What is compared, over what, and with which rates: everything that a report depends on."""

    baseline: Side
    candidate: Side
    ledger_hash: str
    options: Options
    costs: Costs = DEFAULT_COSTS
    draws: int = DRAWS

    @property
    def key(self) -> str:
        """The run's key."""
        return key_of((self.baseline.run, self.candidate.run), self.ledger_hash, self.options, self.costs)


@dataclass(frozen=True, slots=True)
class Part:
    """What customers next to each other come to in both runs; parts in order of their customers add up exactly."""

    baseline: RunSums
    candidate: RunSums
    moves: Moves
    migration: Mapping[str, Mapping[str, int]]
    customer_ids: Sequence[str]
    rows: tuple[tuple[str, str], ...]
    baseline_rows: tuple[tuple[str, str], ...]
    uncut: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Comparison:
    """Everything that a report says, but how long the run took and how far the live engine agrees."""

    key: str
    question: Question
    orders: int
    baseline: Kpis
    candidate: Kpis
    difference: Kpis
    intervals: Mapping[str, Band]
    swap_set: Mapping[str, Mapping[str, int]]
    outcomes: Mapping[str, Mapping[str, Mapping[str, int]]]
    customers: MovedCustomers
    cohorts: Sequence[tuple[str, str, Kpis, Kpis]]
    grade_migration: Mapping[str, Mapping[str, int]]
    timelines: tuple[Sequence[tuple[str, MonthOfRun]], ...]
    workloads: tuple[Workload | None, ...]
    caveats: Sequence[Caveat]
    evidence: Mapping[str, Evidence]
    ledger: LedgerCaveats


def part_of(
    question: Question,
    snapshot: Snapshot,
    traces: tuple[Trace, Trace],
    *,
    customers: range | None = None,
    calendar: Calendar | None = None,
    before: int = 0,
    of: int | None = None,
    drawn: Weights | None = None,
) -> Part:
    """Return what the customers of that range come to (none: all), by the traces of baseline and candidate.

    Of a snapshot that is a part of a ledger say how many customers stand before it, and of how many in all, and give
    the calendar of the whole ledger. `drawn` are the bootstrap draws of all its customers, if they were made before
    (see `Draws`). `customers` are counted within the snapshot; the traces need hold no others.
    """
    chosen = customers if customers is not None else range(snapshot.customers)
    options = question.options
    calendar = calendar or calendar_of(options, earliest_day(snapshot, options))
    cohorts = cohorts_of(snapshot, traces[0], options.ends, chosen)
    everybody = snapshot.customers if of is None else of
    draws = Draws(question.draws, seed_of(question.key), everybody, before, drawn)
    old, new = (
        add_up(snapshot, trace, options.mode, layout_of(trace, calendar), cohorts, draws=draws, customers=chosen)
        for trace in traces
    )
    return Part(
        old,
        new,
        moves_between(snapshot, *traces, chosen),
        grade_migration(*traces, chosen),
        snapshot.customer_ids[chosen.start : chosen.stop],
        traces[1].rows,
        traces[0].rows,
        cohorts.uncut,
    )


def merge_parts(parts: Sequence[Part]) -> Part:
    """Return the part that the customers of all parts are, which are parts of one run in order of its customers."""
    return Part(
        merge([part.baseline for part in parts]),
        merge([part.candidate for part in parts]),
        merge_moves([part.moves for part in parts]),
        merge_migrations([part.migration for part in parts]),
        [name for part in parts for name in part.customer_ids],
        parts[0].rows,
        parts[0].baseline_rows,
        tuple(sorted({dimension for part in parts for dimension in part.uncut})),
    )


def compared(question: Question, part: Part, ledger: LedgerCaveats) -> Comparison:
    """Return the comparison that the part of all customers comes to."""
    baseline, candidate = (_kpis(question, side, sums, 0) for side, sums in _sides(question, part))
    difference = differences(baseline, candidate)
    is_exact = max(part.baseline.money, part.candidate.money) < LARGEST_DRAWN
    uncut = _uncut(part)
    swaps = {name: {"orders": orders, "amount": amount} for name, (orders, amount) in _swaps(part.moves)}
    orders = sum(cell["orders"] for cell in swaps.values())
    outcomes = outcomes_of(part.moves)
    found = [
        *prepayment_caveats(question.options, [(prepaid, orders) for prepaid in _prepaid(outcomes)]),
        *caveats(ledger, _policies(question), question.options, uncut, has_bands=is_exact),
    ]
    return Comparison(
        key=question.key,
        question=question,
        orders=orders,
        baseline=baseline,
        candidate=candidate,
        difference=difference,
        intervals=intervals(difference, _drawn(question, part) if is_exact else ()),
        swap_set=swaps,
        outcomes=outcomes,
        customers=_customers(question.candidate, part),
        cohorts=[cohort for cohort in _cohorts(question, part) if cohort[0] not in uncut],
        grade_migration=part.migration,
        timelines=_timelines(question, part),
        workloads=_workloads(question, part),
        caveats=found if orders else [NO_ORDERS, *found],
        evidence=evidence(
            [name for name in baseline if name != NULL_REASONS],
            question.options,
            on_recorded_terms=part.moves.other_terms == 0,
        ),
        ledger=ledger,
    )


def _prepaid(outcomes: Mapping[str, Mapping[str, Mapping[str, int]]]) -> tuple[int, int]:
    prepay = str(Outcome.PREPAY)
    under_candidate = sum(row[prepay]["orders"] for row in outcomes.values())
    return sum(cell["orders"] for cell in outcomes[prepay].values()), under_candidate


def _sides(question: Question, part: Part) -> tuple[tuple[Side, RunSums], tuple[Side, RunSums]]:
    return (question.baseline, part.baseline), (question.candidate, part.candidate)


def _customers(candidate: Side, part: Part) -> MovedCustomers:
    cells = [""] * len(part.rows)
    if candidate.text is not None:
        # Nobody waits for what explains decisions before there are any.
        from simulations.comparison.why import Causes  # noqa: PLC0415

        causes = Causes(candidate.text, candidate.run.parameters)
        cells = [causes.first_cell(*row) for row in part.rows]
    figures = (part.baseline.customers, part.candidate.customers)
    return MovedCustomers(part.customer_ids, part.moves, *figures, part.rows, part.baseline_rows, cells)


def _swaps(moves: Moves) -> Iterator[tuple[str, list[int]]]:
    return zip(SWAPS, moves.swaps.tolist(), strict=True)


def _kpis(question: Question, side: Side, sums: RunSums, cohort: int) -> Kpis:
    return kpis_of(sums.totals[cohort], sums.layout, question.costs, has_ladder=not side.run.is_recorded)


def _drawn(question: Question, part: Part) -> Sequence[tuple[Kpis, Kpis]]:
    old, new = (
        [kpis_of(row, sums.layout, question.costs, has_ladder=not side.run.is_recorded) for row in sums.drawn.T]
        for side, sums in _sides(question, part)
    )
    return list(zip(old, new, strict=True))


def _cohorts(question: Question, part: Part) -> list[tuple[str, str, Kpis, Kpis]]:
    found = []
    for cohort, (dimension, value) in enumerate(part.baseline.cohorts):
        if (dimension, value) != ALL:
            old, new = (_kpis(question, side, sums, cohort) for side, sums in _sides(question, part))
            found.append((dimension, value, old, new))
    return sorted(found, key=lambda cohort: cohort[:2])


def _uncut(part: Part) -> Sequence[str]:
    dimensions = [dimension for dimension, _ in part.baseline.cohorts]
    too_many = {dimension for dimension in dimensions if dimensions.count(dimension) > MOST_VALUES}
    return sorted({*part.uncut, *too_many})


def _timelines(question: Question, part: Part) -> tuple[Sequence[tuple[str, MonthOfRun]], ...]:
    return tuple(timeline(sums, has_ladder=not side.run.is_recorded) for side, sums in _sides(question, part))


def _workloads(question: Question, part: Part) -> tuple[Workload | None, ...]:
    return tuple(None if side.run.is_recorded else workload(sums) for side, sums in _sides(question, part))


def _policies(question: Question) -> Sequence[Policy]:
    texts = {side.run.hash: side.text for side in (question.baseline, question.candidate)}
    return [text for text in texts.values() if text is not None]
