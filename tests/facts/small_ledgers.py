"""Small ledgers for tests, written as short as a credit manager would jot them down; amounts in minor units."""

import datetime as dt
from collections.abc import Iterable, Mapping
from decimal import Decimal

from policy_service.domain.entries import (
    Adjustment,
    AdjustmentKind,
    Customer,
    CustomerHistory,
    Dispute,
    Event,
    Invoice,
    Ledger,
    Order,
    Payment,
    Promise,
    Rate,
)
from policy_service.domain.errors import NOWHERE
from policy_service.domain.values import Currency, Kind
from policy_service.facts.knowledge import Knowledge
from policy_service.facts.measure import Circumstances, MeasuredFact, measure_facts
from policy_service.language.definitions.dictionary import EntrySource, FactDefinition, FactSource, LedgerMeasure
from policy_service.language.definitions.entry_conditions import parse_conditions
from policy_service.language.definitions.measure_text import parse_measure

CNY = Currency("CNY", 2)
CUSTOMER = "C1"

Entry = Invoice | Payment | Adjustment | Dispute | Promise | Event | Order


def day(text: str) -> dt.date:
    return dt.date.fromisoformat(text)


def invoice(
    name: str,
    issued: str,
    due: str,
    amount: int,
    *,
    posted: str = "",
    order: str = "",
    ordered: str = "",
    currency: str = "CNY",
    of: str = CUSTOMER,
) -> Invoice:
    order_date = day(ordered) if ordered else None
    return Invoice(name, of, day(issued), day(due), amount, currency, day(posted or issued), order, order_date)


def payment(
    name: str, paid: str, amount: int, on: str = "", *, posted: str = "", matures: str = "", of: str = CUSTOMER
) -> Payment:
    matures_on = day(matures) if matures else None
    return Payment(name, day(paid), amount, day(posted or paid), on, of, "bill" if matures else "", matures_on)


def credit_note(name: str, date: str, amount: int, on: str, *, posted: str = "") -> Adjustment:
    return Adjustment(name, on, day(date), AdjustmentKind.CREDIT_NOTE, amount, day(posted or date))


def write_off(name: str, date: str, amount: int, on: str, *, posted: str = "") -> Adjustment:
    return Adjustment(name, on, day(date), AdjustmentKind.WRITE_OFF, amount, day(posted or date))


def dispute(name: str, on: str, opened: str, closed: str = "", *, posted: str = "") -> Dispute:
    return Dispute(name, on, day(opened), day(posted or opened), day(closed) if closed else None)


def promise(name: str, on: str, made: str, promised: str, amount: int | None = None, *, posted: str = "") -> Promise:
    return Promise(name, on, day(made), day(promised), day(posted or made), amount)


def event(name: str, date: str, kind: str, value: str = "", *, posted: str = "", of: str = CUSTOMER) -> Event:
    return Event(name, of, day(date), kind, day(posted or date), value)


def order(
    name: str,
    date: str,
    amount: int,
    *,
    posted: str = "",
    currency: str = "CNY",
    of: str = CUSTOMER,
    state: str = "",
) -> Order:
    return Order(name, of, day(date), amount, currency, day(posted or date), state)


def rate(date: str, currency: str, value: str) -> Rate:
    return Rate(day(date), currency, Decimal(value))


def history(*entries: Entry, of: str = CUSTOMER, versions: Iterable[Customer] = ()) -> CustomerHistory:
    """Return the entries as one customer's history, each collection in order of date, then id."""

    def kind(kind: type) -> list:
        return [entry for entry in entries if isinstance(entry, kind)]

    return CustomerHistory(
        of,
        tuple(versions) or (Customer(of),),
        tuple(sorted(kind(Invoice), key=lambda one: (one.issue_date, one.invoice_id))),
        tuple(sorted(kind(Payment), key=lambda one: (one.date, one.payment_id))),
        tuple(sorted(kind(Adjustment), key=lambda one: (one.date, one.adjustment_id))),
        tuple(sorted(kind(Dispute), key=lambda one: (one.opened, one.dispute_id))),
        tuple(sorted(kind(Promise), key=lambda one: (one.made, one.promise_id))),
        tuple(sorted(kind(Event), key=lambda one: (one.date, one.event_id))),
        tuple(sorted(kind(Order), key=lambda one: (one.date, one.order_id))),
    )


def ledger(
    *entries: Entry,
    versions: Iterable[Customer] = (),
    rates: Iterable[Rate] = (),
    orders_file: bool = False,
    base: Currency = CNY,
) -> Ledger:
    """Return a ledger of one customer."""
    histories = {CUSTOMER: history(*entries, versions=versions)}
    return Ledger(base, histories, tuple(rates), orders_file, {CUSTOMER: CUSTOMER})


def group_ledger(histories: Iterable[CustomerHistory], roots: Mapping[str, str]) -> Ledger:
    return Ledger(CNY, {one.customer_id: one for one in histories}, (), False, roots)


def declared(
    source: str,
    measured: str,
    kind: Kind = Kind.NUMBER,
    *,
    where: str = "",
    within: int | None = None,
    group: bool = False,
) -> FactDefinition:
    """Return a ledger fact named `fact`, as facts.yaml would declare it."""
    entries = EntrySource(source)
    conditions = parse_conditions(where, entries, NOWHERE) if where else ()
    asked = LedgerMeasure(entries, parse_measure(measured, entries, NOWHERE), conditions, within)
    return FactDefinition("fact", kind, FactSource.LEDGER, measure=asked, group=group)


def measured(
    of: Ledger,
    asked: FactDefinition,
    on: str,
    *,
    live: bool = False,
    customer: str = CUSTOMER,
    circumstances: Circumstances | None = None,
) -> MeasuredFact:
    """Return one fact at the start of a day, or live during it."""
    knowledge = Knowledge(day(on), includes_day=live)
    facts = measure_facts(of, customer, [asked], knowledge, circumstances or Circumstances())
    return facts[asked.name]


def built_in(name: str, kind: Kind = Kind.MONEY) -> FactDefinition:
    return FactDefinition(name, kind, FactSource.BUILT_IN, group=name.startswith("group."))


def value(of: Ledger, name: str, on: str, kind: Kind = Kind.MONEY, **options: object) -> int:
    """Return the value of a built-in fact."""
    return measured(of, built_in(name, kind), on, **options).value
