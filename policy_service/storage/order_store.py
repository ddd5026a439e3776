"""Orders kept: each as it is now, and every step of its life; read singly, in lists, and as facts count them."""

import datetime as dt
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from enum import StrEnum
from typing import Any, Final, TypeAlias

import msgspec
from msgspec.structs import asdict
from sqlalchemy import ColumnElement, CursorResult, Select, and_, bindparam, func, insert, or_, select, tuple_, update
from sqlalchemy.orm import Session, aliased

from policy_service.domain.values import LARGEST
from policy_service.facts.live_orders import LiveOrder
from policy_service.storage.counted_orders import COUNTED, CountedOrder, chunks, live_among
from policy_service.storage.errors import changed_since_read, not_stored
from policy_service.storage.models.ledger import Customer
from policy_service.storage.models.orders import AskedOrder, OrderStep
from policy_service.storage.prepared import Prepared, PreparedByIds

#: Behind which order a page begins: the value it is sorted by, and its id.
PageKey: TypeAlias = tuple[int, str]


class OrderSort(StrEnum):
    """In which order a list comes; of held orders the oldest is the one held for longest."""

    OLDEST = "oldest"
    LARGEST = "largest"


class StoredOrder(msgspec.Struct, frozen=True):
    """An order as it is stored; columns of the same names say what each is."""

    order_id: str
    customer_id: str
    state: str
    cause: str
    asked_at: int
    asked_by: str
    ordered_on: dt.date
    amount: int
    currency: str
    base_amount: int | None
    prepaid: int
    request: str
    decision_id: str
    decided_at: int
    outcome: str
    reasons: str
    exposure: int | None = None
    held_since: int | None = None
    referred_to: str = ""
    released_by: str = ""
    released_amount: int | None = None
    replaces: str = ""
    amended_by: str = ""
    revision: int = 1


class NewStep(msgspec.Struct, frozen=True):
    """A step to be stored: when, why, by whom, by which decision; the orders before and after say the rest."""

    at: int
    cause: str
    person: str
    reason: str = ""
    decision_id: str | None = None


@dataclass(frozen=True, slots=True)
class StoredStep:
    """One step of an order's life."""

    at: int
    from_state: str
    to_state: str
    cause: str
    person: str
    reason: str
    amount: int
    prepaid: int
    decision_id: str | None


@dataclass(frozen=True, slots=True)
class OrderPage:
    """Some orders of a list, and behind which the next ones begin; none at the end."""

    orders: tuple[StoredOrder, ...]
    next_key: PageKey | None


_ORDERS: Final = AskedOrder.metadata.tables["orders"]
_LET_THROUGH: Final = _ORDERS.c.state.in_(("open", "released"))
#: What a person released is let through by that person's word, whatever the rules say.
_TOLD_OTHERWISE: Final = (_LET_THROUGH, _ORDERS.c.released_by == "", _ORDERS.c.outcome.not_in(("approve", "prepay")))
_STEPS: Final = OrderStep.metadata.tables["order_steps"]
STEP_NAMES: Final = ("order_id", *(field.name for field in fields(StoredStep)))
_COLUMNS: Final = [_ORDERS.c[name] for name in StoredOrder.__struct_fields__]
_STEP_COLUMNS: Final = [_STEPS.c[field.name] for field in fields(StoredStep)]
#: Asked with every decision upon an order, so they are put together once.
_ONE: Final = Prepared(select(*_COLUMNS).where(_ORDERS.c.order_id == bindparam("order")))
_ADD: Final = Prepared(insert(_ORDERS), StoredOrder.__struct_fields__)
_ADD_STEP: Final = Prepared(insert(_STEPS).inline(), STEP_NAMES)
_COUNTED_OF: Final = PreparedByIds(lambda of_ids: COUNTED.where(of_ids(_ORDERS.c.customer_id)))
#: Finds those of some orders that somebody has asked about.
KNOWN: Final = PreparedByIds(lambda of_ids: select(_ORDERS.c.order_id).where(of_ids(_ORDERS.c.order_id)))


