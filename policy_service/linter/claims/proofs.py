"""Prove that an output never rises (falls) as facts move, or say in which regions that is left open."""

from collections.abc import Iterable, Mapping, Sequence
from typing import assert_never

from policy_service.domain.values import Kind
from policy_service.language.cells import Output
from policy_service.language.feel.expressions import Name, NameSource
from policy_service.language.rule_sets import (
    Aggregation,
    DecisionTable,
    Direction,
    FormulaSet,
    HitPolicy,
    Ladder,
    RuleSet,
    Scorecard,
)
from policy_service.linter.claims.aggregate_proofs import prove_aggregate
from policy_service.linter.claims.comparing import Points, Value, goes
from policy_service.linter.claims.pairs import movement_of
from policy_service.linter.claims.proof import Open, Proof
from policy_service.linter.claims.score_proofs import grade_table, prove_score, with_score
from policy_service.linter.claims.situations import Relation
from policy_service.linter.claims.table_proofs import MovingTable, prove_table
from policy_service.linter.regions.relations import relation_of
from policy_service.linter.regions.subject import table_subject
from policy_service.linter.regions.trees import formulas_of


def prove(rule_set: RuleSet, output: str, direction: Direction, points: Points) -> Proof:
    """Try to show that the output of a rule set goes only one way between the points."""
    match rule_set:
        case DecisionTable():
            return _prove_table(_moving(rule_set, points), output, direction)
        case Scorecard():
            if output == "score":
                return prove_score(rule_set, direction, points)
            return prove_table(_moving(grade_table(rule_set), with_score(rule_set, points)), "grade", direction)
        case FormulaSet(values=values):
            return _prove_formulas(values, output, direction, points)
        case Ladder():
            return Proof((Open(),))
        case _:
            assert_never(rule_set)


def relations_of(rule_set: RuleSet, outputs: Iterable[str], points: Points) -> Mapping[str, Relation]:
    """Return how outputs of a rule set move between the points, as far as it can be shown."""
    if isinstance(rule_set, FormulaSet):
        moved = _with_values(rule_set.values, points)
        kinds = {value.name: value.kind for value in rule_set.values}
        return {each: moved.earlier.relation(Name(each, NameSource.OUTPUT, kinds[each])) for each in outputs}
    if not points.moves(*formulas_of(rule_set)):
        return dict.fromkeys(outputs, Relation.SAME)
    moving = _moving(rule_set, points) if isinstance(rule_set, DecisionTable) else None
    return {each: _relation(rule_set, moving, each, points) for each in outputs}


def _relation(rule_set: RuleSet, moving: MovingTable | None, output: str, points: Points) -> Relation:
    for direction, relation in (
        (Direction.NEVER_RISES, Relation.FALLS),
        (Direction.NEVER_FALLS, Relation.RISES),
    ):
        proof = _prove_table(moving, output, direction) if moving else prove(rule_set, output, direction, points)
        # Both ways shown would mean equal only where it is set at both points, which is not shown.
        if proof.holds:
            return relation
    return Relation.UNCLEAR


def _moving(table: DecisionTable, points: Points) -> MovingTable:
    subject = table_subject(table, points.knowledge)
    return MovingTable(table, points, subject, movement_of(subject.grid, points.earlier, points.later, points.ranks))


def _prove_table(moving: MovingTable, output: str, direction: Direction) -> Proof:
    table = moving.table
    if table.hit_policy is HitPolicy.COLLECT and table.aggregation is not Aggregation.LIST:
        return prove_aggregate(table, (moving.subject, moving.movement), output, direction, moving.points)
    return prove_table(moving, output, direction)


def _prove_formulas(values: Sequence[Output], output: str, direction: Direction, points: Points) -> Proof:
    place = [value.name for value in values].index(output)
    value = values[place]
    made = Value(output, value.expression)
    moved = _with_values(values[:place], points)
    return Proof() if goes(made, made, direction, moved) else Proof((Open((output,), (output,)),))


def _with_values(values: Sequence[Output], points: Points) -> Points:
    for value in values:
        relation = relation_of(value.expression, points.earlier, points.later)
        if value.kind is Kind.CATEGORY and relation is not Relation.SAME:
            relation = _relation_of_category(value, points)
        points = points.with_move(Name(value.name, NameSource.OUTPUT, value.kind), relation)
    return points


def _relation_of_category(value: Output, points: Points) -> Relation:
    made = Value(value.name, value.expression)
    if goes(made, made, Direction.NEVER_RISES, points):
        return Relation.FALLS
    return Relation.RISES if goes(made, made, Direction.NEVER_FALLS, points) else Relation.UNCLEAR
