"""Where the rows of a rule set stand in its file: what a case hits, or no case hits, is gone to by it."""

from collections.abc import Iterator, Mapping
from typing import assert_never

from policy_service.language.rule_sets import DecisionTable, FormulaSet, Ladder, RuleSet, Scorecard
from policy_service.services.policy_editing.edits import Path


def row_paths(rule_set: RuleSet) -> Mapping[str, Path]:
    """Return the path of every id that may stand in the hits of a rule set; a formula set has none."""
    match rule_set:
        case DecisionTable():
            rows = {row.id: ("rows", at) for at, row in enumerate(rule_set.rows)}
            return {**rows, **({"otherwise": ("otherwise",)} if rule_set.otherwise else {})}
        case Scorecard():
            return dict(_of_scorecard(rule_set))
        case Ladder():
            levels = {level.id: ("levels", at) for at, level in enumerate(rule_set.levels)}
            return {**levels, **{trigger.id: ("triggers", at) for at, trigger in enumerate(rule_set.triggers)}}
        case FormulaSet():
            return {}
        case _:
            assert_never(rule_set)


def _of_scorecard(card: Scorecard) -> Iterator[tuple[str, Path]]:
    for number, each in enumerate(card.characteristics):
        path: Path = ("characteristics", number)
        yield from ((one.id, (*path, "attributes", at)) for at, one in enumerate(each.attributes))
        if each.unknown is not None:
            yield f"{each.column.text}.unknown", (*path, "unknown")
    yield from ((one.id, ("knock_outs", at)) for at, one in enumerate(card.knock_outs))
    yield from ((band.id, ("bands", at)) for at, band in enumerate(card.bands))
