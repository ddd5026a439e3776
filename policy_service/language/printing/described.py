"""A policy in plain words, piece by piece, as a diff compares it: names of things with their texts."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final, assert_never

from policy_service.domain.values import UNLIMITED, Currency, Kind
from policy_service.language.cells import Output, When
from policy_service.language.definitions.dictionary import Title
from policy_service.language.definitions.standing import ORDER_OUTPUTS, STANDING_OUTPUTS
from policy_service.language.feel.expressions import Constant
from policy_service.language.feel.value_text import write_value
from policy_service.language.policy import Policy
from policy_service.language.rule_sets import (
    LADDER_KINDS,
    DecisionTable,
    Direction,
    FormulaSet,
    Ladder,
    Level,
    MonotonicityClaim,
    Otherwise,
    RuleSet,
    Scorecard,
    Trigger,
)

_LARGE_NUMBER: Final = re.compile(r'(?<![\w."-])(\d{4,})(?=(?:\.\d+)?(?![\w."]|-\d))')
_STANDARD: Final = frozenset({*STANDING_OUTPUTS, *ORDER_OUTPUTS, *LADDER_KINDS})
_KINDS: Final = {DecisionTable: "decision table", Scorecard: "scorecard", FormulaSet: "formula", Ladder: "ladder"}


@dataclass(frozen=True, slots=True)
class Description:
    """What a rule set says: of itself, and row by row in its order."""

    kind: str
    head: Mapping[str, str] = field(default_factory=dict)
    rows: Mapping[str, Mapping[str, str]] = field(default_factory=dict)


def described(rule_set: RuleSet, policy: Policy) -> Description:
    """Return the texts of a rule set of `policy`."""
    describe = _Describing(policy)
    match rule_set:
        case DecisionTable():
            return describe.table(rule_set)
        case Scorecard():
            return describe.scorecard(rule_set)
        case FormulaSet():
            values = {value.name: describe.output(value) for value in rule_set.values}
            return Description(_KINDS[FormulaSet], describe.head(rule_set, rule_set.claims) | values)
        case Ladder():
            return describe.ladder(rule_set)
        case _:
            assert_never(rule_set)


def with_separators(text: str) -> str:
    """Return a formula or cell over amounts with thousands separators: < 200000 -> < 200,000."""
    return _LARGE_NUMBER.sub(lambda number: f"{int(number.group(1)):,}", text)


def amount_text(value: int, currency: Currency) -> str:
    """Return an amount in major units with thousands separators, decimals only where there are some."""
    if value == UNLIMITED:
        return "unlimited"
    whole, part = divmod(abs(value), 10**currency.decimals)
    decimals = f".{part:0{currency.decimals}d}" if part else ""
    return f"{'-' if value < 0 else ''}{whole:,}{decimals}"


def value_text(value: int, kind: Kind, policy: Policy) -> str:
    """Return a value as a person reads it."""
    if kind is Kind.MONEY:
        return amount_text(value, policy.currency)
    return write_value(value, kind, policy.currency, policy.vocabulary)


def title_texts(title: Title, what: str = "title") -> dict[str, str]:
    """Return the wording by language, where there is one."""
    wording = {"en": title.en, "zh": title.zh}
    return {f"{what} ({language})": text for language, text in wording.items() if text}


@dataclass(frozen=True, slots=True)
class _Describing:
    policy: Policy

    def head(self, rule_set: RuleSet, claims: Iterable[MonotonicityClaim] = ()) -> dict[str, str]:
        verbs = {Direction.NEVER_RISES: "never rises", Direction.NEVER_FALLS: "never falls"}
        stated = {f"claim {claim.output} {verbs[claim.direction]} with {claim.fact}": "stated" for claim in claims}
        own = sorted(set(rule_set.output_names) - _STANDARD)
        types = {f"type of {name}": self.policy.outputs[name].value for name in own}
        return title_texts(rule_set.title) | types | stated

    def table(self, table: DecisionTable) -> Description:
        head = self.head(table, table.claims) | {
            "hit policy": table.hit_policy.value,
            "aggregation": table.aggregation.value,
            "when unknown": table.when_unknown.value,
        }
        if table.priority:
            kind = self.policy.outputs[table.priority.output]
            values = ", ".join(value_text(value, kind, self.policy) for value in table.priority.values)
            direction = "descending" if table.priority.descending else "ascending"
            head["priority"] = f"{table.priority.output}: {values or direction}"
        rows: dict[str, Mapping[str, str]] = {}
        for row in table.rows:
            when = When(tuple((column, cell) for column, cell in zip(table.columns, row.cells, strict=True)))
            texts = self.when(when) | self.outputs(row.outputs) | _reasons(row.reasons)
            texts |= self.when(row.release, "release when") | ({"note": row.note} if row.note else {})
            rows[row.id] = texts
        for otherwise in _otherwise(table):
            rows["otherwise"] = self.outputs(otherwise.outputs) | _reasons(otherwise.reasons)
        return Description(_KINDS[DecisionTable], head, rows)

    def scorecard(self, scorecard: Scorecard) -> Description:
        head = self.head(scorecard, scorecard.claims) | {"when unknown": scorecard.when_unknown.value}
        rows: dict[str, Mapping[str, str]] = {}
        for each in scorecard.characteristics:
            head[f"weight of {each.column.text}"] = value_text(each.weight, Kind.NUMBER, self.policy)
            if each.unknown is not None:
                head[f"points of an unknown {each.column.text}"] = value_text(each.unknown, Kind.NUMBER, self.policy)
            for attribute in each.attributes:
                points = value_text(attribute.points, Kind.NUMBER, self.policy)
                kind = each.column.expression.kind
                rows[attribute.id] = {f"when {each.column.text}": _cell(attribute.cell.text, kind), "points": points}
        for knock_out in scorecard.knock_outs:
            grade = {"grade": self.policy.vocabulary[knock_out.grade]}
            rows[knock_out.id] = self.when(knock_out.when) | grade | _reasons(knock_out.reasons)
        for band in scorecard.bands:
            texts = {"grade": self.policy.vocabulary[band.grade], "when score": band.cell.text}
            rows[band.id] = texts | _reasons(band.reasons)
        return Description(_KINDS[Scorecard], head, rows)

    def ladder(self, ladder: Ladder) -> Description:
        head = self.head(ladder) | {"mode": ladder.mode.value} | self.when(ladder.when)
        rows: dict[str, Mapping[str, str]] = {}
        for level in ladder.levels:
            rows[level.id] = {"days_past_due": level.days_text} | self.step(level)
        for trigger in ladder.triggers:
            rows[trigger.id] = self.when(trigger.when) | self.step(trigger)
        return Description(_KINDS[Ladder], head, rows)

    def step(self, step: Level | Trigger) -> dict[str, str]:
        texts = {"action": step.action, "channel": step.channel, "owner": step.owner, "approval": step.approval}
        deadline = {} if step.deadline_days is None else {"deadline_days": str(step.deadline_days)}
        said = {name: text for name, text in texts.items() if text} | deadline
        return said | self.outputs(step.effects) | self.when(step.release, "release when") | _reasons(step.reasons)

    def when(self, when: When | None, words: str = "when") -> dict[str, str]:
        cells = when.cells if when else ()
        return {
            f"{words} {column.text}": _cell(cell.text, column.expression.kind)
            for column, cell in cells
            if not cell.is_open
        }

    def outputs(self, outputs: Iterable[Output]) -> dict[str, str]:
        return {output.name: self.output(output) for output in outputs}

    def output(self, output: Output) -> str:
        if isinstance(output.expression, Constant) and output.kind is Kind.MONEY:
            return amount_text(output.expression.value, self.policy.currency)
        return _cell(output.text, output.kind)


def _cell(text: str, kind: Kind) -> str:
    return with_separators(text) if kind is Kind.MONEY else text


def _otherwise(table: DecisionTable) -> tuple[Otherwise, ...]:
    return (table.otherwise,) if table.otherwise else ()


def _reasons(reasons: tuple[str, ...]) -> dict[str, str]:
    return {"reason": ", ".join(reasons)} if reasons else {}
