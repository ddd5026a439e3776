"""A customer's morning on its ladders: effects released, cases closed, levels and triggers fired."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field

from policy_service.domain.decisions import RuleSetResult
from policy_service.domain.errors import EngineFault
from policy_service.domain.outcomes import DecisionType
from policy_service.domain.values import UNKNOWN
from policy_service.engines.conditions import Conjunctions, cells_of
from policy_service.engines.formulas import prepare, run
from policy_service.engines.interpreter import Interpreter
from policy_service.language.definitions.standing import STANDING_OUTPUTS
from policy_service.language.feel.expressions import Expression
from policy_service.language.policy import Policy
from policy_service.language.rule_sets import Ladder, LadderMode, Level, Trigger
from tests.simulations.plain.books import BookedInvoice
from tests.simulations.plain.customer_day import CustomerDay
from tests.simulations.plain.happened import Firing
from tests.simulations.plain.standing import Standing

DAYS_PAST_DUE = "days_past_due"


@dataclass(slots=True)
class Climb:
    """Where a customer stands on its ladders.

    `taken` are the levels that fired for an invoice, or were passed over; `fired_by` the invoices that fired a level;
    `cases` the invoices of the open case of each ladder; `was_true` what each trigger was on the morning before.
    """

    taken: set[tuple[str, str, str]] = field(default_factory=set)
    fired_by: dict[tuple[str, str], set[str]] = field(default_factory=dict)
    cases: dict[str, set[str]] = field(default_factory=dict)
    was_true: set[tuple[str, str]] = field(default_factory=set)


@dataclass(frozen=True, slots=True)
class Rung:
    """One ladder with what it says, and the values it was asked with."""

    ladder: Ladder
    result: RuleSetResult
    scope: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Ladders:
    """The ladders of a policy with the engine that judges them."""

    policy: Policy
    engine: Interpreter
    parameters: Mapping[str, int]

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to climb."""
        return not any(isinstance(one, Ladder) for one in self.policy.chain(DecisionType.ESCALATION))

    def rungs(self, values: Mapping[str, int], days_past_due: int) -> Iterator[Rung]:
        """Yield what each ladder of the chain says of an item so many days past due."""
        scope = {**values, DAYS_PAST_DUE: days_past_due}
        for rule_set in self.policy.chain(DecisionType.ESCALATION):
            result = self.engine.evaluate(rule_set.name, scope)
            if result.ends_the_chain:
                return
            if isinstance(rule_set, Ladder):
                yield Rung(rule_set, result, dict(scope))
            scope.update(dict.fromkeys(rule_set.output_names, UNKNOWN))
            scope.update({name: value for name, value in result.outputs.items() if isinstance(value, int)})

    def stands(self, rung: Rung) -> bool:
        """Return whether the ladder is one for this customer."""
        when = Conjunctions([cells_of(rung.ladder.when)], self.parameters)
        matched, _ = when.match(rung.scope)
        return bool(matched)

    def value(self, expression: Expression, scope: Mapping[str, int]) -> int:
        """Return what a formula comes to; unknown outside the range of values."""
        try:
            return run(prepare(expression, self.parameters), scope)
        except EngineFault:
            return UNKNOWN


def oldest(day: CustomerDay) -> int:
    """Return how long the oldest undisputed open invoice is past due, negative before; unknown without one."""
    return max((day.d - one.due for one in undisputed(day)), default=UNKNOWN)


def undisputed(day: CustomerDay) -> list[BookedInvoice]:
    """Return the open invoices that are in no dispute, by issue date, then id."""
    found = [one.invoice for one in day.open_invoices if not day.is_disputed(one.invoice)]
    return sorted(found, key=lambda one: (one.issued, one.id))


def release(ladders: Ladders, day: CustomerDay, values: Mapping[str, int], standing: Standing, climb: Climb) -> None:
    """End the effects whose release condition holds, or none of whose invoices is open."""
    steps = {
        (rung.ladder.name, step.id): (step, rung)
        for rung in ladders.rungs(values, oldest(day))
        for step in (*rung.ladder.levels, *rung.ladder.triggers)
    }
    still_open = {one.invoice.id for one in day.open_invoices}
    for key in list(standing.effects):
        # A ladder that an engine fault kept from speaking releases nothing.
        if key in steps:
            step, rung = steps[key]
            fired_by = climb.fired_by.get(key, set())
            ends = step.id in rung.result.releases if step.release else not fired_by & still_open
            if ends:
                del standing.effects[key]