class OrderStore:
    """The orders within one transaction."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def find(self, order_id: str) -> StoredOrder | None:
        """Return the order as it is now; none if nobody asked for it."""
        row = _ONE.row(self._session, {"order": order_id})
        return StoredOrder(*row) if row else None

    def load(self, order_id: str) -> StoredOrder:
        """Return the order as it is now; NotStored S209 if nobody asked for it."""
        found = self.find(order_id)
        if found is None:
            raise not_stored(f"order {order_id[:60]}")
        return found

    def add(self, order: StoredOrder, step: NewStep) -> StoredOrder:
        """Store a new order with its first step, and return it; Conflict S210 if the id is taken."""
        _ADD.change(self._session, row_of(order))
        self._note("", order, step)
        return order

    def known(self, order_ids: Collection[str]) -> frozenset[str]:
        """Return those of the orders that somebody has asked about."""
        return frozenset(order_id for some in chunks(order_ids) for (order_id,) in KNOWN.rows(self._session, some))

    def change(self, before: StoredOrder, after: StoredOrder, step: NewStep | None) -> StoredOrder:
        """Store what the order is from now on, with the step that made it so, and return it at its new revision.

        Without a step nothing but its latest decision may differ, and what of a held one is prepaid. Conflict S208 if
        somebody else changed it since `before` was read.
        """
        values = asdict(after) | {"revision": before.revision + 1}
        at_revision = (_ORDERS.c.order_id == before.order_id, _ORDERS.c.revision == before.revision)
        changed = self._session.connection().execute(update(_ORDERS).where(*at_revision).values(values))
        if isinstance(changed, CursorResult) and changed.rowcount != 1:
            raise changed_since_read(f"order {before.order_id[:60]}")
        stored = StoredOrder(**values)
        if step:
            self._note(before.state, stored, step)
        return stored

    def steps(self, order_id: str) -> tuple[StoredStep, ...]:
        """Return the steps of an order's life, the first one first."""
        of_order = select(*_STEP_COLUMNS).where(_STEPS.c.order_id == order_id).order_by(_STEPS.c.step_number)
        return tuple(StoredStep(*row) for row in self._session.execute(of_order))

    def page(
        self,
        *,
        state: str = "",
        customer_id: str = "",
        referred_to: str = "",
        is_told_otherwise: bool = False,
        sort: OrderSort = OrderSort.OLDEST,
        after: PageKey | None = None,
        limit: int = 50,
    ) -> OrderPage:
        """Return the first orders that fit every filter given, behind the key if there is one.

        `is_told_otherwise`: those that the rules let through, and by now would not.
        """
        given = {"state": state, "customer_id": customer_id, "referred_to": referred_to}
        conditions = [_ORDERS.c[name] == value for name, value in given.items() if value]
        conditions += _TOLD_OTHERWISE if is_told_otherwise else []
        rank, is_rising = _rank(sort, state)
        conditions += [_behind(rank, after, is_rising)] if after else []
        query = select(*_COLUMNS, rank).where(*conditions)
        in_order = query.order_by(rank if is_rising else rank.desc(), _ORDERS.c.order_id).limit(limit + 1)
        rows = self._session.execute(in_order).all()
        orders = tuple(StoredOrder(*row[:-1]) for row in rows[:limit])
        return OrderPage(orders, (rows[limit - 1][-1], orders[-1].order_id) if len(rows) > limit else None)

    def live_of(self, customer_ids: Collection[str]) -> Mapping[str, tuple[LiveOrder, ...]]:
        """Return the orders of each of these customers that facts count, by customer, in order of date, then id.

        These are all but those taken back or replaced. Let through are the open, the released and the invoiced. Of
        one that was said to be invoiced the rest counts that its invoices leave; of one that is booked nothing.
        """
        found = (row for some in chunks(customer_ids) for row in _COUNTED_OF.rows(self._session, some))
        return live_among(self._session, [CountedOrder(*row) for row in found], customer_ids)

    def held_in_order(self, customer_ids: Iterable[str] | None = None) -> tuple[tuple[str, str], ...]:
        """Return (customer, order) of the held orders of these customers, or of all, in the order of their arrival."""
        arrival = (_ORDERS.c.customer_id, _ORDERS.c.order_id, _ORDERS.c.asked_at)
        held = select(*arrival).where(_ORDERS.c.state == "held")
        rows = [row for query in queries_of(customer_ids, held) for row in self._session.execute(query)]
        return tuple((row.customer_id, row.order_id) for row in sorted(rows, key=lambda row: (row[2], row[1])))

    def let_through_by_rule(self, customer_ids: Iterable[str]) -> tuple[tuple[str, str], ...]:
        """Return (customer, order) of what may be delivered and no person released, in the order of arrival."""
        arrival = (_ORDERS.c.customer_id, _ORDERS.c.order_id, _ORDERS.c.asked_at)
        open_ones = select(*arrival).where(_LET_THROUGH, _ORDERS.c.cause != "released_by_person")
        rows = [row for query in queries_of(customer_ids, open_ones) for row in self._session.execute(query)]
        return tuple((row.customer_id, row.order_id) for row in sorted(rows, key=lambda row: (row[2], row[1])))

    def waiting(self, customer_ids: Iterable[str], states: Sequence[str] = ("held",)) -> tuple[str, ...]:
        """Return the customers with orders in one of the states that any of these is in one group with, in order."""
        owner, member = aliased(Customer), aliased(Customer)
        held = (
            select(_ORDERS.c.customer_id)
            .join(owner, owner.customer_id == _ORDERS.c.customer_id)
            .join(member, member.root_id == owner.root_id)
            .where(_ORDERS.c.state.in_(states))
            .distinct()
        )
        found = set[str]()
        for some in chunks(customer_ids):
            found.update(self._session.scalars(held.where(member.customer_id.in_(some))))
        return tuple(sorted(found))

    def _note(self, from_state: str, order: StoredOrder, step: NewStep) -> None:
        _ADD_STEP.change(self._session, step_row_of(from_state, order, step))


