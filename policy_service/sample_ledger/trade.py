"""Orders and invoices of some customers: when, how much, due when."""

from dataclasses import dataclass

import numpy as np

from policy_service.sample_ledger import profile
from policy_service.sample_ledger.columns import Integers, Reals
from policy_service.sample_ledger.customers import Customers
from policy_service.sample_ledger.profile import INDUSTRIES, SEGMENTS, SampleCompany


@dataclass(frozen=True, slots=True)
class Invoices:
    """One entry per invoice, by customer and issue day; days are counted from the company's first day."""

    number: Integers
    customer: Integers
    ordered: Integers
    issued: Integers
    due: Integers
    amount: Integers

    def __len__(self) -> int:
        return len(self.number)


def make_invoices(
    customers: Customers, chosen: Integers, first_number: int, company: SampleCompany, random: np.random.Generator
) -> Invoices:
    """Draw the invoices of the `chosen` customers, numbered from `first_number`."""
    customer = np.repeat(chosen, customers.invoices[chosen])
    issued = _issue_days(customers, customer, company, random)
    order = np.lexsort((issued, customer))
    customer, issued = customer[order], issued[order]
    count = len(customer)
    lead = np.minimum(random.integers(0, 8, count), issued - np.maximum(customers.since[customer], 0))
    term = np.array([segment.term_days for segment in SEGMENTS])[customers.segment[customer]]
    term = term + np.where(random.random(count) < 0.1, 15, 0)
    return Invoices(
        number=np.arange(first_number, first_number + count, dtype=np.int64),
        customer=customer,
        ordered=issued - np.maximum(lead, 0),
        issued=issued,
        due=issued + term,
        amount=_amounts(customers, customer, random),
    )


def _issue_days(
    customers: Customers, customer: Integers, company: SampleCompany, random: np.random.Generator
) -> Integers:
    # A draw from a rising density (growth), then thinned towards the season by taking the better of two.
    start = np.maximum(customers.since[customer], 0).astype(np.float64)
    end = customers.ends[customer].astype(np.float64)
    first = _rising_day(start, end, company, random)
    second = _rising_day(start, end, company, random)
    industry = customers.industry[customer]
    prefers_second = _season(second, industry, company) > _season(first, industry, company)
    strength = np.array([industry.season for industry in INDUSTRIES])[industry]
    return np.where(prefers_second & (random.random(len(first)) < strength), second, first).astype(np.int64)


def _rising_day(start: Reals, end: Reals, company: SampleCompany, random: np.random.Generator) -> Integers:
    tilt = profile.GROWTH * company.days / 365.0
    draw = random.random(len(start))
    risen = draw if tilt == 0 else (np.sqrt(1.0 + draw * ((1.0 + tilt) ** 2 - 1.0)) - 1.0) / tilt
    return np.minimum(start + risen * (end - start), end - 1).astype(np.int64)


def _season(day: Integers, industry: Integers, company: SampleCompany) -> Reals:
    peak = np.array([industry.peak_month for industry in INDUSTRIES])[industry]
    of_year = (day + company.first_day.timetuple().tm_yday - 1) % 365.25
    season: Reals = np.cos((of_year / 365.25 - (peak - 0.5) / 12.0) * 2.0 * np.pi)
    return season


def _amounts(customers: Customers, customer: Integers, random: np.random.Generator) -> Integers:
    by_segment = np.array([segment.order_size for segment in SEGMENTS])[customers.segment[customer]]
    spread = np.exp(random.normal(0.0, profile.ORDER_SPREAD, len(customer)))
    amount = profile.MEDIAN_ORDER * by_segment * np.sqrt(customers.size[customer]) * spread
    whole: Integers = amount.astype(np.int64)
    return whole.clip(1000)
