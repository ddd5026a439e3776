"""What a reader must know before believing the figures of a run."""

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from string import Formatter
from typing import Final

import numpy as np

from policy_service.facts.postings import PostingKind
from policy_service.language.definitions.dictionary import FactDefinition, FactSource
from policy_service.language.policy import Policy
from policy_service.linter.checks.feedback import check_feedback
from simulations.ledger_snapshot.snapshot import Snapshot
from simulations.replay.options import Mode, Options


@dataclass(frozen=True, slots=True)
class Caveat:
    """One reservation, by its code; `about` is the count or the names that its text is about, for other languages."""

    code: str
    text: str
    about: str = ""


#: The texts of those that are about something.
_TEXTS: Final[Mapping[str, str]] = {
    "LIMIT_FEEDS_ON_ITSELF": "{about}: {found} Read avg_monthly_orders_12m instead.",
    "FACTS_NOT_IN_LEDGER": "The customer file does not have {about}: read as unknown.",
    "FACTS_WITHOUT_HISTORY": "Of {about} the customer file has one value per customer, which is read on every date.",
    "POSTED_LATE": "{about} entries were posted after their date: decisions see them from then on, figures count them "
    "by their date.",
    "ROWS_LEFT_OUT": "{about} faulty rows were left out when the ledger was imported.",
    "TOO_MANY_COHORTS": "There are too many values of {about} to show the figures of each.",
}


@dataclass(frozen=True, slots=True)
class LedgerCaveats:
    """What is to be said of a ledger, or of a part of it.

    `posted_late` counts the entries, rows of recorded standings among them, that became known after their date;
    `payments` counts payments alone, not what else lowers an invoice; `changing` are the customer facts that say
    another thing of some customer from a later day on; `known` all that the customer file has.
    """

    posted_late: int
    payments: int
    quarantined: int
    changing: frozenset[str]
    known: frozenset[str]


def ledger_caveats(snapshot: Snapshot) -> LedgerCaveats:
    """Return what is to be said of that ledger."""
    dated = [
        (snapshot.invoices.issued, snapshot.invoices.known_from),
        (snapshot.orders.date, snapshot.orders.known_from),
        *((table.date, table.known_from) for table in (snapshot.postings, snapshot.unapplied, snapshot.events)),
        (snapshot.disputes.opened, snapshot.disputes.known_from),
        (snapshot.promises.made, snapshot.promises.known_from),
        (snapshot.standings.since, snapshot.standings.known_from),
    ]
    begins_anew = np.zeros(len(snapshot.versions.counts_from) + 1, dtype=bool)
    begins_anew[snapshot.versions.begins] = True
    later = np.flatnonzero(~begins_anew[:-1])
    return LedgerCaveats(
        posted_late=sum(int(np.count_nonzero(known > day)) for day, known in dated),
        payments=int(np.count_nonzero(snapshot.postings.kind == PostingKind.PAYMENT)) + len(snapshot.unapplied.date),
        quarantined=snapshot.quarantined,
        changing=frozenset(n for n, said in snapshot.attributes.items() if (said[later] != said[later - 1]).any()),
        known=frozenset(snapshot.attributes),
    )


def caveat_in_report(code: str, text: str) -> Caveat:
    """Return a caveat of a report, which holds its code and text, with what it is about.

    That is empty where it is about nothing, and where an earlier version put the text otherwise.
    """
    found = re.fullmatch(_pattern(_TEXTS[code]), text) if code in _TEXTS else None
    return Caveat(code, text, found["about"] if found else "")


def merge_ledger_caveats(parts: Sequence[LedgerCaveats]) -> LedgerCaveats:
    """Return what is to be said of all parts; each part knows of the rows left out of the whole ledger."""
    return LedgerCaveats(
        sum(part.posted_late for part in parts),
        sum(part.payments for part in parts),
        max(part.quarantined for part in parts),
        frozenset().union(*(part.changing for part in parts)),
        frozenset().union(*(part.known for part in parts)),
    )