def true_triggers(ladders: Ladders, day: CustomerDay, values: Mapping[str, int]) -> set[tuple[str, str]]:
    """Return the triggers whose condition is true."""
    return {
        (rung.ladder.name, trigger.id)
        for rung in ladders.rungs(values, oldest(day))
        for trigger in rung.ladder.triggers
        if trigger.id in rung.result.hits
    }


def close_cases(day: CustomerDay, climb: Climb) -> None:
    """Close the cases none of whose invoices is open."""
    still_open = {one.invoice.id for one in day.open_invoices}
    climb.cases = {ladder: invoices for ladder, invoices in climb.cases.items() if invoices & still_open}


@dataclass(slots=True)
class Morning:
    """One customer's morning on the ladder."""

    ladders: Ladders
    customer_id: str
    day: CustomerDay
    values: Mapping[str, int]
    standing: Standing
    climb: Climb
    first_day: int
    tell: Callable[[Firing], None]

    def climb_ladders(self) -> None:
        """Fire the levels that are due, then the triggers that have come true."""
        came_true = true_triggers(self.ladders, self.day, self.values)
        asked = list(self.ladders.rungs(self.values, oldest(self.day)))
        # Whether a ladder stands is asked of the customer, by its oldest invoice; the days of levels, of each.
        standing = {rung.ladder.name for rung in asked if self.ladders.stands(rung)}
        chosen = [
            (rung, level, invoice)
            for invoice in undisputed(self.day)
            for rung in self.ladders.rungs(self.values, self.day.d - invoice.due)
            if rung.ladder.name in standing
            for level in self._fires(rung, invoice)
        ]
        for ladder in self.ladders.policy.chain(DecisionType.ESCALATION):
            if isinstance(ladder, Ladder):
                for rung, level, invoice in chosen:
                    if rung.ladder is ladder:
                        self._fire(rung, level, invoice.id)
                for rung in asked:
                    for trigger in rung.ladder.triggers if rung.ladder is ladder else ():
                        key = (ladder.name, trigger.id)
                        if key in came_true and key not in self.climb.was_true:
                            self._fire(rung, trigger, "")
        self.climb.was_true = came_true

    def _fires(self, rung: Rung, invoice: BookedInvoice) -> list[Level]:
        """Return the one level that fires for the invoice today, if any does."""
        ladder, due = rung.ladder, []
        for place, level in enumerate(ladder.levels):
            days = self.ladders.value(level.days_past_due, rung.scope)
            is_new = (ladder.name, level.id, invoice.id) not in self.climb.taken
            is_reached = UNKNOWN < days <= self.day.d - invoice.due
            if is_reached and is_new and invoice.due + days >= self.first_day:
                due.append((days, place, level))
        if not due:
            return []
        due.sort(key=lambda one: one[:2])
        if ladder.mode is LadderMode.JUMP:
            # The levels passed over never fire.
            self.climb.taken |= {(ladder.name, level.id, invoice.id) for _, _, level in due}
            return [due[-1][2]]
        return [due[0][2]]

    def _fire(self, rung: Rung, step: Level | Trigger, invoice_id: str) -> None:
        name, climb = rung.ladder.name, self.climb
        opens = name not in climb.cases
        case = climb.cases.setdefault(name, set())
        if invoice_id:
            climb.taken.add((name, step.id, invoice_id))
            climb.fired_by.setdefault((name, step.id), set()).add(invoice_id)
            case.add(invoice_id)
        if step.effects and (name, step.id) not in self.standing.effects:
            self.standing.effects[name, step.id] = {
                output.name: self.ladders.value(output.expression, rung.scope)
                for output in step.effects
                if output.name in STANDING_OUTPUTS
            }
        self.tell(Firing(self.customer_id, self.day.d, name, step.id, invoice_id, opens))
