"""How invoices are paid: late or early, in parts, disputed, promised, credited, or never."""

from dataclasses import dataclass

import numpy as np

from policy_service.sample_ledger import profile
from policy_service.sample_ledger.columns import Flags, Integers, Reals
from policy_service.sample_ledger.customers import NEVER, Customers
from policy_service.sample_ledger.profile import INDUSTRIES, PAYER_TYPES, SampleCompany
from policy_service.sample_ledger.trade import Invoices


@dataclass(frozen=True, slots=True)
class Behaviour:
    """One entry per invoice; days from the company's first day, `NEVER` for what does not happen.

    `paid` is the day of the first payment, `paid_rest` of the second (where `first_part` leaves a rest);
    `credited` is the amount of a credit note on day `credit_day`, `overpaid` the surplus of the payment.
    """

    paid: Integers
    paid_rest: Integers
    first_part: Integers
    rest: Integers
    credited: Integers
    credit_day: Integers
    disputed: Integers
    dispute_closed: Integers
    promise_made: Integers
    promised: Integers
    written_off: Integers


def behave(customers: Customers, invoices: Invoices, company: SampleCompany, random: np.random.Generator) -> Behaviour:
    """Draw what becomes of every invoice."""
    count = len(invoices)
    paid = np.maximum(invoices.due + _days_late(customers, invoices, company, random), invoices.issued)
    disputed, closed = _disputes(invoices, random)
    is_disputed = disputed < NEVER
    paid = np.where(is_disputed, np.maximum(paid, closed + random.integers(1, 11, count)), paid)
    is_deposit = (random.random(count) < profile.DEPOSIT_SHARE) & ~is_disputed
    paid = np.where(is_deposit, invoices.issued - random.integers(1, 6, count), paid)
    fails = customers.fails[invoices.customer]
    paid = np.where(paid >= fails, NEVER, paid)
    credited, credit_day = _credit_notes(invoices, paid, random)
    owed = invoices.amount - credited
    first_part, paid_rest = _parts(owed, paid, is_deposit, random)
    rest = owed - first_part
    paid_rest = np.where((rest == 0) | (paid_rest >= fails), NEVER, paid_rest)
    is_overpaid = (random.random(count) < profile.OVERPAID_SHARE) & (rest == 0)
    made, promised = _promises(customers, invoices, paid, random)
    unpaid = (paid == NEVER) | ((rest > 0) & (paid_rest == NEVER))
    return Behaviour(
        paid=paid,
        paid_rest=paid_rest,
        first_part=first_part + np.where(is_overpaid, first_part // 50 + 1, 0),
        rest=rest,
        credited=credited,
        credit_day=credit_day,
        disputed=disputed,
        dispute_closed=closed,
        promise_made=made,
        promised=promised,
        written_off=np.where(unpaid, invoices.due + profile.WRITE_OFF_AFTER_DAYS, NEVER),
    )


def _days_late(
    customers: Customers, invoices: Invoices, company: SampleCompany, random: np.random.Generator
) -> Integers:
    payer = customers.payer[invoices.customer]
    mean = np.array([payer.days_late for payer in PAYER_TYPES])[payer]
    spread = np.array([payer.spread for payer in PAYER_TYPES])[payer]
    drift = np.array([payer.drift_per_year for payer in PAYER_TYPES])[payer]
    years = np.maximum(invoices.issued - np.maximum(customers.since[invoices.customer], 0), 0) / 365.0
    late = mean + drift * years + spread * random.standard_normal(len(invoices))
    return np.round(late + _shock(customers, invoices, company)).astype(np.int64)


def _shock(customers: Customers, invoices: Invoices, company: SampleCompany) -> Reals:
    begins = company.days * profile.SHOCK_AT
    hit = np.array([industry.hit_by_shock for industry in INDUSTRIES])[customers.industry[invoices.customer]]
    through = (invoices.due >= begins) & (invoices.due < begins + profile.SHOCK_DAYS)
    return np.where(through, hit, 0.0)


def _disputes(invoices: Invoices, random: np.random.Generator) -> tuple[Integers, Integers]:
    count = len(invoices)
    chosen = random.random(count) < profile.DISPUTE_SHARE
    opened = invoices.issued + random.integers(3, 21, count)
    closed = opened + random.integers(10, 61, count)
    return np.where(chosen, opened, NEVER), np.where(chosen, closed, NEVER)


def _credit_notes(invoices: Invoices, paid: Integers, random: np.random.Generator) -> tuple[Integers, Integers]:
    count = len(invoices)
    chosen = random.random(count) < profile.CREDIT_NOTE_SHARE
    day = invoices.issued + random.integers(1, 20, count)
    credited = (invoices.amount * random.uniform(0.05, 0.3, count)).astype(np.int64)
    happens = chosen & (day < paid)
    return np.where(happens, credited, 0), np.where(happens, day, NEVER)


def _parts(owed: Integers, paid: Integers, is_deposit: Flags, random: np.random.Generator) -> tuple[Integers, Integers]:
    count = len(owed)
    in_parts = (random.random(count) < profile.PARTIAL_SHARE) & ~is_deposit & (paid < NEVER)
    first = np.where(in_parts, (owed * random.uniform(0.3, 0.8, count)).astype(np.int64), owed)
    return np.maximum(first, 1), np.where(in_parts, paid + random.integers(10, 41, count), NEVER)


def _promises(
    customers: Customers, invoices: Invoices, paid: Integers, random: np.random.Generator
) -> tuple[Integers, Integers]:
    count = len(invoices)
    made = invoices.due + profile.PROMISE_AFTER_DAYS - random.integers(0, 6, count)
    late = paid > made + 5
    chosen = late & (random.random(count) < profile.PROMISE_SHARE)
    keeps = np.array([payer.keeps_promises for payer in PAYER_TYPES])[customers.payer[invoices.customer]]
    kept = (random.random(count) < keeps) & (paid < NEVER)
    soon = made + random.integers(3, 15, count)
    promised = np.where(kept, paid + random.integers(0, 3, count), np.minimum(soon, paid - 1))
    return np.where(chosen, made, NEVER), np.where(chosen, promised, NEVER)
