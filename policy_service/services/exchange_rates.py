"""Currencies and their rates: the latest of each, what lacks one, and a new one entered by hand."""

import datetime as dt
from dataclasses import dataclass

from sqlalchemy.orm import Session

from policy_service.domain.acting import Act
from policy_service.domain.entries import Rate
from policy_service.domain.errors import RequestError
from policy_service.domain.permissions import Permission
from policy_service.ledger.columns import Table
from policy_service.services.actor import Actor, require
from policy_service.services.house import House
from policy_service.services.ledger_in.pushing import EntriesRefused, Pushed, push
from policy_service.storage.ledger_known import base_currency_of
from policy_service.storage.ledger_rates import currencies_of_customers, first_and_latest, held_without_rate
from policy_service.storage.ledger_upsert import Upserted


@dataclass(frozen=True, slots=True)
class CurrencyNow:
    """A currency with the first day it has a rate for, and the rate that amounts of today are converted at.

    `latest` is none where every rate lies ahead.
    """

    code: str
    first_day: dt.date
    latest: Rate | None
    count: int


@dataclass(frozen=True, slots=True)
class MissingRate:
    """A currency without a rate for today: so many customers trade in it, and so many held orders wait for one."""

    code: str
    customers: int
    held_orders: int


@dataclass(frozen=True, slots=True)
class Currencies:
    """The base currency of the ledger (empty before there is one), the others with rates, and those without."""

    base: str
    known: tuple[CurrencyNow, ...]
    missing: tuple[MissingRate, ...]


def currencies(session: Session, today: dt.date) -> Currencies:
    """Return the currencies of the ledger and of what is asked for, as they are today."""
    base = base_currency_of(session)
    if base is None:
        return Currencies("", (), ())
    known = tuple(CurrencyNow(*one) for one in first_and_latest(session, today))
    have = {one.code for one in known if one.latest} | {base.code, ""}
    customers, held = currencies_of_customers(session), held_without_rate(session)
    lacking = sorted({*customers, *held} - have)
    missing = tuple(MissingRate(code, customers.get(code, 0), held.get(code, 0)) for code in lacking)
    return Currencies(base.code, known, missing)


def enter_rate(house: House, session: Session, day: str, currency: str, rate: str, actor: Actor, act: Act) -> Upserted:
    """Store a rate as a posting of its own, in place of one of that day and currency; return what became of it.

    AccessError A403 without permission to write the ledger; RequestError R481 with what is wrong with which of them.
    """
    require(actor, Permission.LEDGER_WRITE)
    cells = {"date": day, "currency": currency, "rate": rate}
    try:
        return push(house, session, [Pushed(Table.RATES, cells)], act)[0]
    except EntriesRefused as refused:
        fault = next(iter(refused.errors.values()))[0]
        message = f"{fault['column']}: {fault['found']}. {fault.get('reason', '')}".strip()
        raise RequestError("R481", message, remedy=fault["remedy"]) from refused
