"""The applied parts of many invoices side by side, as one collection of entries."""

from collections.abc import Iterable
from typing import Final

import numpy as np

from policy_service.facts.application import AppliedPart
from policy_service.facts.columns import Collection, integers, texts
from policy_service.facts.posted_invoices import PostedInvoice

#: What is kept of a posting and of its part, in their own order, behind the position of the invoice.
_COLUMNS: Final = (
    *("invoice", "date", "kind", "id", "recorded", "known_from", "position", "matures_on"),
    *("is_applied", "closes", "amount", "surplus"),
)


def part_columns(applied: Iterable[tuple[PostedInvoice, Iterable[AppliedPart]]], invoices: Collection) -> Collection:
    """Return every part as an entry dated like its posting, with `invoice` the position among `invoices`.

    `amount` and `surplus` are in the base currency; `days_late` counts from the due date; `is_deposit` tells
    an entry dated before its invoice was issued.
    """
    rows = [(posted.position, *part[0], *part[1:]) for posted, parts in applied for part in parts]
    columns = dict(zip(_COLUMNS, zip(*rows, strict=True) if rows else [()] * len(_COLUMNS), strict=True))
    ids, dates = texts(columns.pop("id")), integers(columns.pop("date"))
    numbers = {name: integers(column) for name, column in columns.items()}
    of = numbers["invoice"].astype(np.intp)
    numbers["days_late"] = dates - invoices.numbers["due_date"][of]
    numbers["is_deposit"] = (dates < invoices.dates[of]).astype(np.int64)
    return Collection(ids, dates, numbers)
