"""Held orders decided again, when something changed for their customers and every day; and what was let through.

What the rules let through is looked at again only where an entry that they may have read was corrected.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Final

import structlog
from msgspec import structs
from sqlalchemy.orm import Session

from policy_service.domain.acting import Act
from policy_service.domain.errors import PolicyServiceError
from policy_service.domain.instants import DAY, Instant, business_day
from policy_service.domain.outcomes import DecisionType, Outcome
from policy_service.domain.permissions import Permission
from policy_service.services.actor import Actor, require
from policy_service.services.decisions.deciding import Asked, Situation, give
from policy_service.services.house import House
from policy_service.services.orders.content import outcome_of, request_of, with_decision, with_prepaid
from policy_service.services.orders.life import booked
from policy_service.services.orders.moving import OrderNow, locked_to_decide, stored, tell, tell_doubt
from policy_service.services.orders.noted_entries import held_back, hold_back
from policy_service.services.orders.transitions import (
    Cause,
    Doing,
    OrderState,
    is_let_through,
    leads_to,
    state_by,
)
from policy_service.services.running_jobs import RunningJob
from policy_service.storage.booked_orders import BookedOrders
from policy_service.storage.errors import Unavailable
from policy_service.storage.order_store import NewStep, OrderStore, StoredOrder

#: For so long after an order was said to be invoiced the rest of it counts that its invoices leave.
PARTLY_INVOICED: Final = 30 * DAY
#: For so long it counts without any invoice.
NEVER_INVOICED: Final = 180 * DAY
#: Why an order is decided again if a person wants to know.
ASKED: Final = "asked"

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class RecheckReport:
    """What came of deciding orders again, as ids of orders; `failed` with the code of the error.

    `doubted` were let through before, would not be now, and stay so.
    """

    released: tuple[str, ...] = ()
    still_held: tuple[str, ...] = ()
    booked: tuple[str, ...] = ()
    doubted: tuple[str, ...] = ()
    failed: tuple[tuple[str, str], ...] = ()

    def as_result(self) -> dict[str, object]:
        """Return the report as JSON holds it."""
        names = ("released", "still_held", "booked", "doubted")
        counts = {name: getattr(self, name) for name in names}
        failed = [{"order_id": order_id, "code": code} for order_id, code in self.failed]
        return {**{name: list(ids) for name, ids in counts.items()}, "failed": failed}


def recheck_orders(house: House, job: RunningJob, act: Act) -> Mapping[str, object]:
    """Do a job that `wake` stored, and return its report; JobStopped if somebody stops it."""
    customers, cause = job.arguments["customers"], job.arguments["cause"]
    # Jobs of an earlier version do not say.
    corrected = job.arguments.get("corrected", ())
    return recheck_held(house, customers, cause, act, job.progress, job.now, corrected).as_result()


def recheck_held(
    house: House,
    customer_ids: Iterable[str] | None,
    cause: str,
    act: Act,
    progress: Callable[[int, int], None] | None = None,
    now: Callable[[], Instant] | None = None,
    corrected: Iterable[str] = (),
) -> RecheckReport:
    """Decide the held orders of these customers, or of all, again, and mark those that the ledger has invoices of.

    They come in the order of their arrival, each in a transaction of its own, so that each sees the exposure of
    those let go before it. One that fails stays as it is and is reported; the others go on. Doing it twice does no
    more than once. Of the customers `corrected` what the rules let through is looked at again first. `now`, if given,
    dates each; else it is the instant of the act. Unavailable at the end, if that
    was why one failed: then it is worth doing again.
    """
    customers = None if customer_ids is None else tuple(customer_ids)
    with house.database.reading() as session:
        store = OrderStore(session)
        today = business_day(act.at, house.settings.zone)
        invoiced = [order_id for _, order_id in BookedOrders(session).booked_in_ledger(customers, today)]
        held = [order_id for _, order_id in store.held_in_order(customers)]
        gone = [order_id for _, order_id in store.let_through_by_rule(corrected)]
    round_ = _Round(house, act, len(invoiced) + len(gone) + len(held), progress, now)
    looked_at = round_.each(gone, lambda session, order_id, at: look_again(house, session, order_id, cause, at))
    marked = round_.each(invoiced, partial(booked, house))
    checked = round_.each(held, lambda session, order_id, at: recheck(house, session, order_id, cause, at))
    if round_.unavailable:
        raise round_.unavailable
    released = [each.order_id for each in checked if each.came_from == OrderState.HELD and is_let_through(each.state)]
    still_held = [each.order_id for each in checked if each.state == OrderState.HELD]
    doubted = tuple(each.order_id for each in looked_at if each.is_told_otherwise)
    return RecheckReport(
        tuple(released), tuple(still_held), tuple(each.order_id for each in marked), doubted, tuple(round_.failed)
    )


def book(house: House, act: Act, now: Callable[[], Instant] | None = None) -> tuple[str, ...]:
    """Mark the orders that the ledger has the invoices of, or of which nothing more is to come, and return them.

    Nothing more comes of one that was said to be invoiced `PARTLY_INVOICED` ago if an invoice of less has come, and
    `NEVER_INVOICED` ago if none has.
    """
    with house.database.reading() as session:
        store = BookedOrders(session)
        invoiced = [one for _, one in store.booked_in_ledger(known_on=business_day(act.at, house.settings.zone))]
        long_ago = store.said_long_ago(act.at - PARTLY_INVOICED, act.at - NEVER_INVOICED)
    given_up = [one for one in long_ago if one not in set(invoiced)]
    marked = _Round(house, act, len(invoiced), None, now).each(invoiced, partial(booked, house))
    noted = replace(act, note="Nothing more came.")
    marked += _Round(house, noted, len(given_up), None, now).each(given_up, partial(booked, house))
    return tuple(each.order_id for each in marked)


def recheck(house: House, session: Session, order_id: str, cause: str, act: Act) -> OrderNow:
    """Decide a held order again, and return it: released if the rules now let it through, else held as before.

    One that is not held any more is left alone. One that the rules now decline stays held for a person to see to. One
    that goes by a dispute alone that somebody noted who may not release it stays held, referred to a role that may.
    NotStored S209; RequestError R402, R409 for facts of the request that the policy now needs otherwise.
    """
    order, situation = locked_to_decide(house, session, order_id, act)
    if order.state != OrderState.HELD:
        return OrderNow(order, order.state)
    return _under_check(house, session, order, situation, cause, act)


def look_again(house: House, session: Session, order_id: str, cause: str, act: Act) -> OrderNow:
    """Decide an order again that the rules let through, and return it: it stays so, and other systems are told if not.

    That is once, when they first say otherwise. One that is let through no more, or that a person released, is left
    alone. NotStored S209; RequestError R402, R409 for facts of the request that the policy now needs otherwise.
    """
    order, situation = locked_to_decide(house, session, order_id, act)
    if not is_let_through(order.state) or order.cause == Cause.RELEASED_BY_PERSON:
        return OrderNow(order, order.state)
    was_doubted = not is_let_through(state_by(Outcome(order.outcome)))
    now = _under_check(house, session, order, situation, cause, act)
    if now.is_told_otherwise and not was_doubted:
        tell_doubt(house, session, now, NewStep(act.at, cause, act.person, cause, now.order.decision_id), act)
    return now


def decide_again(
    house: House, session: Session, order_id: str, actor: Actor, act: Act, *, revision: int | None = None
) -> OrderNow:
    """Decide an order again because somebody asks, and return it; one let through stays so, whatever comes of it.

    Permission orders:write. NotStored S209, Conflict S208, RequestError R432 for an order at its end.
    """
    require(actor, Permission.ORDERS_WRITE)
    order, situation = locked_to_decide(house, session, order_id, act, revision)
    leads_to(order, Doing.RECHECK)
    return _under_check(house, session, order, situation, ASKED, act)


def _under_check(
    house: House, session: Session, order: StoredOrder, situation: Situation, cause: str, act: Act
) -> OrderNow:
    request = request_of(order, situation.version.policy)
    asked = Asked(DecisionType.ORDER, order.customer_id, request, order.order_id, currency=order.currency)
    given = give(house, session, asked, act, situation)
    lets_through = is_let_through(state_by(outcome_of(given)))
    renewed = with_decision(order, given, act.at)
    if order.state == OrderState.HELD:
        renewed = with_prepaid(renewed, given)
    if order.state != OrderState.HELD or not lets_through:
        kept = OrderStore(session).change(order, renewed, None)
        return OrderNow(kept, order.state, is_told_otherwise=is_let_through(order.state) and not lets_through)
    let_go = structs.replace(renewed, state=OrderState.RELEASED, released_amount=order.amount)
    if back := held_back(house, session, order, let_go, act):
        return hold_back(house, session, order, renewed, back, act)
    step = NewStep(act.at, Cause.RELEASED_BY_RECHECK, act.person, cause, given.decision_id)
    now = stored(session, order, let_go, Doing.RECHECK, step)
    tell(house, session, now, step, act)
    return now


class _Round:
    """Orders gone through one by one, each in a transaction of its own."""

    def __init__(
        self,
        house: House,
        act: Act,
        total: int,
        progress: Callable[[int, int], None] | None,
        now: Callable[[], Instant] | None,
    ) -> None:
        self._house = house
        self._act = act
        self._total = total
        self._progress = progress
        self._now = now
        self._done = 0
        self.failed: list[tuple[str, str]] = []
        self.unavailable: Unavailable | None = None

    def each(self, order_ids: Sequence[str], do: Callable[[Session, str, Act], OrderNow]) -> list[OrderNow]:
        """Do it to each of the orders, and return what became of those that it could be done to."""
        return [now for order_id in order_ids if (now := self._one(order_id, do))]

    def _one(self, order_id: str, do: Callable[[Session, str, Act], OrderNow]) -> OrderNow | None:
        act = replace(self._act, at=self._now()) if self._now else self._act
        try:
            with self._house.database.writing() as session:
                return do(session, order_id, act)
        except PolicyServiceError as error:
            self._note(order_id, error)
            return None
        finally:
            self._done += 1
            if self._progress:
                self._progress(self._done, self._total)

    def _note(self, order_id: str, error: PolicyServiceError) -> None:
        if isinstance(error, Unavailable):
            self.unavailable = error
        self.failed.append((order_id, error.code))
        log.warning("order_recheck_failed", order_id=order_id, code=error.code, request_id=self._act.request_id)