def caveats(
    ledger: LedgerCaveats, policies: Sequence[Policy], options: Options, uncut: Sequence[str], *, has_bands: bool
) -> Sequence[Caveat]:
    """Return all reservations about a run of those policies."""
    return [
        *_of_replays(options),
        *_of_policies(ledger, policies, options),
        *_of_ledger(ledger),
        *(_about("TOO_MANY_COHORTS", dimension) for dimension in uncut),
        *(() if has_bands else (_NO_BANDS,)),
    ]


#: Of a window without orders: its figures are no answer, though balances and ladders go on in it.
NO_ORDERS = Caveat("NO_ORDERS", "No order is dated in the window: nothing is decided in it.")

_PREPAID_IS_SOLD = Caveat(
    "PREPAID_IS_SOLD",
    "Orders against prepayment count as sold and paid: nobody is taken to refuse, or to buy elsewhere instead.",
)
_MOSTLY_PREPAID = Caveat(
    "MOSTLY_PREPAID",
    "More than half of the orders are against prepayment. Who prepays leaves no payments to be judged by, and may be "
    "asked to prepay for ever: look at open loop beside it, or begin the window later.",
)

_NO_BANDS = Caveat("NO_BANDS", "The amounts of the ledger are too large for intervals to be worked out exactly.")


def prepayment_caveats(options: Options, runs: Collection[tuple[int, int]]) -> Iterator[Caveat]:
    """Yield what is to be said of orders against prepayment; of each run how many these are, and of how many."""
    if options.mode is Mode.CLOSED and any(prepaid for prepaid, _ in runs):
        yield _PREPAID_IS_SOLD
        if any(2 * prepaid > orders for prepaid, orders in runs):
            yield _MOSTLY_PREPAID


def _of_replays(options: Options) -> Iterator[Caveat]:
    yield Caveat("REFUSED_WHEN_ASKED", "Orders that were refused when they were asked for left no payments to replay.")
    if options.mode is Mode.CLOSED:
        yield Caveat(
            "CUSTOMERS_DO_NOT_REACT",
            "Customers are taken to pay as they did: nobody buys more, or elsewhere, for another limit or term.",
        )
    else:
        yield Caveat("DECISIONS_DO_NOT_ACT", "In open loop no decision changes what comes after it.")
    yield Caveat("OPEN_IS_NO_BAD_DEBT", "What is open at the end of the window is reported as open, never as bad debt.")


def _of_policies(ledger: LedgerCaveats, policies: Sequence[Policy], options: Options) -> Iterator[Caveat]:
    if options.mode is Mode.CLOSED:
        feeding = {(policy.id, finding.message) for policy in policies for finding in check_feedback(policy)}
        for policy_id, message in sorted(feeding):
            yield _about("LIMIT_FEEDS_ON_ITSELF", policy_id, found=message)
    read = {fact.name for fact in _customer_facts(policies)}
    if missing := sorted(read - ledger.known):
        yield _about("FACTS_NOT_IN_LEDGER", ", ".join(missing))
    if constant := sorted((read & ledger.known) - ledger.changing):
        yield _about("FACTS_WITHOUT_HISTORY", ", ".join(constant))


def _of_ledger(ledger: LedgerCaveats) -> Iterator[Caveat]:
    if ledger.posted_late:
        yield _about("POSTED_LATE", f"{ledger.posted_late:,}")
    if not ledger.payments:
        yield Caveat("NO_PAYMENTS", "The ledger has no payments: nothing can be said of how customers pay.")
    if ledger.quarantined:
        yield _about("ROWS_LEFT_OUT", f"{ledger.quarantined:,}")


def _about(code: str, about: str, **said: str) -> Caveat:
    return Caveat(code, _TEXTS[code].format(about=about, **said), about)


def _pattern(text: str) -> str:
    places = Formatter().parse(text)
    return "".join(re.escape(words) + (f"(?P<{name}>.+?)" if name else "") for words, name, _, _ in places)


def _customer_facts(policies: Iterable[Policy]) -> Iterator[FactDefinition]:
    for policy in policies:
        yield from (fact for fact in policy.facts.values() if fact.source is FactSource.CUSTOMER)
