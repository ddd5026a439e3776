"""Customers found by the beginning of their id, a part of their name, their sector, or what they stand at."""

import json
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final, cast

from sqlalchemy import ColumnElement, and_, exists, or_, select
from sqlalchemy.orm import Session

from policy_service.domain.entries import RecordedStanding
from policy_service.ledger.columns import Table
from policy_service.storage.ledger_reading import in_force, in_order
from policy_service.storage.ledger_tables import ENTRY_TABLES
from policy_service.storage.models.ledger import Customer
from policy_service.storage.models.standings import StandingEffect, StandingRow

_ENTRIES: Final = ENTRY_TABLES[Table.CUSTOMERS]
_ROWS: Final = _ENTRIES.rows.c
_RECORDED: Final = ENTRY_TABLES[Table.STANDINGS]


@dataclass(frozen=True, slots=True)
class FoundCustomer:
    """A customer with its latest name and sector, and the root of its group."""

    customer_id: str
    name: str
    root_id: str
    industry: str = ""


@dataclass(frozen=True, slots=True)
class StandsAt:
    """What wanted customers stand at, by what reviews, ladders and the standings file say; nothing: whatever it is.

    What a person overrides is left aside: it is said beside the standing, and for some days only.
    """

    grade: str = ""
    is_stopped: bool = False
    is_proposed: bool = False


def find_customers(
    session: Session,
    search: str,
    after: str,
    limit: int,
    industry: str = "",
    stands_at: StandsAt | None = None,
) -> tuple[FoundCustomer, ...]:
    """Return customers whose id begins with, or a name of whom contains, what is searched for, in order of id."""
    query = select(Customer.customer_id, Customer.root_id).where(Customer.customer_id > after)
    if search:
        named = select(_ROWS.customer_id).where(in_force(_ENTRIES, None), _ROWS.name.icontains(search, autoescape=True))
        begins = Customer.customer_id.startswith(search, autoescape=True)
        query = query.where(or_(begins, Customer.customer_id.in_(named)))
    if industry:
        query = query.where(
            Customer.customer_id.in_(
                select(_ROWS.customer_id).where(in_force(_ENTRIES, None), _ROWS.industry == industry)
            )
        )
    query = query.where(*_standing_at(stands_at or StandsAt()))
    found = session.execute(query.order_by(Customer.customer_id).limit(limit)).all()
    said = _said_of(session, [row.customer_id for row in found])
    return tuple(_found(row.customer_id, row.root_id, *said.get(row.customer_id, ("", ""))) for row in found)


def names_of(session: Session, customer_ids: Iterable[str]) -> Mapping[str, str]:
    """Return the latest names of these customers by id, of a page's worth of them; those without one are absent."""
    said = _said_of(session, sorted(set(customer_ids)))
    return {customer_id: name for customer_id, (name, _) in said.items() if name}


def industries(session: Session) -> tuple[str, ...]:
    """Return every sector that a customer is of, by name."""
    named = select(_ROWS.industry).where(in_force(_ENTRIES, None), _ROWS.industry != "").distinct()
    return tuple(sorted(session.scalars(named)))


def recorded_of(session: Session, customer_ids: Collection[str]) -> Mapping[str, tuple[RecordedStanding, ...]]:
    """Return the rows of the standings file about these customers, each customer's in order of their day."""
    query = select(*_RECORDED.columns).where(
        in_force(_RECORDED, None), _RECORDED.rows.c.customer_id.in_(sorted(customer_ids))
    )
    found = defaultdict[str, list[RecordedStanding]](list)
    for entry in in_order(Table.STANDINGS, _RECORDED.entries(map(tuple, session.execute(query)))):
        recorded = cast(RecordedStanding, entry)
        found[recorded.customer_id].append(recorded)
    return {customer_id: tuple(rows) for customer_id, rows in found.items()}


def _said_of(session: Session, customer_ids: Collection[str]) -> Mapping[str, tuple[str, str]]:
    named = select(_ROWS.customer_id, _ROWS.name, _ROWS.industry).where(
        in_force(_ENTRIES, None), _ROWS.customer_id.in_(customer_ids)
    )
    # Of several versions the last one names the customer today.
    said = session.execute(named.order_by(_ROWS.valid_from.nulls_first()))
    return {customer_id: (name, sector) for customer_id, name, sector in said}


def _found(customer_id: str, root_id: str, name: str, industry: str) -> FoundCustomer:
    return FoundCustomer(customer_id, name, root_id, industry)


def _standing_at(wanted: StandsAt) -> Iterator[ColumnElement[bool]]:
    # Of each customer by itself, in order of ids: a page is full long before all have been looked at.
    if wanted.grade:
        yield or_(_reviewed_to("grade", wanted.grade), _recorded_at(wanted.grade))
    if wanted.is_stopped:
        effect = (StandingEffect.output == "stop_credit", StandingEffect.value == "true")
        of_it = exists().where(
            StandingEffect.customer_id == Customer.customer_id, StandingEffect.ended_at.is_(None), *effect
        )
        yield or_(of_it, _reviewed_to("stop_credit", "true"))
    if wanted.is_proposed:
        yield exists().where(StandingRow.customer_id == Customer.customer_id, StandingRow.state == "proposed")


def _recorded_at(grade: str) -> ColumnElement[bool]:
    rows = _RECORDED.rows.alias()
    later = _RECORDED.rows.alias()
    has_later = exists().where(
        later.c.customer_id == rows.c.customer_id,
        later.c.superseded_by.is_(None),
        later.c.valid_from > rows.c.valid_from,
    )
    is_reviewed = exists().where(StandingRow.customer_id == Customer.customer_id, StandingRow.state == "in_force")
    says = (rows.c.customer_id == Customer.customer_id, rows.c.superseded_by.is_(None), rows.c.grade == grade)
    return and_(exists().where(*says, ~has_later), ~is_reviewed)


def _reviewed_to(output: str, text: str) -> ColumnElement[bool]:
    # As StandingStore writes it.
    said = json.dumps({output: text}, ensure_ascii=False)[1:-1]
    return exists().where(
        StandingRow.customer_id == Customer.customer_id,
        StandingRow.state == "in_force",
        StandingRow.outputs.contains(said, autoescape=True),
    )
