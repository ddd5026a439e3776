"""What a few rule sets answer at one point, by the same range arithmetic with every name fixed.

This is no engine: it serves to confirm counterexamples. Where a rule set would refer to a person there is no
answer (None), and nothing to compare.
"""

from collections.abc import Mapping, Sequence
from typing import TypeAlias, assert_never

from policy_service.domain.outcomes import Outcome
from policy_service.domain.values import SMALLEST, UNKNOWN
from policy_service.language.expressions import Name, NameSource
from policy_service.language.policy import (
    Aggregation,
    Cell,
    Column,
    DecisionTable,
    FormulaSet,
    HitPolicy,
    Ladder,
    Output,
    RuleSet,
    Scorecard,
    When,
    WhenUnknown,
)
from policy_service.linter.evaluation import Ranges, evaluate, satisfied
from policy_service.linter.knowledge import Knowledge, weighted
from policy_service.linter.ranges import point
from policy_service.linter.trees import formulas_of, names_in

Made: TypeAlias = Mapping[str, int]


def answer_at(rule_sets: Sequence[RuleSet], values: Mapping[str, int], knowledge: Knowledge) -> Made | None:
    """Return the outputs of the last of `rule_sets`, run in order on facts by name; None if one of them refers."""
    known = dict(values)
    made: Made | None = {}
    for rule_set in rule_sets:
        names = names_in(*formulas_of(rule_set))
        ranges = {
            name: knowledge.ranges[name]
            if name.source is NameSource.PARAMETER
            else point(known.get(name.name, UNKNOWN))
            for name in names
        }
        made = _made(rule_set, ranges, knowledge)
        if made is None or (rule_set is not rule_sets[-1] and _refers(made, knowledge)):
            return None
        known.update({name: made.get(name, UNKNOWN) for name in rule_set.output_names})
    return made


def _refers(made: Made, knowledge: Knowledge) -> bool:
    vocabulary = knowledge.policy.vocabulary
    return "outcome" in made and vocabulary[made["outcome"]] == Outcome.REFER


def _made(rule_set: RuleSet, ranges: Ranges, knowledge: Knowledge) -> Made | None:
    match rule_set:
        case DecisionTable():
            return _of_table(rule_set, ranges, knowledge)
        case Scorecard():
            return _of_scorecard(rule_set, ranges)
        case FormulaSet(values=values):
            found = dict(ranges)
            for value in values:
                found[Name(value.name, NameSource.OUTPUT, value.kind)] = evaluate(value.expression, found)
            return {value.name: _single(value, found) for value in values}
        case Ladder():
            return {}
        case _:
            assert_never(rule_set)


def _single(output: Output, ranges: Ranges) -> int:
    value = evaluate(output.expression, ranges).single
    return UNKNOWN if value is None else value


def _holds(cells: Sequence[tuple[Column, Cell]], ranges: Ranges) -> bool | None:
    unclear = False
    for column, cell in cells:
        said = satisfied(cell.test, evaluate(column.expression, ranges), ranges)
        if said.is_empty:
            unclear = True
        elif said.low == 0:
            return False
    return None if unclear else True


def _of_table(table: DecisionTable, ranges: Ranges, knowledge: Knowledge) -> Made | None:
    said = [_holds(list(zip(table.columns, row.cells, strict=True)), ranges) for row in table.rows]
    hits = [number for number, held in enumerate(said) if held]
    unclear = [number for number, held in enumerate(said) if held is None]
    if table.when_unknown is WhenUnknown.SKIP:
        unclear = []
    if not hits:
        outputs = table.otherwise.outputs if table.otherwise and not unclear else None
        return None if outputs is None else _set(outputs, ranges)
    sets = [_set(row.outputs, ranges) for row in table.rows]
    match table.hit_policy:
        case HitPolicy.UNIQUE:
            return sets[hits[0]] if len(hits) == 1 else None
        case HitPolicy.ANY:
            return sets[hits[0]] if all(sets[hit] == sets[hits[0]] for hit in hits) else None
        case HitPolicy.FIRST:
            return sets[hits[0]] if not unclear or unclear[0] > hits[0] else None
        case HitPolicy.PRIORITY:
            best = min([*hits, *unclear], key=lambda number: (_rank(table, sets[number]), number))
            return sets[best] if best in hits else None
        case HitPolicy.RULE_ORDER | HitPolicy.OUTPUT_ORDER | HitPolicy.COLLECT:
            return _most_severe(table, sets, (hits, unclear), knowledge)
        case _:
            assert_never(table.hit_policy)


def _set(outputs: Sequence[Output], ranges: Ranges) -> Made:
    return {output.name: _single(output, ranges) for output in outputs}


def _rank(table: DecisionTable, made: Made) -> int:
    priority = table.priority
    value = made.get(priority.output, UNKNOWN) if priority else UNKNOWN
    if priority is None or value == UNKNOWN:
        return -SMALLEST
    if priority.values:
        return priority.values.index(value) if value in priority.values else -SMALLEST
    return -value if priority.descending else value


def _most_severe(
    table: DecisionTable, sets: Sequence[Made], said: tuple[list[int], list[int]], knowledge: Knowledge
) -> Made | None:
    hits, unclear = said
    if "outcome" not in table.output_names or table.aggregation is not Aggregation.LIST:
        return None
    ranks = {number: severity_rank(sets[number].get("outcome", UNKNOWN), knowledge) for number in (*hits, *unclear)}
    worst = min(ranks[number] for number in hits)
    if any(ranks[number] < worst for number in unclear):
        return None
    made: dict[str, int] = {}
    for number in hits:
        if ranks[number] == worst:
            made = {**sets[number], **made}
    return made


def severity_rank(code: int, knowledge: Knowledge) -> int:
    """Return the rank of an outcome, 0 the most severe; none ranks with approve, last."""
    policy = knowledge.policy
    text = policy.vocabulary[code] if 0 <= code < len(policy.vocabulary) else Outcome.APPROVE
    return policy.severity.index(Outcome(text)) if text in frozenset(policy.severity) else len(policy.severity)


def _of_scorecard(scorecard: Scorecard, ranges: Ranges) -> Made | None:
    score: int | None = 0
    for characteristic in scorecard.characteristics:
        value = evaluate(characteristic.column.expression, ranges)
        said = [(each, satisfied(each.cell.test, value, ranges)) for each in characteristic.attributes]
        points = [each.points for each, held in said if held.low == 1 and not held.is_empty]
        if not points and value.is_empty and characteristic.unknown is not None:
            points = [characteristic.unknown]
        score = score + weighted(characteristic, points[0]) if len(points) == 1 and score is not None else None
    for knock_out in scorecard.knock_outs:
        held = _when_holds(knock_out.when, ranges)
        if held:
            return {"grade": knock_out.grade, "score": UNKNOWN if score is None else score}
        if held is None and scorecard.when_unknown is WhenUnknown.REFER:
            return None
    if score is None:
        return None
    grades = [band.grade for band in scorecard.bands if satisfied(band.cell.test, point(score), ranges).low == 1]
    return {"grade": grades[0], "score": score} if len(grades) == 1 else None


def _when_holds(when: When, ranges: Ranges) -> bool | None:
    return _holds(when.cells, ranges)
