"""The applied parts of many invoices side by side, as one collection of entries."""

from collections.abc import Iterable
from typing import Final

from policy_service.facts.application import AppliedPart
from policy_service.facts.columns import Collection, integers, texts
from policy_service.facts.knowledge import day_number
from policy_service.facts.posted_invoices import PostedInvoice

_COLUMNS: Final = (
    "invoice",
    "kind",
    "known_from",
    "position",
    "matures_on",
    "is_applied",
    "closes",
    "amount",
    "surplus",
    "days_late",
    "is_deposit",
)


def part_columns(applied: Iterable[tuple[PostedInvoice, Iterable[AppliedPart]]]) -> Collection:
    """Return every part as an entry dated like its posting, with `invoice` the position of its invoice.

    `amount` and `surplus` are in the base currency; `days_late` counts from the due date; `is_deposit` tells
    an entry dated before its invoice was issued.
    """
    ids: list[str] = []
    dates: list[int] = []
    rows: list[tuple[int, ...]] = []
    for posted, parts in applied:
        issued, due = day_number(posted.invoice.issue_date), day_number(posted.invoice.due_date)
        for posting, is_applied, closes, amount, surplus in parts:
            date, kind, entry_id, _, known_from, position, matures_on = posting
            ids.append(entry_id)
            dates.append(date)
            rows.append(
                (
                    *(posted.position, kind, known_from, position, matures_on),
                    *(is_applied, closes, amount, surplus, date - due, date < issued),
                )
            )
    columns = zip(*rows, strict=True) if rows else iter([()] * len(_COLUMNS))
    return Collection(
        texts(ids), integers(dates), {name: integers(column) for name, column in zip(_COLUMNS, columns, strict=True)}
    )