def row_of(order: StoredOrder) -> dict[str, Any]:
    """Return the columns of an order, by name."""
    return asdict(order)


def step_row_of(from_state: str, order: StoredOrder, step: NewStep) -> dict[str, Any]:
    """Return the columns of a step that brought an order from a state to where it is now, by name."""
    return {
        "order_id": order.order_id,
        "at": step.at,
        "from_state": from_state,
        "to_state": order.state,
        "cause": step.cause,
        "person": step.person,
        "reason": step.reason,
        "amount": order.amount,
        "prepaid": order.prepaid,
        "decision_id": step.decision_id,
    }


def _rank(sort: OrderSort, state: str) -> tuple[ColumnElement[int], bool]:
    match sort:
        case OrderSort.OLDEST:
            return (_ORDERS.c.held_since if state == "held" else _ORDERS.c.asked_at), True
        case OrderSort.LARGEST:
            # One whose amount nobody could convert may be any large.
            return func.coalesce(_ORDERS.c.base_amount, LARGEST), False


def _behind(rank: ColumnElement[int], key: PageKey, is_rising: bool) -> ColumnElement[bool]:
    value, order_id = key
    if is_rising:
        return tuple_(rank, _ORDERS.c.order_id) > tuple_(value, order_id)
    return or_(rank < value, and_(rank == value, _ORDERS.c.order_id > order_id))


def queries_of(customer_ids: Iterable[str] | None, query: Select[Any]) -> Iterator[Select[Any]]:
    """Yield the query, narrowed to some of these customers at a time; as it is where none are named."""
    if customer_ids is None:
        yield query
        return
    for some in chunks(customer_ids):
        yield query.where(_ORDERS.c.customer_id.in_(some))
