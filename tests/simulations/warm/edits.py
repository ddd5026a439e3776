"""Random edits of policies, as somebody makes them in tables: cells, rows, points, bounds, dials, levels."""

from dataclasses import replace
from random import Random

from policy_service.language.policy import Policy
from policy_service.language.rule_sets import DecisionTable, FormulaSet, Ladder, RuleSet, Scorecard


def edited(policy: Policy, random: Random) -> Policy:
    """Return the policy with one or two edits in one rule set, or with a dial turned."""
    if policy.parameters and random.random() < 0.35:
        return _turned(policy, random)
    name = random.choice([one.name for one in policy.rule_sets])
    changed = [_changed(one, random) if one.name == name else one for one in policy.rule_sets]
    return replace(policy, rule_sets=tuple(changed))


def _turned(policy: Policy, random: Random) -> Policy:
    name = random.choice(sorted(policy.parameters))
    dial = policy.parameters[name]
    low, high = (dial.value if bound is None else bound for bound in (dial.minimum, dial.maximum))
    value = random.choice([low, high, (low + dial.value) // 2, (high + dial.value) // 2])
    return replace(policy, parameters={**policy.parameters, name: replace(dial, value=value)})


def _changed(rule_set: RuleSet, random: Random) -> RuleSet:
    match rule_set:
        case DecisionTable():
            return _changed_table(rule_set, random)
        case Scorecard():
            return _changed_scorecard(rule_set, random)
        case Ladder():
            levels = tuple(replace(one, effects=()) if random.random() < 0.5 else one for one in rule_set.levels)
            return replace(rule_set, levels=levels)
        case FormulaSet():
            return rule_set


def _changed_table(table: DecisionTable, random: Random) -> DecisionTable:
    rows = list(table.rows)
    one, other = random.randrange(len(rows)), random.randrange(len(rows))
    match random.choice(("cells", "cells", "outputs", "delete", "swap", "borrow")):
        case "cells":
            at = random.randrange(len(table.columns))
            cells = list(rows[one].cells)
            cells[at] = rows[other].cells[at]
            rows[one] = replace(rows[one], cells=tuple(cells))
        case "outputs":
            rows[one] = replace(rows[one], outputs=rows[other].outputs, reasons=rows[other].reasons)
        case "delete":
            del rows[one]
        case "swap":
            rows[one], rows[other] = rows[other], rows[one]
        case _:
            rows.append(replace(rows[one], id="NEW", outputs=rows[other].outputs, reasons=rows[other].reasons))
    return replace(table, rows=tuple(rows))


def _changed_scorecard(scorecard: Scorecard, random: Random) -> Scorecard:
    match random.choice(("points", "points", "weight", "bands", "knock_out")):
        case "points":
            each = list(scorecard.characteristics)
            at = random.randrange(len(each))
            bins = list(each[at].attributes)
            place = random.randrange(len(bins))
            bins[place] = replace(bins[place], points=bins[place].points + random.choice((-30, 15, 40)) * 1_000_000)
            each[at] = replace(each[at], attributes=tuple(bins))
            return replace(scorecard, characteristics=tuple(each))
        case "weight":
            first, *others = scorecard.characteristics
            return replace(scorecard, characteristics=(replace(first, weight=first.weight * 2), *others))
        case "bands":
            bands = list(scorecard.bands)
            place = random.randrange(len(bands))
            bands[place] = replace(bands[place], grade=random.choice(scorecard.bands).grade)
            return replace(scorecard, bands=tuple(bands))
        case _:
            return replace(scorecard, knock_outs=scorecard.knock_outs[1:])
