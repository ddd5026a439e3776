"""A customer's credit file: what is known, what stands, what is owed, what was decided and what is open."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from sqlalchemy.orm import Session

from policy_service.domain.acting import Act
from policy_service.domain.amounts import from_scaled
from policy_service.domain.entries import Customer
from policy_service.domain.instants import business_day
from policy_service.domain.outcomes import DecisionType
from policy_service.domain.values import Currency, Kind, scale
from policy_service.engines.arithmetic import subtract
from policy_service.facts.exposure import ExposurePart
from policy_service.facts.knowledge import Knowledge
from policy_service.facts.measure import Circumstances, exposure_by_component
from policy_service.facts.prepared_history import version_in_force
from policy_service.services.code_book import CodeBook, Plain
from policy_service.services.compiled_policy import CompiledPolicy
from policy_service.services.customer_facts import CustomerFacts, FactsAsked, facts_of
from policy_service.services.decisions.in_force import InForce, in_force, kept_of
from policy_service.services.decisions.weighing import Subject
from policy_service.services.house import House
from policy_service.services.known_customers import KnownLedger
from policy_service.services.record import standing_plain
from policy_service.storage.case_store import CaseStore
from policy_service.storage.decision_store import DecisionStore, StoredDecision
from policy_service.storage.effect_store import EffectStore, StoredEffect
from policy_service.storage.kept_together import Kept
from policy_service.storage.order_store import OrderStore, StoredOrder
from policy_service.storage.override_store import OverrideStore, StoredOverride
from policy_service.storage.standing_store import StandingStore, StoredStanding
from policy_service.storage.stored_cases import CaseNow

#: As many of each list stand in the file; the rest is listed at its own place.
SHOWN: Final = 20


@dataclass(frozen=True, slots=True)
class CreditFile:
    """Everything about one customer on a business day; amounts are decimal text in the base currency.

    `standing` are its values under overrides and effects; `reviewed` is the review that left it in force, none for a
    recorded standing or before the first. `exposure_parts` add up to `exposure`.
    """

    customer: Customer
    as_of: dt.date
    currency: Currency
    group: tuple[str, ...]
    standing: Mapping[str, Plain]
    reviewed: StoredStanding | None
    proposed: StoredStanding | None
    effects: tuple[StoredEffect, ...]
    exposure: str
    headroom: Plain
    exposure_parts: Mapping[str, tuple[str, int]]
    orders: tuple[StoredOrder, ...]
    overrides: tuple[StoredOverride, ...]
    cases: tuple[CaseNow, ...]
    standings: tuple[StoredStanding, ...]
    decisions: tuple[StoredDecision, ...]


def credit_file(house: House, session: Session, customer_id: str, act: Act) -> CreditFile:
    """Return the customer's file as of the act's instant; RequestError R404 for an unknown customer."""
    view = CustomerNow(house, session, customer_id, act)
    counts, codes = view.counts, view.codes
    parts = exposure_by_component(view.ledger, customer_id, view.knowledge, view.circumstances)
    exposure = sum(part.amount for part in parts.values())
    standings, day = StandingStore(session), view.knowledge.day
    return CreditFile(
        customer=version_in_force(view.ledger.history(customer_id), day),
        as_of=day,
        currency=view.ledger.currency,
        group=tuple(view.ledger.group_of(customer_id, view.knowledge)),
        standing=standing_plain(counts.standing, codes),
        reviewed=standings.in_force(customer_id),
        proposed=standings.proposed(customer_id),
        effects=tuple(EffectStore(session).in_force(customer_id)),
        exposure=view.amount(exposure),
        headroom=codes.plain(subtract(counts.standing.values["credit_limit"], exposure), Kind.MONEY),
        exposure_parts={component.value: view.part(part) for component, part in parts.items()},
        orders=tuple(OrderStore(session).page(customer_id=customer_id, limit=SHOWN).orders),
        overrides=OverrideStore(session).page(customer_id=customer_id, counting_on=day, limit=SHOWN),
        cases=CaseStore(session).open_of(customer_id),
        standings=standings.page(customer_id=customer_id, limit=SHOWN),
        decisions=DecisionStore(session).page(customer_id=customer_id, limit=SHOWN).decisions,
    )


def facts_of_customer(house: House, session: Session, asked: FactsAsked, act: Act) -> CustomerFacts:
    """Return the customer's facts under the policy and the standings in force; RequestError R404, R405."""
    view = CustomerNow(house, session, asked.customer_id, act, asked.knowledge)
    return facts_of(house, session, asked, view.version.policy, view.circumstances.terms)


class CustomerNow:
    """One customer as it stands at an instant, with what is `kept` of it and what `counts` of that."""

    def __init__(
        self, house: House, session: Session, customer_id: str, act: Act, knowledge: Knowledge | None = None
    ) -> None:
        self.version: CompiledPolicy = house.policies.effective(session, house.settings.default_policy, act.at)
        self.codes = CodeBook(self.version.policy)
        self.knowledge = knowledge or Knowledge(business_day(act.at, house.settings.zone), includes_day=True)
        self.ledger: KnownLedger = house.customers.at(session)
        self.ledger.history(customer_id)
        members = self.ledger.group_of(customer_id, self.knowledge)
        self.kept: Kept = kept_of(session, members, self.knowledge.day, self.ledger.head)
        self.subject = Subject(DecisionType.ORDER, customer_id)
        self.counts: InForce = in_force(
            session, self.kept, self.version, self.ledger, self.knowledge, self.subject, self.codes
        )
        policy = self.version.policy
        self.circumstances = Circumstances(
            parameters=policy.parameters,
            exposure=policy.exposure,
            exposure_of_group=policy.exposure_of_group,
            terms={**self.counts.terms, customer_id: self.counts.standing.terms()},
            orders=self.counts.orders,
        )

    def amount(self, minor: int) -> str:
        """Return minor units of the base currency as decimal text."""
        return from_scaled(minor, scale(Kind.MONEY, self.ledger.currency))

    def part(self, part: ExposurePart) -> tuple[str, int]:
        """Return the amount of a component of the exposure, and how many entries are behind it."""
        return self.amount(part.amount), len(part.entries)
