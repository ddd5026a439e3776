"""The customers of the sample company: who they are, how they trade and how they will pay."""

from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from policy_service.sample_ledger import profile
from policy_service.sample_ledger.columns import Integers, Reals, amounts, blank_where, days, ids, names
from policy_service.sample_ledger.profile import COUNTRIES, INDUSTRIES, PAYER_TYPES, SEGMENTS, SampleCompany

NEVER = 10**6


@dataclass(frozen=True, slots=True)
class Customers:
    """One entry per customer: indexes into the profile's classes, days counted from the first day.

    `since` may be before the history (negative). From `fails` on nothing is paid, and on `ends` the trade
    with the customer ends; `invoices` is how many invoices it gets.
    """

    segment: Integers
    industry: Integers
    country: Integers
    payer: Integers
    since: Integers
    fails: Integers
    ends: Integers
    size: Reals
    invoices: Integers

    def __len__(self) -> int:
        return len(self.segment)


def make_customers(company: SampleCompany, random: np.random.Generator) -> Customers:
    """Draw the customers; their invoices add up to the company's."""
    count = company.customers
    segment = _pick(random, [segment.share for segment in SEGMENTS], count)
    payer = _pick(random, [payer.share for payer in PAYER_TYPES], count)
    size = np.exp(random.normal(0.0, profile.CUSTOMER_SPREAD, count))
    since = random.integers(-6 * 365, max(1, company.days * 3 // 4), count)
    frequency = np.array([segment.order_frequency for segment in SEGMENTS])[segment]
    yearly = np.array([payer.failures_per_year for payer in PAYER_TYPES])[payer]
    waits = random.exponential(365.0 / yearly)
    fails = np.where(waits < company.days, np.maximum(since, 0) + waits, NEVER)
    ends = np.minimum(fails + profile.TRADE_AFTER_FAILURE_DAYS, company.days)
    weight = size**0.7 * frequency * (ends - np.maximum(since, 0))
    return Customers(
        segment=segment,
        industry=_pick(random, [industry.share for industry in INDUSTRIES], count),
        country=_pick(random, [share for _, share in COUNTRIES], count),
        payer=payer,
        since=since.astype(np.int64),
        fails=np.minimum(fails, NEVER).astype(np.int64),
        ends=ends.astype(np.int64),
        size=size,
        invoices=_spread_over(random, weight, company.invoices),
    )


def customer_rows(customers: Customers, company: SampleCompany, random: np.random.Generator) -> pa.Table:
    """Return the customers file: classes, group, statements where there are any."""
    count = len(customers)
    number = np.arange(1, count + 1, dtype=np.int64)
    parent = (random.integers(0, count, count) // 25 * 25 + 1).clip(1, count)
    has_parent = (random.random(count) < 0.08) & (parent < number)
    assets = np.round(np.exp(random.normal(16.0, 1.0, count)) * customers.size).astype(np.int64) * 100
    debt = np.clip(random.normal(0.55, 0.18, count) + _strain(customers) * 0.25, 0.05, 1.4)
    current = np.clip(random.normal(1.5, 0.5, count) - _strain(customers) * 0.5, 0.2, 5.0)
    owed_soon = (assets * 0.3).astype(np.int64)
    silent = random.random(count) < 0.35
    liabilities = (assets * debt).astype(np.int64)
    columns = {
        "customer_id": ids("C", number),
        "name": ids("Customer ", number),
        "segment": names(tuple(segment.name for segment in SEGMENTS), customers.segment),
        "industry": names(tuple(industry.name for industry in INDUSTRIES), customers.industry),
        "country": names(tuple(country for country, _ in COUNTRIES), customers.country),
        "since": days(company.first_day_number + customers.since),
        "parent_id": blank_where(ids("C", parent), ~has_parent),
        "total_assets": blank_where(amounts(assets), silent),
        "total_liabilities": blank_where(amounts(liabilities), silent),
        "net_worth": blank_where(amounts(assets - liabilities), silent | (assets < liabilities)),
        "current_assets": blank_where(amounts((owed_soon * current).astype(np.int64)), silent),
        "current_liabilities": blank_where(amounts(owed_soon), silent),
        "reputation_score": blank_where(pa.array(random.integers(1, 6, count)), random.random(count) < 0.2),
        "is_key_account": names(("false", "true"), (customers.segment == 0).astype(np.int64)),
        "years_in_business": pa.array(np.maximum(1, random.integers(1, 30, count))),
    }
    return pa.table(columns)


def _strain(customers: Customers) -> Reals:
    late = np.array([payer.days_late + 2 * payer.drift_per_year for payer in PAYER_TYPES])[customers.payer]
    return np.clip(late / 40.0, 0.0, 1.5)


def _pick(random: np.random.Generator, shares: list[float], count: int) -> Integers:
    cumulated = np.cumsum(shares) / np.sum(shares)
    drawn: Integers = np.searchsorted(cumulated, random.random(count), side="right").astype(np.int64)
    return np.minimum(drawn, len(shares) - 1)


def _spread_over(random: np.random.Generator, weight: Reals, total: int) -> Integers:
    exact = weight / weight.sum() * total
    counts: Integers = np.floor(exact).astype(np.int64)
    rest = total - int(counts.sum())
    order = np.argsort(-(exact - counts) + random.random(len(weight)) * 1e-9, kind="stable")
    counts[order[:rest]] += 1
    return counts
