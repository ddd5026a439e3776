"""What of payments, credit notes and write-offs applied to invoices, sorted by what facts ask about."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from policy_service.facts.application import Applied
from policy_service.facts.columns import (
    Collection,
    Flags,
    Integers,
    Positions,
    Texts,
    in_order_of_date,
    join,
    take,
    texts,
    with_columns,
)
from policy_service.facts.knowledge import NEVER
from policy_service.facts.postings import PostingKind, Postings
from policy_service.facts.prepared_invoices import PreparedInvoices
from policy_service.ledger.columns import Table

#: By kind of posting.
_TABLES: Final = texts([Table.PAYMENTS, Table.ADJUSTMENTS, Table.ADJUSTMENTS])


@dataclass(frozen=True, slots=True)
class AppliedEntries:
    """Applied parts by what they are: amounts in base currency, each known on days after its `known_from`.

    `payments` are without deposits, which came before their invoice; `bills` are payments by bill, deposits
    included; `surpluses` are what did not apply; `partial` is whatever left something of its invoice open.
    Each stands as in its file.
    """

    payments: Collection
    adjustments: Collection
    bills: Collection
    surpluses: Collection
    partial: Collection


def applied_entries(
    postings: Postings, applied: Applied, known_from: Integers, invoices: PreparedInvoices
) -> AppliedEntries:
    """Return the applied parts by what they are."""
    of, is_payment, has_part = postings.invoice, postings.kinds == PostingKind.PAYMENT, applied.part > 0
    is_deposit = postings.dates < invoices.entries.dates[of]
    parts = {"known_from": known_from, "position": postings.positions, "amount": applied.amount}
    days_late = postings.dates - invoices.entries.numbers["due_date"][of]
    surpluses = parts | {"amount": applied.surplus, "posting_kind": postings.kinds}

    def entries(chosen: Flags, columns: dict[str, Integers]) -> Collection:
        return _entries(postings, chosen.nonzero()[0], columns)

    return AppliedEntries(
        entries(is_payment & has_part & ~is_deposit, parts | {"days_late": days_late}),
        _with_kinds(entries(~is_payment & has_part, parts | {"of_kind": postings.kinds})),
        entries(is_payment & has_part & (postings.matures_on > -NEVER), parts | {"matures_on": postings.matures_on}),
        entries(applied.surplus > 0, surpluses),
        entries(has_part & (applied.left > 0), parts | {"invoice": of}),
    )


def together(parts: Sequence[Collection]) -> Collection:
    """Return the entries of all of them as they stand in their file."""
    every = join(parts)
    return take(every, np.argsort(every.numbers["position"], kind="stable"))


def in_order_of_kind(surpluses: Collection) -> Collection:
    """Return surpluses by date, those of one day payments first."""
    if not len(surpluses):
        return surpluses
    numbers = surpluses.numbers
    return take(surpluses, np.lexsort((numbers["position"], numbers["posting_kind"], surpluses.dates)))


def _entries(postings: Postings, places: Positions, columns: dict[str, Integers]) -> Collection:
    places = places[np.argsort(postings.positions[places], kind="stable")]
    kinds = postings.kinds[places]
    return in_order_of_date(
        lambda: _TABLES[kinds],
        postings.ids[places],
        postings.dates[places],
        {name: column[places] for name, column in columns.items()},
    )


def _with_kinds(entries: Collection) -> Collection:
    def kinds() -> Texts:
        return texts([PostingKind(kind).name.lower() for kind in entries.numbers["of_kind"].tolist()])

    return with_columns(entries, texts={"kind": kinds})
