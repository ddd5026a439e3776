"""One customer's decisions as a person wants to read them: what came out, by which rows, and what nearly did."""

from collections.abc import Iterator, Mapping, Sequence

from rich import box
from rich.console import Group, RenderableType
from rich.markup import escape
from rich.padding import Padding
from rich.table import Table

from policy_service.cli.wording import OUTCOME_COLOURS, money, output_text, reason_text, value_text, word
from policy_service.domain.outcomes import DecisionType
from policy_service.domain.values import UNKNOWN, Kind
from policy_service.engines.near_misses import NearMiss
from policy_service.engines.trace import Explainer, PointsTrace, RuleSetTrace
from policy_service.language.policy import Policy
from policy_service.services.chain_decision import Decision
from policy_service.services.decide import CustomerDecisions
from policy_service.services.explain import traces
from policy_service.services.ladder_cases import LadderCase

_NEAR_MISSES_SHOWN = 3
_NEAR = 0.5
_ITEMS_SHOWN = 5


def explained(decisions: CustomerDecisions, policy: Policy, policy_hash: str, language: str) -> Group:
    """Return review, escalation and order with reasons, hit rows, facts and near misses."""
    parts: list[RenderableType] = [
        f"[bold]{escape(decisions.customer_id)}[/bold] {word('as of', language)} {decisions.as_of}, "
        f"{escape(policy.title.in_language(language))} ({policy.id} {policy_hash[:12]})"
    ]
    told = _Telling(decisions, policy, language)
    parts += told.decision(decisions.review, DecisionType.REVIEW)
    parts += told.cases()
    if decisions.order:
        parts += told.decision(decisions.order, DecisionType.ORDER)
    return Group(*parts)


def _nearest(misses: Sequence[NearMiss]) -> list[NearMiss]:
    # How near is a matter of proportion: a row that asks for twice as much, or for anything at all, is not near.
    far = {miss: _proportion(miss) for miss in misses if miss.distance is not None}
    near = [miss for miss in far if far[miss] < _NEAR]
    return sorted(near, key=lambda miss: far[miss])[:_NEAR_MISSES_SHOWN]


def _proportion(miss: NearMiss) -> float:
    return (miss.distance or 0) / max(abs(miss.value), abs(miss.needed or 0), 1)


