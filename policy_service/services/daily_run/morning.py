"""The morning of one customer, or of a whole group: each step is done for all of them before the next.

Effects are released; cases close, ladders climb; reviews are made; waiting orders are decided again. All of it, and
that it was done, is stored in one transaction.
"""

from collections.abc import Sequence
from functools import partial

from sqlalchemy.orm import Session

from policy_service.services.daily_run.customer import Acts, Books, CustomerOfDay, DayFrame
from policy_service.services.house import House
from policy_service.services.known_customers import KnownLedger
from policy_service.storage.customer_locks import lock_customers
from policy_service.storage.morning_store import MorningStore
from policy_service.storage.order_store import OrderStore


def do_morning(house: House, session: Session, frame: DayFrame, customer_ids: Sequence[str], acts: Acts) -> int:
    """Do the morning of these customers, unless it was done, and return for how many it was left to do.

    `acts` gives each doing an instant of its own, so that what was in force before it can be told later.
    """
    lock_customers(session, customer_ids)
    store = MorningStore(session)
    mornings = {one: store.morning(one) for one in customer_ids}
    left = {one: morning for one, morning in mornings.items() if morning is None or morning.day < frame.day}
    if not left:
        return 0
    ledger = ledger_through(house, session, frame.head)
    books = Books(session, frame, ledger, customer_ids)
    members = [CustomerOfDay(house, books, one, morning, acts) for one, morning in left.items()]
    released = [member.tried(member.release) for member in members]
    for member in members:
        member.tried(partial(member.climb, sees_anew=any(released)))
    for member in members:
        member.tried(member.review)
    if frame.rechecks:
        _recheck(session, {member.customer_id: member for member in members if member.at_hand.held_orders})
    for member in members:
        member.store()
    return len(members)


def _recheck(session: Session, members: dict[str, CustomerOfDay]) -> None:
    if not members:
        return
    for customer_id, order_id in OrderStore(session).held_in_order(members):
        member = members[customer_id]
        member.tried(partial(member.recheck, order_id), whatever_was=True)


def ledger_through(house: House, session: Session, head: int) -> KnownLedger:
    """Return the ledger as it was known after that posting; NotStored S209 before anything was stored."""
    known = house.customers.at(session)
    return known if known.head == head else house.customers.as_known(session, head)
