"""History once more under a policy, day by day and customer by customer, in the plainest words of REPLAY.md."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field

from policy_service.domain.days import day_number
from policy_service.domain.decisions import ChainResult
from policy_service.domain.entries import Ledger
from policy_service.domain.outcomes import DecisionType, Outcome
from policy_service.domain.values import UNKNOWN
from policy_service.engines.chain import Chains
from policy_service.engines.interpreter import Interpreter
from policy_service.engines.parameters import parameters_of
from policy_service.facts.groups_of_day import GroupsOfDay
from policy_service.language.feel.reading_names import names_in
from policy_service.language.policy import Policy
from policy_service.language.rule_set_parts import expressions_of
from policy_service.language.rule_sets import Ladder
from simulations.replay.options import HeldOrders, Mode, Options, PaymentBehaviour
from tests.simulations.plain.booking import Departure
from tests.simulations.plain.books import WHOLE
from tests.simulations.plain.climbing import Climb, Ladders, Morning, close_cases, release, true_triggers
from tests.simulations.plain.customer_books import AskedOrder, CustomerBooks, opened_books, orders_asked_for
from tests.simulations.plain.customer_day import CustomerDay, day_of
from tests.simulations.plain.facts import Asked, Codes
from tests.simulations.plain.happened import DecidedOrder, Happened
from tests.simulations.plain.standing import Standing, as_facts

GO_AHEAD = (Outcome.APPROVE, Outcome.PREPAY)
IDLE_DAYS = 400
DAYS_BETWEEN_REFERRED_REVIEWS = 30


@dataclass(slots=True)
class CustomerInRun:
    """One customer on its way through the window.

    `next_review` is the day on which the next review falls, `waits_for_order` says that one fell on a day on which the
    customer was idle, `referred_on` when the last review ended in refer. `waiting` are orders held until released.
    """

    customer_id: str
    books: CustomerBooks
    standing: Standing = field(default_factory=Standing)
    climb: Climb = field(default_factory=Climb)
    had_review: bool = False
    next_review: int | None = None
    waits_for_order: bool = False
    referred_on: int | None = None
    waiting: list[DecidedOrder] = field(default_factory=list)

    def ordered_on(self, day: int) -> bool:
        """Whether it asked for an order that day."""
        return any(order.date == day for order in self.books.orders)

    def ordered_in_the_days_before(self, day: int) -> bool:
        """Whether it asked for an order in the 400 days before."""
        return any(day - IDLE_DAYS <= order.date < day for order in self.books.orders)


def replay(ledger: Ledger, policy: Policy, options: Options, parameters: Mapping[str, int] | None = None) -> Happened:
    """Return what would have happened under the policy."""
    return _Replay(ledger, policy, options, parameters_of(policy, parameters)).run()


class _Replay:
    def __init__(self, ledger: Ledger, policy: Policy, options: Options, parameters: Mapping[str, int]) -> None:
        self.ledger, self.policy, self.options, self.parameters = ledger, policy, options, parameters
        self.codes = Codes(policy)
        engine = Interpreter(policy, parameters)
        self.chains = Chains(engine, policy)
        self.ladders = Ladders(policy, engine, parameters)
        self.groups = GroupsOfDay(ledger)
        self.reads = {one: facts_read(policy, one) for one in DecisionType}
        self.customers = {
            name: CustomerInRun(name, books) for name, books in opened_books(ledger, options.ends).items()
        }
        books = {name: one.books for name, one in self.customers.items()}
        self.happened = Happened(ledger, options, books)
        for ladder in policy.rule_sets:
            if isinstance(ladder, Ladder):
                for step in (*ladder.levels, *ladder.triggers):
                    self.happened.owners[f"{ladder.name}.{step.id}"] = step.owner

    def run(self) -> Happened:
        begins, every = self.options.begins, self.customers.values()
        self._warm_up(before=begins - 1)
        if not self.ladders.is_empty:
            for customer in every:
                day = self._day(customer, begins - 1)
                customer.climb.was_true = true_triggers(
                    self.ladders, day, self._values(customer, day, DecisionType.ESCALATION)
                )
        self._warm_up(before=begins)
        for day in range(begins, self.options.ends):
            self._one_day(day)
        self.happened.decided.sort(key=lambda one: one.order.customer_id)
        self.happened.fired.sort(key=lambda one: (one.customer_id, one.day))
        return self.happened

    def _warm_up(self, before: int) -> None:
        for customer in self.customers.values():
            for order in customer.books.orders:
                if order.date < before and order.id not in customer.books.went_ahead:
                    customer.books.let_through(order, order.date)

    def _one_day(self, day: int) -> None:
        every = list(self.customers.values())
        for customer in every:
            self._release(customer, day)
        for customer in every:
            self._climb(customer, day)
        for customer in every:
            self._review(customer, day)
        for waiting in sorted((one for each in every for one in each.waiting), key=lambda one: one.order.place):
            self._check_again(self.customers[waiting.order.customer_id], waiting, day)
        asked = [order for customer in every for order in customer.books.orders if order.date == day]
        for order in sorted(asked, key=lambda one: one.place):
            self._decide(self.customers[order.customer_id], order, day)

    # The steps of a day

    def _release(self, customer: CustomerInRun, day: int) -> None:
        if customer.standing.effects:
            seen = self._day(customer, day)
            values = self._values(customer, seen, DecisionType.ESCALATION)
            release(self.ladders, seen, values, customer.standing, customer.climb)

    def _climb(self, customer: CustomerInRun, day: int) -> None:
        if self.ladders.is_empty:
            return
        seen = self._day(customer, day)
        close_cases(seen, customer.climb)
        values = self._values(customer, seen, DecisionType.ESCALATION)
        standing, climb, begins = customer.standing, customer.climb, self.options.begins
        tell = self.happened.fired.append
        Morning(self.ladders, customer.customer_id, seen, values, standing, climb, begins, tell).climb_ladders()

    def _review(self, customer: CustomerInRun, day: int) -> None:
        if not self._review_falls(customer, day):
            return
        seen = self._day(customer, day)
        found = self.chains.run(DecisionType.REVIEW, self._values(customer, seen, DecisionType.REVIEW))
        customer.had_review, customer.waits_for_order = True, False
        if found.outcome is Outcome.REFER:
            customer.referred_on, customer.next_review = day, None
            return
        customer.referred_on = None
        customer.standing.review(self._stop_released(found), day)
        said = customer.standing.said
        days = said["next_review_days"]
        customer.next_review = None if days == UNKNOWN else day + max(1, days)
        name = customer.customer_id
        self.happened.reviews[name] = self.happened.reviews.get(name, 0) + 1
        self.happened.grades.pop(name, None)
        if said["grade"] != UNKNOWN:
            self.happened.grades[name] = self.codes.text_of(said["grade"])

    def _stop_released(self, found: ChainResult) -> Mapping[str, object]:
        """Return a review's outputs; a stop that all its rows release at once is none."""
        released = [
            row.id in result.releases
            for result in found.rule_sets
            for row in getattr(self.policy.rule_set(result.rule_set), "rows", ())
            if row.id in result.hits and row.output("stop_credit")
        ]
        return {**found.outputs, "stop_credit": 0} if released and all(released) else found.outputs

    def _review_falls(self, customer: CustomerInRun, day: int) -> bool:
        has_order = customer.ordered_on(day)
        if not customer.had_review:
            return has_order
        is_told = any(
            one.kind in self.policy.review_on and max(day_number(one.date), day_number(one.posted_on)) + 1 == day
            for one in customer.books.history.events
        )
        is_due = customer.next_review is not None and day >= customer.next_review
        if is_told or is_due:
            # Of an idle customer it is made on the day of its next order.
            if has_order or customer.ordered_in_the_days_before(day):
                return True
            customer.waits_for_order = True
        if has_order and customer.waits_for_order:
            return True
        referred_on = customer.referred_on
        return has_order and referred_on is not None and day >= referred_on + DAYS_BETWEEN_REFERRED_REVIEWS

    def _check_again(self, customer: CustomerInRun, waiting: DecidedOrder, day: int) -> None:
        order = waiting.order
        found = self._asked(customer, order, day)
        if found.outcome in GO_AHEAD:
            customer.waiting.remove(waiting)
            waiting.went_ahead = day
            customer.books.let_through(order, day, self._departure(customer, order, found, day))
        elif day >= order.date + self.options.release_days:
            customer.waiting.remove(waiting)

    def _decide(self, customer: CustomerInRun, order: AskedOrder, day: int) -> None:
        found = self._asked(customer, order, day)
        reason = found.reasons[0].code if found.reasons and found.outcome is not Outcome.APPROVE else ""
        hit = next(((one.rule_set, one.hits[0]) for one in found.rule_sets if one.hits), None)
        decided = DecidedOrder(order, found.outcome, reason, hit)
        self.happened.decided.append(decided)
        if self.options.mode is Mode.OPEN:
            decided.went_ahead = day
            customer.books.let_through(order, day)
        elif found.outcome in GO_AHEAD:
            decided.went_ahead = day
            customer.books.let_through(order, day, self._departure(customer, order, found, day))
        elif found.outcome is not Outcome.DECLINE and self.options.held_orders is HeldOrders.PREPAID:
            decided.went_ahead = day
            customer.books.let_through(order, day, self._departure(customer, order, found, day, percent=WHOLE))
        elif self._may_be_released(found.outcome):
            customer.waiting.append(decided)

    def _may_be_released(self, outcome: Outcome) -> bool:
        options = self.options
        waits = options.held_orders is HeldOrders.RELEASED and options.release_days > 0
        return waits and outcome is not Outcome.DECLINE

    # What a decision reads and does

    def _asked(self, customer: CustomerInRun, order: AskedOrder, day: int) -> ChainResult:
        values = self._values(customer, self._day(customer, day), DecisionType.ORDER)
        return self.chains.run(DecisionType.ORDER, {**values, "order_amount": order.base})

    def _departure(
        self, customer: CustomerInRun, order: AskedOrder, found: ChainResult, day: int, percent: int | None = None
    ) -> Departure:
        standing = customer.standing.on(day, self.policy)
        if percent is None:
            said = found.outputs.get("prepay_percent", UNKNOWN)
            percent = said if isinstance(said, int) else UNKNOWN
        if percent == UNKNOWN:
            percent = standing["prepay_percent"]
        if percent == UNKNOWN:
            percent = WHOLE if found.outcome is Outcome.PREPAY else 0
        term = standing["payment_term_days"]
        return Departure(
            waited=day - order.date,
            term=None if term == UNKNOWN else term,
            percent=percent,
            on=day,
            keeps_dates=self.options.payment_behaviour is PaymentBehaviour.KEEP_DATE,
        )

    def _day(self, customer: CustomerInRun, day: int) -> CustomerDay:
        values = customer.standing.on(day, self.policy)
        return CustomerDay(customer.books, day, values["credit_limit"], values["grace_days"])

    def _values(self, customer: CustomerInRun, seen: CustomerDay, decision_type: DecisionType) -> dict[str, int]:
        group = [seen]
        if self.policy.exposure_of_group or any(self.policy.facts[one].group for one in self.reads[decision_type]):
            members = self.groups.group_of(customer.customer_id, day_of(seen.d))
            group = [seen if one == customer.customer_id else self._day(self.customers[one], seen.d) for one in members]
        asked = Asked(self.ledger, self.policy, self.parameters, seen, group)
        values = as_facts(customer.standing.on(seen.d, self.policy))
        for name in self.reads[decision_type]:
            value = asked.fact(self.policy.facts[name], self.codes)
            if value is not None:
                values[name] = value
        return values


def facts_read(policy: Policy, decision_type: DecisionType) -> tuple[str, ...]:
    """Return the facts that the rule sets of a chain read."""
    names = {
        name.name
        for rule_set in policy.chain(decision_type)
        for expression in expressions_of(rule_set)
        for name in names_in(expression)
    }
    return tuple(sorted(name for name in names if name in policy.facts))


def window_of(ledger: Ledger) -> tuple[dt.date, dt.date] | None:
    """Return the window of a whole ledger: from its earliest order to the day after its latest; none without orders."""
    dates = [one.date for history in ledger.histories.values() for one in orders_asked_for(ledger, history)]
    return (day_of(min(dates)), day_of(max(dates) + 1)) if dates else None
