"""Random ledgers of several customers: each with crowded books of its own, some in groups that change."""

import datetime as dt
from dataclasses import fields, replace

from hypothesis import strategies as st

from policy_service.domain.entries import Customer, CustomerHistory, Ledger, RecordedStanding
from policy_service.domain.values import UNLIMITED
from policy_service.ledger.group_roots import roots_of
from tests.facts import random_ledgers
from tests.facts.small_ledgers import CNY, Entry, history

NAMES = ("C1", "C10", "C2", "Ünal", "ß", "秦", "𝄞")
_IDS = frozenset({"invoice_id", "payment_id", "adjustment_id", "dispute_id", "promise_id", "event_id", "order_id"})


def owned(entry: Entry, customer_id: str) -> Entry:
    """Return the entry as that customer's: its ids are the customer's own."""
    names = {field.name for field in fields(entry)}
    ids = {name: f"{customer_id}-{getattr(entry, name)}" for name in _IDS & names if getattr(entry, name)}
    return replace(entry, **ids, **({"customer_id": customer_id} if "customer_id" in names else {}))


@st.composite
def versions(draw: st.DrawFn, customer_id: str, parents: tuple[str, ...]) -> tuple[Customer, ...]:
    dates = draw(st.lists(st.none() | random_ledgers.days(15), min_size=1, max_size=4, unique=True))
    return tuple(
        Customer(
            customer_id,
            name=draw(st.sampled_from(("", "Ltd", "unknown"))),
            since=draw(st.none() | random_ledgers.days(15)),
            parent_id=draw(st.sampled_from(("", *parents))),
            valid_from=date,
            attributes=draw(st.dictionaries(st.sampled_from(("size", "region")), st.sampled_from((" ", "5", "L")))),
            posted_on=draw(st.none() | random_ledgers.days(15)),
        )
        for date in sorted(dates, key=lambda date: date or dt.date.min)
    )


@st.composite
def standings(draw: st.DrawFn, customer_id: str) -> tuple[RecordedStanding, ...]:
    dates = draw(st.lists(random_ledgers.days(15), max_size=2, unique=True))
    return tuple(
        RecordedStanding(
            customer_id,
            date,
            draw(st.sampled_from(("", "A", "B"))),
            draw(st.sampled_from((None, 0, 5000, UNLIMITED))),
            draw(st.sampled_from((None, 0, 30))),
            draw(st.none() | random_ledgers.days(15)),
        )
        for date in sorted(dates)
    )


@st.composite
def histories(draw: st.DrawFn, customer_id: str, parents: tuple[str, ...]) -> CustomerHistory:
    entries = [owned(entry, customer_id) for entry in draw(random_ledgers.entries())]
    own = history(*entries, of=customer_id, versions=draw(versions(customer_id, parents)))
    return replace(own, standings=draw(standings(customer_id)))


@st.composite
def ledgers(draw: st.DrawFn, most: int = 3) -> Ledger:
    """Return a ledger as an import would: customers in order of id, roots by the last parent of each."""
    names = tuple(sorted(draw(st.sets(st.sampled_from(NAMES), min_size=1, max_size=most))))
    owners = {name: draw(histories(name, tuple(one for one in names if one != name))) for name in names}
    roots = roots_of({name: own.versions[-1].parent_id for name, own in owners.items()})
    return Ledger(CNY, owners, random_ledgers.fixed_rates(), draw(st.booleans()), roots)
