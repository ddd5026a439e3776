"""What is known of every name before any row is read: its smallest and largest value, and whether it can be unknown."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Final, assert_never

from policy_service.domain.outcomes import Outcome
from policy_service.domain.values import Kind
from policy_service.language.cells import Output
from policy_service.language.definitions.dictionary import FactDefinition, FactSource, MeasureKind
from policy_service.language.feel.expressions import Constant, Expression, Name, NameSource
from policy_service.language.policy import Policy
from policy_service.language.rule_sets import (
    Aggregation,
    Characteristic,
    DecisionTable,
    FormulaSet,
    HitPolicy,
    Ladder,
    RuleSet,
    Scorecard,
)
from policy_service.linter.regions.evaluation import Ranges, evaluate
from policy_service.linter.regions.ranges import MISSING, Range, add, divided, hull, of_kind, point
from policy_service.linter.regions.trees import formulas_of, names_in

#: Built-in facts that can be negative: a customer may pay early, an exposure pass its limit.
SIGNED_BUILT_IN: Final = frozenset({"headroom", "days_past_due"})
#: Built-in facts that are measured of every customer, with or without entries.
ALWAYS_KNOWN: Final = frozenset(
    {
        "as_of",
        "open_balance",
        "overdue_balance",
        "past_due_balance",
        "disputed_balance",
        "unapplied_cash",
        "oldest_days_past_due",
        "open_orders",
        "unmatured_bills",
        "exposure",
        "sales_12m",
        "stop_credit",
    }
)
#: Facts of the customer file that mean nothing below zero; of others the policy says what it makes of them.
_OF_THE_INSURER: Final = frozenset({"insured_limit", "cover_share"})
_COUNTS: Final = frozenset({MeasureKind.COUNT, MeasureKind.COUNT_DISTINCT_MONTH})
_SPANS_OF_TIME: Final = frozenset({MeasureKind.DAYS_SINCE_FIRST, MeasureKind.DAYS_SINCE_LAST})
_NEVER_NEGATIVE_COLUMNS: Final = frozenset({"amount", "open_amount", "days_past_due", "promised", "term_days"})
_MILLION: Final = 1_000_000
_HUNDRED_PERCENT: Final = 100 * _MILLION
_PREPAY_PERCENT: Final = Name("prepay_percent", NameSource.OUTPUT, Kind.NUMBER)


@dataclass(frozen=True, slots=True)
class Knowledge:
    """The policy with the range of every name in it, and the values (code and text) of closed categories."""

    policy: Policy
    ranges: Ranges
    closed: Mapping[str, Mapping[int, str]]

    def range_of(self, expression: Expression) -> Range:
        """Return every value the formula can take."""
        return evaluate(expression, self.ranges)

    def constant(self, expression: Expression) -> int | None:
        """Return the value of a formula of literals and parameters, as the parameters stand; else None."""
        if any(name.source is not NameSource.PARAMETER for name in names_in(expression)):
            return None
        return self.range_of(expression).single

    def with_ranges(self, ranges: Mapping[Name, Range]) -> "Knowledge":
        """Return the same knowledge with some names narrowed."""
        return replace(self, ranges={**self.ranges, **ranges})


def knowledge_of(policy: Policy) -> Knowledge:
    """Return what is known of the names of a policy; outputs take the range their rule sets can give."""
    names = names_in(*(formula for rule_set in policy.rule_sets for formula in formulas_of(rule_set)))
    ranges: dict[Name, Range] = {}
    for name in names:
        if name.source is NameSource.PARAMETER:
            ranges[name] = point(policy.parameters[name.name].value)
        elif name.source is NameSource.FACT:
            ranges[name] = fact_range(policy.facts.get(name.name), name)
    for rule_set in policy.rule_sets:
        for made, value in made_by(rule_set, ranges).items():
            if isinstance(rule_set, Ladder):
                continue
            key = Name(made, NameSource.OUTPUT, policy.outputs.get(made, Kind.NUMBER))
            ranges[key] = hull([ranges[key], value]) if key in ranges else value
    return Knowledge(policy, {**ranges, **_percents(ranges)}, _closed(policy))


def _percents(ranges: Ranges) -> Ranges:
    # No more than all is paid in advance, unless a formula of the policy itself asks for more.
    made = [value.high for name, value in ranges.items() if name == _PREPAY_PERCENT]
    most = max([_HUNDRED_PERCENT, *made])
    return {
        name: Range(value.low, min(value.high, most), value.unknown)
        for name, value in ranges.items()
        if name.source is NameSource.FACT and name.name.removeprefix("previous_") == _PREPAY_PERCENT.name
    }


def fact_range(fact: FactDefinition | None, name: Name) -> Range:
    """Return what a fact can be: counts, balances and ages are never negative, sums always known."""
    if fact is None:
        return of_kind(name.kind)
    low = 0 if _is_never_negative(fact) else None
    unknown = not _is_always_known(fact)
    found = of_kind(fact.kind, unknown=unknown) if low is None else of_kind(fact.kind, unknown=unknown, low=low)
    most = _at_most(fact)
    return found if most is None else Range(found.low, most, found.unknown)


def _at_most(fact: FactDefinition) -> int | None:
    if fact.name.removeprefix("group.") == "payment_index_12m":
        return 100 * _MILLION
    measure = fact.measure.measure if fact.measure else None
    is_share = measure is not None and measure.kind is MeasureKind.SHARE
    # A share is a part of the same sum, so at most all of it where no entry is negative.
    if is_share and measure is not None and measure.column in _NEVER_NEGATIVE_COLUMNS:
        return _MILLION if fact.kind is Kind.NUMBER else None
    return None


def _is_never_negative(fact: FactDefinition) -> bool:
    if not fact.kind.is_numeric:
        return False
    match fact.source:
        case FactSource.BUILT_IN:
            return fact.name.removeprefix("group.") not in SIGNED_BUILT_IN
        case FactSource.STANDING:
            return not fact.name.endswith("score")
        case FactSource.REQUEST:
            return fact.kind is Kind.MONEY
        case FactSource.LEDGER:
            measure = fact.measure.measure if fact.measure else None
            return measure is not None and (
                measure.kind in _COUNTS | _SPANS_OF_TIME
                or (measure.column in _NEVER_NEGATIVE_COLUMNS and measure.kind is not MeasureKind.SLOPE)
            )
        case FactSource.CUSTOMER:
            return fact.name in _OF_THE_INSURER
        case _:
            assert_never(fact.source)


def _is_always_known(fact: FactDefinition) -> bool:
    if fact.source is FactSource.LEDGER:
        measure = fact.measure.measure if fact.measure else None
        return measure is not None and (measure.kind in _COUNTS or measure.kind is MeasureKind.SUM)
    if fact.source is FactSource.REQUEST:
        return fact.required
    return fact.name.removeprefix("group.") in ALWAYS_KNOWN


def made_by(rule_set: RuleSet, ranges: Ranges) -> Mapping[str, Range]:
    """Return the range of every output of a rule set."""
    match rule_set:
        case DecisionTable():
            return _made_by_table(rule_set, ranges)
        case Scorecard():
            grades = [band.grade for band in rule_set.bands] + [each.grade for each in rule_set.knock_outs]
            score = score_range(rule_set)
            return {"score": Range(score.low, score.high, bool(rule_set.knock_outs)), "grade": hull(map(point, grades))}
        case FormulaSet(values=values):
            found = dict(ranges)
            for value in values:
                found[Name(value.name, NameSource.OUTPUT, value.kind)] = evaluate(value.expression, found)
            return {value.name: found[Name(value.name, NameSource.OUTPUT, value.kind)] for value in values}
        case Ladder():
            return {}
        case _:
            assert_never(rule_set)


def _made_by_table(table: DecisionTable, ranges: Ranges) -> Mapping[str, Range]:
    lines = list(_lines(table))
    found: dict[str, Range] = {}
    for name in table.output_names:
        values = [evaluate(each.expression, ranges) for outputs in lines for each in outputs if each.name == name]
        always = all(any(output.name == name for output in outputs) for outputs in lines)
        if table.hit_policy is HitPolicy.COLLECT and table.aggregation in (Aggregation.SUM, Aggregation.COUNT):
            values = [_collected(table, name, ranges)]
        found[name] = hull(values) if always else hull([*values, MISSING])
    return found


def _collected(table: DecisionTable, name: str, ranges: Ranges) -> Range:
    otherwise = table.otherwise.outputs if table.otherwise else ()
    alone = [evaluate(each.expression, ranges) for each in otherwise if each.name == name]
    if table.aggregation is Aggregation.COUNT:
        return hull([Range(1, len(table.rows)), *alone])
    total = point(0)
    for value in (evaluate(each.expression, ranges) for row in table.rows if (each := row.output(name))):
        total = total if value.is_empty else add(total, Range(min(0, value.low), max(0, value.high), value.unknown))
    return hull([total, *alone])


def weighted(characteristic: Characteristic, points: int) -> int:
    """Return what an attribute adds to the score, in millionths."""
    return divided(characteristic.weight * points, _MILLION)


def points_of(characteristic: Characteristic) -> tuple[int, ...]:
    """Return what a characteristic can add to the score, each value once, from the smallest."""
    points = [attribute.points for attribute in characteristic.attributes]
    points += [characteristic.unknown] if characteristic.unknown is not None else []
    return tuple(sorted({weighted(characteristic, each) for each in points}))


def score_range(scorecard: Scorecard) -> Range:
    """Return the smallest and largest score that the attributes can add up to."""
    points = [points_of(each) or (0,) for each in scorecard.characteristics]
    return Range(sum(each[0] for each in points), sum(each[-1] for each in points))


def _closed(policy: Policy) -> Mapping[str, Mapping[int, str]]:
    texts = dict(enumerate(policy.vocabulary))
    codes = {text: code for code, text in texts.items()}
    found: dict[str, Mapping[int, str]] = {}
    for fact in policy.facts.values():
        unmentioned = [text for text in fact.values if text not in codes]
        if fact.values:
            found[fact.name] = {codes[text]: text for text in fact.values if text in codes} | {
                len(texts) + number: text for number, text in enumerate(unmentioned)
            }
    for name, made in _made_categories(policy).items():
        found[name] = {code: texts[code] for code in made}
    if policy.grades:
        # A grade that only rows which refer set never reaches another rule set.
        is_scored = any(isinstance(rule_set, Scorecard) for rule_set in policy.rule_sets)
        arriving = set(codes.values()) if is_scored or "grade" not in found else set(found["grade"])
        found["grade"] = {codes[grade]: grade for grade in policy.grades if codes.get(grade) in arriving}
    return found


def _made_categories(policy: Policy) -> Mapping[str, tuple[int, ...]]:
    tables = [rule_set for rule_set in policy.rule_sets if isinstance(rule_set, DecisionTable)]
    found: dict[str, tuple[int, ...]] = {}
    for name in sorted({name for table in tables for name in table.output_names}):
        if policy.outputs.get(name) is not Kind.CATEGORY:
            continue
        values = [each for table in tables for outputs in _lines(table) for each in outputs if each.name == name]
        constants = [each.expression.value for each in values if isinstance(each.expression, Constant)]
        if len(constants) == len(values):
            found[name] = tuple(sorted(set(constants)))
    return found


def _lines(table: DecisionTable) -> Iterable[tuple[Output, ...]]:
    # A rule set that ends in refer leaves its outputs unknown, whatever the row would set.
    written = [row.outputs for row in table.rows] + ([table.otherwise.outputs] if table.otherwise else [])
    yield from (outputs for outputs in written if not any(_refers(output) for output in outputs))


def _refers(output: Output) -> bool:
    return output.name == "outcome" and output.text == Outcome.REFER
