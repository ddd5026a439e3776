"""What the stored ledger lets a pushed entry name: its customers, invoices, orders, and the days of its rates."""

import datetime as dt
from collections.abc import Collection, Mapping

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from policy_service.domain.currencies import currency
from policy_service.domain.entries import Invoice, Order
from policy_service.domain.values import Currency
from policy_service.language.definitions.dictionary import FactDictionary
from policy_service.ledger.cells import Known
from policy_service.ledger.columns import Table
from policy_service.storage.ledger_differences import stored_entries
from policy_service.storage.ledger_reading import in_force
from policy_service.storage.ledger_tables import ENTRY_TABLES
from policy_service.storage.ledger_writing import state_now
from policy_service.storage.models.orders import AskedOrder


def base_currency_of(session: Session) -> Currency | None:
    """Return the currency that the ledger is kept in; none before anything was stored."""
    state = state_now(session)
    return currency(state.base_currency) if state else None


def known_of(
    session: Session,
    base_currency: Currency,
    declared: FactDictionary,
    customers: Collection[str],
    invoices: Collection[str],
    orders: Collection[str],
) -> Known:
    """Return what rows may name, as far as these ids go; orders this service was asked about count as known."""
    state = state_now(session)
    return Known(
        base_currency,
        declared,
        first_rates=_first_rates(session),
        customers=known_customers(session, customers),
        has_orders_file=state is not None and state.orders_since is not None,
        orders={**_asked_about(session, orders), **_stored_orders(session, orders)},
        invoices={
            entry.invoice_id: entry
            for entry in stored_entries(session, ENTRY_TABLES[Table.INVOICES], list(invoices))
            if isinstance(entry, Invoice)
        },
    )


def known_customers(session: Session, customers: Collection[str]) -> frozenset[str]:
    """Return those of the customers that the ledger has now."""
    kept = ENTRY_TABLES[Table.CUSTOMERS]
    is_one = kept.rows.c.customer_id.in_(set(customers))
    return frozenset(session.scalars(select(kept.rows.c.customer_id).where(is_one, in_force(kept, None)).distinct()))


def _first_rates(session: Session) -> Mapping[str, dt.date]:
    kept = ENTRY_TABLES[Table.RATES]
    rows = kept.rows.c
    first = select(rows.currency, func.min(rows.date)).where(in_force(kept, None)).group_by(rows.currency)
    return {row.currency: row[1] for row in session.execute(first)}


def _stored_orders(session: Session, orders: Collection[str]) -> dict[str, Order]:
    stored = stored_entries(session, ENTRY_TABLES[Table.ORDERS], list(orders))
    return {entry.order_id: entry for entry in stored if isinstance(entry, Order)}


def _asked_about(session: Session, orders: Collection[str]) -> dict[str, Order]:
    names = (AskedOrder.order_id, AskedOrder.customer_id, AskedOrder.ordered_on, AskedOrder.amount, AskedOrder.currency)
    rows = session.execute(select(*names).where(AskedOrder.order_id.in_(set(orders))))
    return {row[0]: Order(row[0], row[1], row[2], row[3], row[4], row[2], "") for row in rows}
