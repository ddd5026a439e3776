"""A customer climbs its ladders: levels and triggers fire, cases open and go on, effects begin.

What fires is planned first and recorded as an escalation decision; then it is carried out in the same
transaction. In the daily run that is the morning of a day; a live escalation fires at once what a morning
would have fired by then, and no morning fires it again.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from sqlalchemy.orm import Session

from policy_service.domain.acting import Act
from policy_service.facts.knowledge import Knowledge
from policy_service.facts.open_items import OpenItem
from policy_service.language.definitions.built_in_facts import LADDER_INPUT
from policy_service.language.rule_sets import Level, Trigger
from policy_service.services.decisions.deciding import Given
from policy_service.services.decisions.in_force import group_of, kept_of
from policy_service.services.escalation.firing import LadderPlan, Past, levels_upward, plan, truths
from policy_service.services.escalation.looking import Rung, look, look_of
from policy_service.services.escalation.tally import Happened, Tally
from policy_service.services.escalation.telling import CLIMBED, OPENED, tell_of_proposal, tell_of_step
from policy_service.services.house import House
from policy_service.services.standings_in_force.effects import StepEffects, apply_effects
from policy_service.services.standings_in_force.texts import text_of
from policy_service.storage.case_store import CaseStore
from policy_service.storage.customer_locks import lock_customers
from policy_service.storage.morning_store import Morning, MorningStore
from policy_service.storage.stored_cases import CaseNow, Doing, NewStep, Step


def climb(house: House, session: Session, given: Given, act: Act) -> tuple[CaseNow, ...]:
    """Carry out a live escalation decision, and return the customer's open cases.

    Each level fires once for an invoice and at most one a day, as in the daily run. Triggers fire if their
    condition is true now and was not on the last morning.
    """
    customer_id = given.customer_id
    lock_customers(session, [customer_id])
    ledger = house.customers.at(session)
    mornings = MorningStore(session)
    seen = look_of(given, ledger, Knowledge(given.as_of, includes_day=True))
    morning = mornings.morning(customer_id)
    before = dict(morning.triggers) if morning else {}
    if truths(seen).keys() - before.keys():
        eve = Knowledge(given.as_of - timedelta(days=1))
        kept = kept_of(session, group_of(given.version, ledger, customer_id, eve), eve.day, ledger.head)
        before = truths(look(session, given.version, ledger, customer_id, eve, kept)) | before
    past = Past(CaseStore(session).steps_of_customer(customer_id), mornings.first_day() or given.as_of, before)
    carry_out(house, session, plan(seen, past), given, act, Tally())
    fired = {name for name, is_true in truths(seen).items() if is_true}
    was = morning or Morning(given.as_of - timedelta(days=1), {})
    mornings.put(customer_id, replace(was, triggers=before | dict.fromkeys(fired, True)))
    return tuple(case for case in CaseStore(session).open_of(customer_id) if case.ladder)


def carry_out(
    house: House, session: Session, plans: Sequence[LadderPlan], given: Given, act: Act, tally: Tally
) -> None:
    """Fire what is planned, under the escalation decision given."""
    firing = _Firing(house, session, given, act, tally)
    for one in plans:
        firing.fire(one)
    begun = apply_effects(house, session, given.customer_id, firing.effects, given, act)
    tally.add(Happened.EFFECTS_BEGUN, len(begun))


@dataclass(frozen=True, slots=True)
class _Fires:
    """A level with its invoices, or a trigger, that fires now."""

    rung: Rung
    step: Level | Trigger
    items: tuple[OpenItem, ...]

    @property
    def name(self) -> str:
        return f"{self.rung.ladder.name}.{self.step.id}"

    @property
    def invoices(self) -> Sequence[str]:
        # A trigger is of no invoice.
        return [item.invoice_id for item in self.items] or [""]

    def effects(self) -> Mapping[str, int]:
        more = {LADDER_INPUT: max(item.days_past_due for item in self.items)} if self.items else {}
        return {effect.name: self.rung.value(effect.expression, more) for effect in self.step.effects}


class _Firing:
    """The levels and triggers of one customer while they fire."""

    def __init__(self, house: House, session: Session, given: Given, act: Act, tally: Tally) -> None:
        self._house = house
        self._session = session
        self._given = given
        self._act = act
        self._tally = tally
        self._cases = CaseStore(session)
        self._open = {case.ladder: case for case in self._cases.open_of(given.customer_id)}
        self.effects: list[StepEffects] = []

    def fire(self, one: LadderPlan) -> None:
        for level, items in one.levels:
            self._fire(_Fires(one.rung, level, items))
        for trigger in one.triggers:
            self._fire(_Fires(one.rung, trigger, ()))
        if one.passed:
            self._pass_over(one)

    def _fire(self, fires: _Fires) -> None:
        doing = self._doing(fires.step)
        ladder, values = fires.rung.ladder.name, fires.effects()
        is_proposed = bool(fires.step.approval)
        case = self._open.get(ladder)
        is_new = case is None
        if case is None:
            given = self._given
            case = self._cases.open(
                self._house.new_id(), given.customer_id, given.version.policy.id, ladder, doing, given.as_of
            )
            self._tally.add(Happened.CASES_OPENED)
        steps = self._cases.steps(case.case_id)
        is_known = any(step.state == "fired" for step in steps)
        if not is_new and not is_proposed and leads(levels_upward(fires.rung), fires.step.id, steps):
            # What has no deadline of its own does not take away the one there is.
            case = self._cases.advance(case.case_id, replace(doing, deadline=doing.deadline or case.deadline))
        self._open[ladder] = case
        self._cases.add_steps(case, self._new_steps(fires, doing, values))
        self._count(fires, is_proposed=is_proposed)
        if is_proposed:
            role = fires.step.approval
            tell_of_proposal(self._house, self._session, case, doing, fires.invoices, role, self._act)
            return
        self.effects.append(StepEffects(ladder, fires.step.id, values))
        invoices = [item.invoice_id for item in fires.items]
        tell_of_step(self._house, self._session, CLIMBED if is_known else OPENED, case, doing, invoices, self._act)

    def _new_steps(self, fires: _Fires, doing: Doing, values: Mapping[str, int]) -> list[NewStep]:
        effects = {name: text_of(name, value, self._given.codes) for name, value in values.items()}
        new = NewStep(
            fires.rung.ladder.name,
            doing,
            "",
            self._given.as_of,
            "proposed" if fires.step.approval else "fired",
            effects,
            fires.step.approval,
            self._given.decision_id,
        )
        return [replace(new, invoice_id=invoice_id) for invoice_id in fires.invoices]

    def _pass_over(self, one: LadderPlan) -> None:
        ladder = one.rung.ladder.name
        self._cases.add_steps(
            self._open[ladder],
            [
                NewStep(ladder, Doing(level.id), item.invoice_id, self._given.as_of, "passed_over")
                for level, item in one.passed
            ],
        )

    def _doing(self, step: Level | Trigger) -> Doing:
        days = step.deadline_days
        deadline = None if days is None else later(self._given.as_of, days)
        return Doing(step.id, step.action, step.channel, step.owner, deadline)

    def _count(self, fires: _Fires, *, is_proposed: bool) -> None:
        self._tally.add(Happened.NOTICES, len(fires.invoices), fires.name)
        self._tally.add(Happened.CASE_STEPS, 1, fires.name)
        self._tally.add(Happened.PROPOSED, int(is_proposed))


def leads(levels: Iterable[Level], step_id: str, steps: Iterable[Step]) -> bool:
    """Return whether a step says what is to be done about a case: a trigger, or a level not below those it reached.

    `levels` go from the lowest up.
    """
    ranks = {level.id: rank for rank, level in enumerate(levels)}
    reached = max((ranks.get(step.level, -1) for step in steps if step.state == "fired"), default=-1)
    return ranks.get(step_id, reached) >= reached


def later(day: date, days: int) -> date | None:
    """Return the day so many days later; none behind the end of the calendar."""
    try:
        return day + timedelta(days=days)
    except OverflowError:
        return None
