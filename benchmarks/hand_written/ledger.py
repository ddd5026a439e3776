"""What the hand-written kernel reads of a snapshot, and the shape that it takes for granted."""

from typing import NamedTuple

import numpy as np

from policy_service.facts.knowledge import NEVER
from simulations.ledger_snapshot.columns import Column
from simulations.ledger_snapshot.snapshot import Snapshot

_FACTS_OF_THE_FILE = ("years_in_business", "has_personal_guarantee")
_NOTICE = "insolvency_notice"


class Ledger(NamedTuple):
    """Columns of a snapshot, as they are; `notice` is the kind of event that reviews a customer."""

    notice: int
    begins: Column
    ordered: Column
    issued: Column
    due: Column
    known_from: Column
    amount: Column
    posted_begins: Column
    posted_on: Column
    posted_known: Column
    kind: Column
    written: Column
    dispute_begins: Column
    opened: Column
    dispute_known: Column
    closed: Column
    promise_begins: Column
    made: Column
    promise_known: Column
    promised: Column
    promise_amount: Column
    event_begins: Column
    event_on: Column
    event_known: Column
    event_kind: Column


def ledger_of(snapshot: Snapshot) -> Ledger:
    """Return the columns that the kernel reads."""
    invoices, postings, disputes = snapshot.invoices, snapshot.postings, snapshot.disputes
    promises, events = snapshot.promises, snapshot.events
    return Ledger(
        snapshot.words.index(_NOTICE) if _NOTICE in snapshot.words else -1,
        *(invoices.begins, invoices.ordered, invoices.issued, invoices.due, invoices.known_from, invoices.amount),
        *(postings.begins, postings.date, postings.known_from, postings.kind, postings.written),
        *(disputes.begins, disputes.opened, disputes.known_from, disputes.closed),
        *(promises.begins, promises.made, promises.known_from, promises.promised, promises.written),
        *(events.begins, events.date, events.known_from, events.kind),
    )


def unlike(snapshot: Snapshot) -> tuple[str, ...]:
    """Return what of a snapshot the kernel takes for granted and does not find; it is right where this is empty.

    Whatever the policy reads and such a ledger holds is in the kernel: prepayments, entries in parts and posted late,
    credit notes, write-offs, disputes, promises, insolvencies. What it takes for granted is what someone may who
    writes for one kind of ledger, and what costs a product something for every entry, as the next ledger is otherwise:
    fair to both, if it is checked and said.
    """
    invoices, postings, disputes = snapshot.invoices, snapshot.postings, snapshot.disputes
    upon = np.repeat(np.arange(len(invoices.issued)), np.diff(postings.begins))
    posted = np.bincount(upon, postings.written, len(invoices.issued))
    facts = [snapshot.attributes[name] for name in _FACTS_OF_THE_FILE if name in snapshot.attributes]
    promised_for = np.repeat(np.arange(len(invoices.issued)), np.diff(snapshot.promises.begins))
    disputed = np.repeat(np.arange(len(invoices.issued)), np.diff(disputes.begins))
    found = {
        "every order is an invoice of its own": not snapshot.has_orders_file,
        "every amount is in the base currency": not (invoices.rate >= 0).any(),
        "nothing is posted before its invoice is issued": not (postings.date < invoices.issued[upon]).any(),
        "nobody pays more than he owes": not (posted > invoices.amount).any(),
        "there are no bills": not (postings.matures_on != -NEVER).any(),
        "an invoice is disputed once at most": len(np.unique(disputed)) == len(disputed),
        "nothing is disputed before it is issued": not (disputes.opened < invoices.issued[disputed]).any(),
        "nothing is promised before it is issued": not (snapshot.promises.made < invoices.issued[promised_for]).any(),
        "the customer file has one row a customer, and neither years in business nor guarantees": (
            len(snapshot.versions.counts_from) == snapshot.customers and not any(fact.any() for fact in facts)
        ),
    }
    return tuple(what for what, holds in found.items() if not holds)
