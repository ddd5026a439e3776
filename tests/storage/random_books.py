"""Random ledgers of several customers, such as an import gives them."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal

from hypothesis import strategies as st

from policy_service.domain.entries import Customer, Ledger, Rate, RecordedStanding
from tests.facts.random_ledgers import days, entries, fixed_rates
from tests.facts.small_ledgers import CNY, Entry
from tests.storage.books import history_of, roots

_WORDS = st.sampled_from(("", "A", "credit", "经销商 🏭", "a'b\"c\\", "=1+1", " x "))
_RATES = st.sampled_from(("0.0000001", "7.10", "7.1", "12345678901234567890.5"))


@st.composite
def standings(draw: st.DrawFn, customer_id: str) -> tuple[RecordedStanding, ...]:
    limits = st.none() | st.integers(0, 2**62)
    return tuple(
        RecordedStanding(customer_id, day, draw(_WORDS), draw(limits), draw(st.none() | st.integers(0, 90)), day)
        for day in sorted(draw(st.sets(days(30), max_size=2)))
    )


@st.composite
def versions(draw: st.DrawFn, customer_id: str, parents: Sequence[str]) -> tuple[Customer, ...]:
    dates = [None, *sorted(draw(st.sets(days(30), max_size=2)))]
    return tuple(
        Customer(
            customer_id,
            name=draw(_WORDS),
            industry=draw(_WORDS),
            since=draw(st.none() | days(30)),
            parent_id=draw(st.sampled_from(("", *parents))),
            currency=draw(st.sampled_from(("", "USD"))),
            valid_from=date,
            attributes=draw(st.dictionaries(_WORDS, _WORDS, max_size=2)),
            posted_on=draw(st.none() | days(30)),
        )
        for date in dates
    )


def renamed(entry: Entry, customer_id: str) -> Entry:
    """Return the entry as one of that customer, with ids of its own."""
    names = ("invoice_id", "order_id", "payment_id", "adjustment_id", "dispute_id", "promise_id", "event_id")
    ids = {name: f"{customer_id}/{getattr(entry, name)}" for name in names if getattr(entry, name, "")}
    return replace(entry, **ids, **({"customer_id": customer_id} if hasattr(entry, "customer_id") else {}))


@st.composite
def ledgers(draw: st.DrawFn) -> Ledger:
    """Return a ledger such as an import gives it: in order, parents known and not circular."""
    names = [f"C{number}" for number in range(draw(st.integers(1, 3)))]
    histories = {
        name: history_of(
            draw(versions(name, names[:position])),
            [renamed(one, name) for one in draw(entries())],
            draw(standings(name)),
        )
        for position, name in enumerate(names)
    }
    rates = (*fixed_rates(), Rate(dt.date(2020, 1, 1), "THB", Decimal(draw(_RATES))))
    in_order_of_date = tuple(sorted(rates, key=lambda rate: (rate.date, rate.currency)))
    return Ledger(CNY, histories, in_order_of_date, draw(st.booleans()), roots(histories))
