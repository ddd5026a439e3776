"""What a chain came to, in a form in which our engines and the peers can be compared."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from benchmarks.plain_steps import RELEASE, SCORE, Formulas, PlainTable, PointsSum, Step
from policy_service.domain.decisions import ChainResult
from policy_service.domain.outcomes import EngineReason, Outcome
from policy_service.domain.values import UNKNOWN
from policy_service.language.feel.expressions import Constant
from policy_service.language.policy import Policy
from policy_service.language.rule_sets import Scorecard

#: A peer's answer: per table of which all lines count its lines, and by name what the others said.
PeerAnswer = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Said:
    """The outcome, the outputs that are known, and the rows that hit, each as `<rule set>.<row>`."""

    outcome: str
    outputs: Mapping[str, int]
    rows: frozenset[str]


def is_in_doubt(result: ChainResult) -> bool:
    """Whether an unknown fact referred it: the peers know no such thing and cannot be compared."""
    doubts = (EngineReason.MISSING_FACT, EngineReason.NO_RULE_MATCHED)
    return result.outcome is Outcome.REFER and any(reason.code in doubts for reason in result.reasons)


def said_by_us(policy: Policy, result: ChainResult) -> Said:
    """Return our engines' answer; of several knock-outs the first, as the peers name no other."""
    rows: set[str] = set()
    for one in result.rule_sets:
        hits: Sequence[str] = one.hits
        rule_set = policy.rule_set(one.rule_set)
        if isinstance(rule_set, Scorecard):
            knock_outs = {each.id for each in rule_set.knock_outs}
            behind = [hit for hit in hits if hit in knock_outs][1:]
            hits = [hit for hit in hits if hit not in behind]
        rows.update(f"{one.rule_set}.{hit}" for hit in hits)
        rows.update(f"{one.rule_set}.{RELEASE}{step}" for step in one.releases)
    outputs = {name: value for name, value in result.outputs.items() if isinstance(value, int) and value != UNKNOWN}
    return Said(result.outcome.value if result.outcome else "", outputs, frozenset(rows))


def said_by_peer(policy: Policy, steps: Sequence[Step], answer: PeerAnswer) -> Said:
    """Return a peer's answer, the most severe outcome and the last of several outputs taken."""
    outcomes: list[Outcome] = []
    outputs: dict[str, int] = {}
    rows: set[str] = set()
    for step in steps:
        match step:
            case PlainTable():
                for row, said in _lines(step, answer):
                    rows.add(f"{step.rule_set}.{row}")
                    if "outcome" in said:
                        outcomes.append(Outcome(policy.vocabulary[round(said["outcome"])]))
                    outputs.update(_outputs(said, policy))
            case PointsSum():
                outputs[SCORE] = round(answer[SCORE])
            case Formulas():
                outputs.update({name: round(answer[name]) for name in step.values if answer.get(name) is not None})
    outcome = min(outcomes, key=policy.severity.index, default=None)
    is_left_unknown = outcome is Outcome.REFER
    return Said(outcome.value if outcome else "", {} if is_left_unknown else outputs, frozenset(rows))


def _lines(table: PlainTable, answer: PeerAnswer) -> Iterator[tuple[str, Mapping[str, Any]]]:
    if table.all_count:
        lines = answer.get(table.name) or []
        yield from ((line["row"], line) for line in lines)
        if not lines and table.otherwise:
            said = table.otherwise.says
            yield table.otherwise.id, {name: one.value for name, one in said.items() if isinstance(one, Constant)}
    elif row := answer.get(f"{table.name}_row"):
        names = {name for line in table.lines if line.id == row for name in line.says}
        yield row, {name: answer.get(name) for name in names}


def _outputs(said: Mapping[str, Any], policy: Policy) -> Iterator[tuple[str, int]]:
    known = policy.outputs.keys() | {"level", "action", "channel", "owner", "deadline_days"}
    for name, value in said.items():
        if name in known and name != "outcome" and value is not None:
            yield name, round(value)
