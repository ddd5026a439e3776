"""Decide live: from the ledger, the standing, the orders and the overrides that the transaction sees; stored in it."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date

import msgspec
from msgspec.structs import replace
from sqlalchemy.orm import Session

from policy_service.domain.acting import Act
from policy_service.domain.errors import FactError, RequestError
from policy_service.domain.instants import Instant, business_day, instant_text, start_of_day
from policy_service.domain.outcomes import DecisionType
from policy_service.facts.knowledge import Knowledge
from policy_service.services.base_currency import other_currency
from policy_service.services.chain_decision import (
    Decision,
    Grounds,
    Reading,
    judged,
    read,
    read_without_measuring,
    referred,
    unmeasured,
)
from policy_service.services.code_book import CodeBook
from policy_service.services.compiled_policy import CompiledPolicy
from policy_service.services.decisions.in_force import group_of, in_force, reads_groups
from policy_service.services.decisions.order_amounts import OrderAmount, read_asked
from policy_service.services.decisions.storing import Matter, NewDecision, Purpose, new_decision
from policy_service.services.decisions.substitutes import read_substitutes
from policy_service.services.decisions.telling import tell_of
from policy_service.services.decisions.weighing import Subject
from policy_service.services.explain import explanation
from policy_service.services.house import House
from policy_service.services.known_customers import KnownLedger
from policy_service.services.record import About, standing_plain
from policy_service.services.request_facts import missing_request, request_lacks
from policy_service.services.standings import Standing, overridden_standing
from policy_service.services.standings_in_force.texts import value_of
from policy_service.storage.decision_store import DecisionStore
from policy_service.storage.kept_together import Kept, held_and_seen


def _not_timed() -> int:
    return 0


class Asked(msgspec.Struct, frozen=True):
    """A question: of which type, upon whom, and what the asking system says of its request, as texts by fact.

    The order's amount is in `currency`, if that is not the base currency (empty). `took` tells the microseconds
    since the question came. `wanted_by` are those who want the order and are not on record for it yet: who asks for
    it, or amends it.
    """

    decision_type: DecisionType
    customer_id: str
    request: Mapping[str, str] = msgspec.field(default_factory=dict)
    order_id: str = ""
    explains: bool = False
    currency: str = ""
    took: Callable[[], int] = _not_timed
    wanted_by: frozenset[str] = frozenset()


def review_before(order: Asked) -> Asked:
    """Return the question about the review that a customer without a standing needs before an order."""
    return Asked(DecisionType.REVIEW, order.customer_id, took=order.took)


class Given(msgspec.Struct, frozen=True):
    """A decision as it was given, with its `record`, which is stored.

    `standing` is the one it was decided under, of a review the one before it; `codes` write its values. `amount` is
    that of the order, none where none was asked about or its amount is not known. `explanation` is there if it was
    asked for.
    """

    record: NewDecision
    decision: Decision
    version: CompiledPolicy
    as_of: date
    standing: Standing
    codes: CodeBook
    explanation: Mapping[str, object] | None = None
    amount: OrderAmount | None = None

    @property
    def decision_id(self) -> str:
        """Under which id it is stored."""
        return self.record.decision_id

    @property
    def customer_id(self) -> str:
        """Upon whom it is."""
        return self.record.customer_id


class Situation(msgspec.Struct, frozen=True):
    """Under which version and upon what knowledge is decided, and what for.

    Entries were known up to `known_until`; `kept` is what else decisions upon the customer and its group read.
    `substituted` texts, by fact, stand in the place of what would be read, and `standing`, if given, by output, in
    that of the standing in force. `is_new_order`: nobody has asked about the order before, as far as is known.
    `has_chain`: this process has stored a decision before, as far as is known.
    """

    version: CompiledPolicy
    ledger: KnownLedger
    knowledge: Knowledge
    known_until: Instant
    kept: Kept
    purpose: Purpose = Purpose.LIVE
    substituted: Mapping[str, str] = msgspec.field(default_factory=dict)
    standing: Mapping[str, str] | None = None
    is_new_order: bool = False
    has_chain: bool = False


def decide(
    house: House,
    session: Session,
    asked: Asked,
    act: Act,
    version: CompiledPolicy | None = None,
    as_of: date | None = None,
    includes_day: bool = True,
) -> Given:
    """Decide on what the session's transaction sees, and store the decision in it; nothing else changes.

    Without a version the one that counts at the instant of the act; without a day the one it falls on. The start of
    the day is decided on where `includes_day` is not set. The customer, and its group where the policy reads groups,
    is held until the transaction ends. What cannot be measured is a stored refer. RequestError: R404 no such
    customer, R405 another base currency, R402 a fact of the request that cannot be read, R409 one that lacks, R421
    no version counts.
    """
    situation = present(house, session, asked.customer_id, act, version, as_of, includes_day)
    return give(house, session, asked, act, situation)


def present(
    house: House,
    session: Session,
    customer_id: str,
    act: Act,
    version: CompiledPolicy | None = None,
    as_of: date | None = None,
    includes_day: bool = True,
    order_id: str = "",
) -> Situation:
    """Return the situation in which `decide` decides upon a customer, and upon an order, and hold the customer for it.

    What is decided on is read after that, as whoever held the customer may have changed it: all in one question.
    """
    zone, policy_id = house.settings.zone, house.settings.default_policy
    day = as_of or business_day(act.at, zone)
    knowledge = Knowledge(day, includes_day)
    held = _supposed_group(house, session, customer_id, knowledge, act, version)
    while True:
        seen = held_and_seen(session, held, day, policy_id, act.at, order_id, house.writer)
        chosen = version or house.policies.counting(session, policy_id, seen.version, act.at)
        ledger = house.customers.at_head(session, seen.head)
        group = group_of(chosen, ledger, customer_id, knowledge)
        if set(held).issuperset(group):
            break
        # The group has grown, or another version counts, which reads groups.
        held = group
    known_until = act.at if includes_day else start_of_day(day, zone)
    is_new, has_chain = seen.is_new_order, seen.has_chain
    return Situation(chosen, ledger, knowledge, known_until, seen.kept, is_new_order=is_new, has_chain=has_chain)


def give(house: House, session: Session, asked: Asked, act: Act, situation: Situation) -> Given:
    """Decide in a situation, as `decide` does in the present one; store the decision, and tell of a live one."""
    given = decided(house, session, asked, act, situation)
    DecisionStore(session).append(house.writer, [given.record])
    if situation.purpose is Purpose.LIVE:
        tell_of(house, session, given.decision_id, given.decision, act)
    return given


def decided(house: House, session: Session, asked: Asked, act: Act, situation: Situation) -> Given:
    """Decide as `give` does, but leave it to the caller to store the decision, and to tell of it."""
    _check(asked, situation)
    version, day = situation.version, situation.knowledge.day
    sitting = _Sitting(session, asked, situation)
    decision = sitting.decide()
    explained = explanation(decision, version.explainer, sitting.codes) if asked.explains else None
    matter = Matter(
        asked.decision_type,
        asked.customer_id,
        asked.order_id,
        day,
        situation.known_until,
        situation.ledger.head,
        situation.purpose,
    )
    record = new_decision(house, version, matter, decision, act, asked.took())
    standing, amount = sitting.counts.standing, sitting.request.amount
    return Given(record, decision, version, day, standing, sitting.codes, explained, amount)


def _supposed_group(
    house: House, session: Session, customer_id: str, knowledge: Knowledge, act: Act, version: CompiledPolicy | None
) -> Sequence[str]:
    supposed = version or house.policies.counted_last(session, house.settings.default_policy, act.at)
    if not reads_groups(supposed):
        return (customer_id,)
    return group_of(supposed, house.customers.at(session), customer_id, knowledge)


def _check(asked: Asked, situation: Situation) -> None:
    situation.ledger.history(asked.customer_id)
    version = situation.version
    if situation.ledger.currency != version.policy.currency:
        raise other_currency(situation.ledger.currency, version.policy)
    given = {*asked.request, *situation.substituted}
    if asked.decision_type is DecisionType.ORDER and request_lacks(version, given):
        raise missing_request(version)


class _Sitting:
    """One question while it is decided."""

    def __init__(self, session: Session, asked: Asked, situation: Situation) -> None:
        version, knowledge, head = situation.version, situation.knowledge, situation.ledger.head
        policy = version.policy
        self._asked = asked
        self._situation = situation
        self._version = version
        self.codes = CodeBook(policy)
        self.request = read_asked(session, asked.request, asked.currency, policy, self.codes, knowledge.day, head)
        self._substituted = read_substitutes(situation.substituted, policy, self.codes)
        amount = self.request.amount.base_amount if self.request.amount else None
        subject = Subject(asked.decision_type, asked.customer_id, asked.order_id, amount, asked.wanted_by)
        counts = in_force(session, situation.kept, version, situation.ledger, knowledge, subject, self.codes)
        self.counts = counts if situation.standing is None else replace(counts, standing=self._said(situation.standing))

    def decide(self) -> Decision:
        """Return the decision; what cannot be decided waits for a person."""
        try:
            reading = self._reading()
        except FactError as error:
            reading = read_without_measuring(self._version, self._asked.decision_type, self._grounds)
            about = unmeasured(self._about(), error)
            return referred(self._version, about, reading, self.counts.overrides, self.codes)
        try:
            return judged(self._version, self._about(), reading, self.counts.overrides, self.codes)
        except RequestError as error:
            # What somebody once overrode, the version in force no longer sets.
            about = replace(self._about(), fault=str(error))
            return referred(self._version, about, reading, (), self.codes)

    def _said(self, standing: Mapping[str, str]) -> Standing:
        return overridden_standing(
            Standing(), {name: value_of(name, text, self.codes) for name, text in standing.items()}
        )

    def _reading(self) -> Reading:
        if self.request.fault:
            raise self.request.fault
        return read(self._version, self._asked.decision_type, self._grounds, self.codes)

    @property
    def _grounds(self) -> Grounds:
        situation, counts = self._situation, self.counts
        return Grounds(
            customer_id=self._asked.customer_id,
            ledger=situation.ledger,
            knowledge=situation.knowledge,
            standing=overridden_standing(counts.standing, self._substituted),
            terms=counts.terms,
            request=self.request.values,
            orders=counts.orders,
            substituted=self._substituted,
        )

    def _about(self) -> About:
        asked, situation, policy = self._asked, self._situation, self._version.policy
        return About(
            decision_type=asked.decision_type,
            customer_id=asked.customer_id,
            as_of=situation.knowledge.day,
            policy=policy,
            policy_hash=self._version.hash,
            version=self._version.number,
            order_id=asked.order_id,
            known_until=instant_text(situation.known_until) if situation.knowledge.includes_day else "",
            ledger_head=situation.ledger.head,
            request=asked.request,
            currency=self.request.amount.currency if self.request.amount else "",
            standing=standing_plain(self.counts.standing, self.codes),
            substituted=situation.substituted,
            set_aside=self.counts.set_aside,
        )
