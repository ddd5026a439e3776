"""What a decision costs as its table grows from ten rows to a thousand, for three shapes of table."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TypeVar

from benchmarks.answers import said_by_peer, said_by_us
from benchmarks.counts import Counts
from benchmarks.large_policies import SHAPES, Shape, large_policy, values_for
from benchmarks.measuring import Timing, interleaved
from benchmarks.peers import Facts, facts_for
from benchmarks.plain_steps import steps_of
from benchmarks.report import Grid, Section, Target
from benchmarks.zen_peer import ZenLoader
from policy_service.domain.decisions import Values
from policy_service.domain.outcomes import DecisionType
from policy_service.engines.chain import Chains
from policy_service.engines.durable.engine import RuleSetReport
from policy_service.language.policy import Policy
from policy_service.services.engine_pair import EnginePair

Given = TypeVar("Given")
REVIEW = DecisionType.REVIEW
BOTH, DURABLE, INTERPRETER, ZEN = "both engines", "durable", "interpreter", "zen, loader"


@dataclass(frozen=True, slots=True)
class Size:
    """One table with everything that is asked about it."""

    rows: int
    policy: Policy
    values: Sequence[Values]
    facts: Sequence[Facts]
    pair: EnginePair
    zen: ZenLoader

    @property
    def report(self) -> RuleSetReport:
        """What the table came to in the rule engine."""
        return self.pair.durable.report()[0]


def run(counts: Counts) -> Section:
    """Measure every shape at every size; all sizes of a shape in the same rounds."""
    grids, growth = [], []
    for shape in SHAPES:
        sizes = [make_size(shape, rows, counts.table_decisions) for rows in counts.table_rows]
        try:
            timings = _measure(sizes, counts)
            grids.append(_grid(shape, sizes, timings))
            growth.append(_growth(shape, sizes, timings))
        finally:
            for size in sizes:
                size.pair.close()
    first, last = counts.table_rows[0], counts.table_rows[-1]
    columns = (f"from {first:,} to {last:,} rows", BOTH, DURABLE, "durable, per ruleset", INTERPRETER, ZEN)
    return Section(
        "Cost of a decision as the table grows",
        "One table decided on values of which three in four sit in a row. *separable*: six columns, every cell one "
        "grade, segment or band (hit policy unique). *ranges*: three columns of overlapping intervals (first). "
        "*mixed*: equalities, lists, half-open ranges, another fact as an end point (first). µs a decision.",
        (Grid(columns, tuple(growth)), *grids),
        (
            "A ruleset of durable-rules holds only so many conditions that can match at once (stack bound 64): a table "
            "beyond that is split, and every split is asked in turn.",
            "zen-engine's answers were compared with ours on every value set before measuring: none differ.",
        ),
        (Target(f"Separable table, {last:,} rows over {first:,}", float(growth[0][1]), 3.0),),
    )


def make_size(shape: Shape, rows: int, decisions: int) -> Size:
    """Return a table with values, both engines and a peer; AssertionError if the peer says otherwise than we."""
    policy = large_policy(shape, rows)
    values = values_for(shape, policy, rows, decisions)
    steps = steps_of(policy.chain(REVIEW), policy.vocabulary)
    zen = ZenLoader({REVIEW: steps}, {})
    size = Size(rows, policy, values, [facts_for(policy, REVIEW, one) for one in values], EnginePair(policy), zen)
    for given, facts in zip(values, size.facts, strict=True):
        ours = said_by_us(policy, size.pair.decide(REVIEW, given))
        assert ours == said_by_peer(policy, steps, zen.ask(REVIEW, facts)), given
    return size


def _measure(sizes: Sequence[Size], counts: Counts) -> dict[str, Timing]:
    contenders: dict[str, Callable[[], object]] = {}
    for size in sizes:
        durable, interpreter = Chains(size.pair.durable, size.policy), Chains(size.pair.interpreter, size.policy)
        contenders[f"{BOTH} {size.rows}"] = partial(_each, partial(size.pair.decide, REVIEW), size.values)
        contenders[f"{DURABLE} {size.rows}"] = partial(_each, partial(durable.run, REVIEW), size.values)
        contenders[f"{INTERPRETER} {size.rows}"] = partial(_each, partial(interpreter.run, REVIEW), size.values)
        contenders[f"{ZEN} {size.rows}"] = partial(_each, partial(size.zen.ask, REVIEW), size.facts)
    return interleaved(contenders, counts.rounds, counts.table_decisions)


def _each(decide: Callable[[Given], object], given: Sequence[Given]) -> None:
    for one in given:
        decide(one)


def _grid(shape: Shape, sizes: Sequence[Size], timings: dict[str, Timing]) -> Grid:
    columns = (f"{shape.name}, rows", BOTH, DURABLE, INTERPRETER, ZEN, "rulesets", "rules", "bins", "stack bound")
    return Grid(
        columns,
        tuple(
            (
                f"{size.rows:,}",
                *(timings[f"{name} {size.rows}"].microseconds for name in (BOTH, DURABLE, INTERPRETER, ZEN)),
                size.report.rulesets,
                size.report.rules,
                size.report.bins,
                size.report.stack_bound,
            )
            for size in sizes
        ),
    )


def _growth(shape: Shape, sizes: Sequence[Size], timings: dict[str, Timing]) -> tuple[str | float, ...]:
    first, last = sizes[0], sizes[-1]
    ratios = {
        name: timings[f"{name} {last.rows}"].ratio_to(timings[f"{name} {first.rows}"])
        for name in (BOTH, DURABLE, INTERPRETER, ZEN)
    }
    per_ruleset = ratios[DURABLE] * first.report.rulesets / last.report.rulesets
    return shape.name, ratios[BOTH], ratios[DURABLE], per_ruleset, ratios[INTERPRETER], ratios[ZEN]
