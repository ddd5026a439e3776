"""What counts for a customer besides the ledger: the standing, those of its group, live orders, overrides."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date

import msgspec
from msgspec.structs import replace
from sqlalchemy.orm import Session

from policy_service.domain.decisions import Override, SetAside
from policy_service.domain.instants import Instant
from policy_service.domain.outcomes import DecisionType
from policy_service.facts.customer_day import OrderDecisions
from policy_service.facts.debtor import StandingTerms
from policy_service.facts.knowledge import Knowledge
from policy_service.facts.live_orders import LiveOrder
from policy_service.services.code_book import CodeBook
from policy_service.services.compiled_policy import CompiledPolicy
from policy_service.services.decisions.weighing import Ground, Subject, Weighed, weigh
from policy_service.services.known_customers import KnownLedger
from policy_service.services.standings import Standing
from policy_service.services.standings_in_force.reading import standing_from
from policy_service.storage.effect_store import EffectStore
from policy_service.storage.kept_together import Kept, kept_now
from policy_service.storage.orders_as_known import orders_as_known
from policy_service.storage.override_store import OverrideStore
from policy_service.storage.standing_store import StandingStore


class InForce(msgspec.Struct, frozen=True):
    """What a decision is decided under; `overrides` are those of its own type, in the order they are applied.

    `set_aside` is what persons said of that type and of the standing, and does not count for this decision.
    """

    standing: Standing
    terms: Mapping[str, StandingTerms]
    orders: OrderDecisions
    overrides: tuple[Override, ...]
    set_aside: tuple[SetAside, ...] = ()


def reads_groups(version: CompiledPolicy) -> bool:
    """Return whether decisions upon a customer read what is known of its group."""
    return version.reads_of_groups or version.policy.exposure_of_group


def group_of(version: CompiledPolicy, ledger: KnownLedger, customer_id: str, knowledge: Knowledge) -> Sequence[str]:
    """Return the customers whose entries decisions upon this one read: its group, where the policy reads groups."""
    if reads_groups(version):
        return ledger.group_of(customer_id, knowledge)
    return (customer_id,)


def kept_of(session: Session, customer_ids: Collection[str], day: date, head: int, at: Instant | None = None) -> Kept:
    """Return what is kept of these customers on a business day, the ledger known up to `head`; now, or as it was."""
    if at is None:
        return kept_now(session, customer_ids, day)
    return Kept(
        StandingStore(session).in_force_of(customer_ids, at),
        EffectStore(session).in_force_of(customer_ids, at),
        OverrideStore(session).in_force_of(customer_ids, day, at),
        orders_as_known(session, customer_ids, at, head),
    )


def in_force(
    session: Session,
    kept: Kept,
    version: CompiledPolicy,
    ledger: KnownLedger,
    knowledge: Knowledge,
    subject: Subject,
    codes: CodeBook,
) -> InForce:
    """Return what a decision is decided under, from what is kept of the customer and its group.

    A person's word on a review stands over the standing that later decisions read, but not over the one that the
    review itself finds. The order that is being decided upon does not count beside itself.
    """
    customer_id, is_review = subject.customer_id, subject.decision_type is DecisionType.REVIEW
    members = group_of(version, ledger, customer_id, knowledge)
    ground = Ground(session, kept, version, ledger, knowledge, subject)

    def standing(one: str, said: Weighed) -> Standing:
        stored, effects = kept.standings.get(one), kept.effects.get(one, ())
        history, policy = ledger.history(one), version.policy
        counting, aside = said.counting, said.set_aside
        return standing_from(
            stored, effects, history, knowledge.day, policy, codes, overrides=counting, set_aside=aside
        )

    others = [one for one in members if one != customer_id] if version.reads_of_groups else []
    of_reviews = {one: weigh(ground, one, DecisionType.REVIEW) for one in (customer_id, *others)}
    own = of_reviews[customer_id]
    said = own if is_review else weigh(ground, customer_id, subject.decision_type)
    return InForce(
        standing(customer_id, Weighed() if is_review else own),
        {one: standing(one, of_reviews[one]).terms() for one in others},
        OrderDecisions(live={one: _counted(kept.orders.get(one, ()), subject.order_id) for one in members}),
        said.counting,
        said.set_aside if is_review else (*own.set_aside, *said.set_aside),
    )


def _counted(orders: Sequence[LiveOrder], deciding: str) -> Sequence[LiveOrder]:
    if deciding not in [order.order_id for order in orders]:
        return orders
    return [replace(order, is_let_through=False) if order.order_id == deciding else order for order in orders]
