"""How far an override reaches: what persons let go with it, what may be owed then, and who may answer for that."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from msgspec.structs import replace
from sqlalchemy.orm import Session

from policy_service.domain.errors import FactError, PolicyTextError
from policy_service.domain.outcomes import DecisionType
from policy_service.domain.permissions import Role, has_authority
from policy_service.domain.values import MILLION, UNKNOWN, UNLIMITED, Currency, Kind, scale
from policy_service.language.policy import Policy
from policy_service.services.code_book import CodeBook
from policy_service.services.company_settings import company_settings
from policy_service.services.decisions.deciding import Situation
from policy_service.services.orders.authority import exposure_now, exposure_with
from policy_service.services.orders.supposing import with_prepaid_now
from policy_service.services.orders.transitions import OrderState, is_declined
from policy_service.services.override_limits import Wanted, lets_go, loosening, order_of
from policy_service.services.release_authority import roles_that_may_release
from policy_service.storage.order_store import OrderStore
from policy_service.storage.override_store import OverrideStore, StoredOverride


class Judged(StrEnum):
    """By what an output of the standing is judged where it can let orders go."""

    LIMIT = "the limit"
    EXPOSURE = "what is owed and asked for"
    ALWAYS = "always two persons"


#: By what each output of the standing is judged that can be overridden.
JUDGED_BY: Final[Mapping[str, Judged]] = MappingProxyType(
    {
        "grade": Judged.EXPOSURE,
        "score": Judged.EXPOSURE,
        "credit_limit": Judged.LIMIT,
        "payment_term_days": Judged.EXPOSURE,
        "payment_term_kind": Judged.EXPOSURE,
        "prepay_percent": Judged.ALWAYS,
        "discount_percent": Judged.EXPOSURE,
        "discount_days": Judged.EXPOSURE,
        "interest_percent": Judged.EXPOSURE,
        "collateral_required": Judged.EXPOSURE,
        "collateral_amount": Judged.EXPOSURE,
        "watch_list": Judged.EXPOSURE,
        "stop_credit": Judged.EXPOSURE,
        "grace_days": Judged.EXPOSURE,
        "ladder_variant": Judged.EXPOSURE,
    }
)


#: Full prepayment is judged like any other output: it demands all, but may pass a stop and a limit.
_WHOLE: Final = 100 * MILLION


@dataclass(frozen=True, slots=True)
class Reach:
    """What an override that lets something go leads to, in minor units of the base currency; none: nobody can tell.

    `let_go` is what persons let go for the customer by this override and the others; `exposure` what may be owed then.
    """

    let_go: int | None
    exposure: int | None

    def takes_two(self, session: Session, situation: Situation) -> bool:
        """Return whether it goes beyond what one person may say by the company's settings."""
        above = company_settings(session).override_second_person_above
        threshold = above * scale(Kind.MONEY, situation.ledger.currency)
        return self.let_go is None or Decimal(self.let_go) > threshold


def reach_of(
    session: Session, wanted: Wanted, values: Mapping[str, int], situation: Situation, own_id: str = ""
) -> Reach | None:
    """Return how far the override reaches, none for one that lets nothing go; `own_id` if it is stored already.

    `values` are the outputs but the outcome. RequestError R446 for an order of another customer.
    """
    if not lets_go(wanted, values, situation.version.policy):
        return None
    vouching = OverrideStore(session).vouching(wanted.customer_id, situation.knowledge.day)
    others = [one for one in vouching if one.override_id != own_id]
    try:
        if wanted.decision_type is DecisionType.ORDER:
            return _of_an_order(session, wanted, situation, others)
        return _of_the_standing(session, wanted, values, situation, others)
    except FactError:
        return Reach(None, None)


def answers_for(session: Session, reach: Reach | None, roles: Collection[Role], base: Currency) -> bool:
    """Return whether one of the roles may release an order into the exposure that it leads to."""
    if reach is None:
        return True
    return any(has_authority(roles, role) for role in roles_that_may_release(session, reach.exposure, base))


def _of_an_order(session: Session, wanted: Wanted, situation: Situation, others: Sequence[StoredOverride]) -> Reach:
    order = order_of(session, wanted)
    if order is None or order.base_amount is None:
        return Reach(None, None)
    of_others = [one for one in others if one.order_id != order.order_id]
    # Where a person changes what is prepaid, it may come to nothing.
    counted = (
        replace(order, prepaid=0) if "prepay_percent" in wanted.outputs else with_prepaid_now(session, order, situation)
    )
    exposure = exposure_with(counted, situation)
    to_come = _still_to_go(session, of_others)
    let_go = _sum((order.base_amount, _let_go(of_others, situation.version.policy)))
    return Reach(let_go, _sum((exposure, to_come)))


def _of_the_standing(
    session: Session,
    wanted: Wanted,
    values: Mapping[str, int],
    situation: Situation,
    others: Sequence[StoredOverride],
) -> Reach:
    policy, at_stake = situation.version.policy, _owed_and_asked_for(session, wanted.customer_id, situation)
    let_go, exposure = [], []
    for name in loosening(wanted, values, policy):
        judged_by, value = JUDGED_BY[name], values[name]
        if judged_by is Judged.LIMIT and value != UNKNOWN:
            limit = None if value == UNLIMITED else value
            let_go.append(_sum((limit, _let_go(others, policy))))
            exposure.append(limit)
        else:
            let_go.append(None if judged_by is Judged.ALWAYS and value != _WHOLE else at_stake)
            exposure.append(at_stake)
    # What a ladder laid upon the customer is not talked away by one person.
    is_under_effects = bool(situation.kept.effects.get(wanted.customer_id))
    return Reach(None if is_under_effects else _most(let_go), _most(exposure))


def _owed_and_asked_for(session: Session, customer_id: str, situation: Situation) -> int | None:
    store = OrderStore(session)
    held = [store.load(order_id).base_amount for _, order_id in store.held_in_order(situation.kept.orders)]
    return _sum((exposure_now(customer_id, situation), *held))


def _let_go(overrides: Sequence[StoredOverride], policy: Policy) -> int | None:
    # Of one order at most one amount counts, however much was said of it.
    of_orders: dict[str, int] = {}
    limits: list[int | None] = []
    for one in overrides:
        if one.decision_type == DecisionType.ORDER:
            of_orders[one.order_id] = max(of_orders.get(one.order_id, 0), one.largest_amount or 0)
        elif "credit_limit" in one.outputs:
            limits.append(_limit(one.outputs["credit_limit"], policy))
    return _sum((*of_orders.values(), *limits))


def _limit(text: str, policy: Policy) -> int | None:
    try:
        value = CodeBook(policy).read(text, Kind.MONEY)
    except PolicyTextError:
        # The policy by now is in another currency: nobody can tell.
        return None
    if value == UNLIMITED:
        return None
    return 0 if value == UNKNOWN else value


def _still_to_go(session: Session, overrides: Sequence[StoredOverride]) -> int:
    # Held orders that others let go are decided again a moment later.
    store, amounts = OrderStore(session), dict[str, int]()
    for one in overrides:
        order = store.find(one.order_id) if one.order_id else None
        if order and (order.state == OrderState.HELD or is_declined(order)):
            amounts[order.order_id] = max(amounts.get(order.order_id, 0), one.largest_amount or 0)
    return sum(amounts.values())


def _sum(amounts: Iterable[int | None]) -> int | None:
    known = []
    for amount in amounts:
        if amount is None:
            return None
        known.append(amount)
    return sum(known)


def _most(amounts: Sequence[int | None]) -> int | None:
    return None if None in amounts else max(amount for amount in amounts if amount is not None)