class _Telling:
    def __init__(self, decisions: CustomerDecisions, policy: Policy, language: str) -> None:
        self._decisions = decisions
        self._policy = policy
        self._language = language
        self._codes = decisions.codes
        self._explainer = Explainer(policy)

    def decision(self, decision: Decision, decision_type: DecisionType) -> Iterator[RenderableType]:
        yield self._headline(decision, decision_type)
        for reason in decision.chain.reasons:
            yield Padding(f"- {escape(reason_text(reason, self._policy, self._language))}", (0, 0, 0, 4))
        outputs = self._outputs(decision)
        if outputs:
            yield Padding(escape(outputs), (0, 0, 0, 4))
        for trace in traces(decision, self._explainer, self._codes):
            yield from self._trace(trace)
        yield from self._facts(decision)

    def cases(self) -> Iterator[RenderableType]:
        if not self._decisions.cases:
            title = word("escalation", self._language)
            yield f"\n[bold]{title}[/bold]: {word('nothing on the ladder', self._language)}"
        for case in self._decisions.cases:
            yield from self._case(case)

    def _headline(self, decision: Decision, decision_type: DecisionType) -> str:
        title = word(decision_type, self._language)
        amount = decision.values.get("order_amount", UNKNOWN) if decision_type is DecisionType.ORDER else UNKNOWN
        if amount != UNKNOWN:
            title += f" {money(self._codes.text(amount, Kind.MONEY))} {self._policy.currency.code}"
        outcome = decision.chain.outcome
        if outcome is None:
            return f"\n[bold]{title}[/bold]"
        colour = OUTCOME_COLOURS[outcome]
        return f"\n[bold]{title}: [{colour}]{word(outcome, self._language)}[/{colour}][/bold]"

    def _outputs(self, decision: Decision) -> str:
        kinds = self._policy.outputs
        return ", ".join(
            output_text(name, self._codes.text(value, kinds[name]), kinds[name], self._language)
            for name, value in decision.chain.outputs.items()
            if isinstance(value, int) and name in kinds
        )

    def _trace(self, trace: RuleSetTrace) -> Iterator[RenderableType]:
        if trace.points:
            yield Padding(self._points(trace.points), (0, 0, 0, 4))
        if trace.next_step and trace.points:
            distance = self._codes.text(trace.next_step.distance, Kind.NUMBER)
            yield Padding(f"{distance} {word('points to', self._language)} {escape(trace.next_step.row)}", (0, 0, 0, 4))
        for miss in _nearest(trace.near_misses):
            missed = f"{word('nearly', self._language)} {trace.rule_set} {miss.row}: {self._missed(miss, trace)}"
            yield Padding(escape(missed), (0, 0, 0, 4), style="dim")

    def _missed(self, miss: NearMiss, trace: RuleSetTrace) -> str:
        if self._language == "en":
            return miss.text
        cells = [cell for row in trace.rows if row.row == miss.row for cell in row.cells]
        kind = next((cell.kind for cell in cells if cell.column == miss.column), Kind.NUMBER)
        said = f"{miss.column} {self._word('is')} {self._value(miss.value, kind)}, "
        said += f"{self._word('the row asks for')} {miss.cell}"
        distance_kind = Kind.DAYS if kind is Kind.DATE else kind
        distance = "" if miss.distance is None else self._value(miss.distance, distance_kind)
        return f"{said}, {self._word('short by')} {distance}" if distance else said

    def _value(self, value: int, kind: Kind) -> str:
        return value_text(self._codes.text(value, kind), kind, self._language)

    def _word(self, text: str) -> str:
        return word(text, self._language)

    def _points(self, points: tuple[PointsTrace, ...]) -> Table:
        table = Table(word("characteristic", self._language), box=box.SIMPLE, padding=(0, 1))
        table.add_column(word("value", self._language), justify="right")
        table.add_column(word("points", self._language), justify="right")
        kinds = {fact.name: fact.kind for fact in self._policy.facts.values()}
        for one in points:
            value = self._value(one.value, kinds.get(one.characteristic, Kind.NUMBER))
            earned = "-" if one.points == UNKNOWN else self._codes.text(one.points, Kind.NUMBER)
            table.add_row(escape(self._title(one.characteristic)), escape(value), earned)
        return table

    def _facts(self, decision: Decision) -> Iterator[RenderableType]:
        scored = {
            one.characteristic for trace in traces(decision, self._explainer, self._codes) for one in trace.points
        }
        rest = [fact for fact in decision.facts if fact.name not in scored]
        told = ", ".join(f"{self._title(fact.name)} {self._value(fact.value, fact.kind)}" for fact in rest)
        if told:
            yield Padding(f"{word('facts', self._language)}: {escape(told)}", (0, 0, 0, 4), style="dim")

    def _title(self, name: str) -> str:
        definition = self._policy.facts.get(name)
        return (definition.title.in_language(self._language) if definition else "") or name

    def _case(self, case: LadderCase) -> Iterator[RenderableType]:
        level = f"{case.level.id} {case.level.action}" if case.level else "-"
        owner = f", {word('owner', self._language)} {case.level.owner}" if case.level and case.level.owner else ""
        yield f"\n[bold]{word('escalation', self._language)}[/bold] {escape(case.ladder)}: {escape(level + owner)}"
        for trigger in case.triggers:
            reasons = ", ".join(self._reason_title(code) for code in trigger.reasons)
            yield Padding(f"- {escape(f'{trigger.id} {trigger.action}: {reasons}')}", (0, 0, 0, 4))
        worst = sorted(case.items, key=lambda item: (-item.days_past_due, item.invoice_id))
        for item in worst[:_ITEMS_SHOWN]:
            open_amount = money(self._codes.text(item.open_amount, Kind.MONEY))
            days = f"{item.days_past_due} {word('days past due', self._language)}"
            yield Padding(escape(f"{item.invoice_id}  {open_amount}  {days}"), (0, 0, 0, 4), style="dim")
        if len(worst) > _ITEMS_SHOWN:
            yield Padding(f"+ {len(worst) - _ITEMS_SHOWN:,}", (0, 0, 0, 4), style="dim")

    def _reason_title(self, code: str) -> str:
        titles: Mapping[str, str] = {c: r.title.in_language(self._language) for c, r in self._policy.reasons.items()}
        return titles.get(code, code)
