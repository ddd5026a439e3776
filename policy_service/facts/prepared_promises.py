"""Promises as columns, with every entry that decides whether they were kept."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from policy_service.domain.entries import Promise
from policy_service.facts.application import PostingKind
from policy_service.facts.columns import Collection, Flags, Integers, Positions, integers, sums_by, texts
from policy_service.facts.knowledge import Knowledge, day_number
from policy_service.facts.posted_invoices import PostedInvoice, last_unknown_day


@dataclass(frozen=True, slots=True)
class PreparedPromises:
    """Promises, and the receipts that bear on them: what was paid or credited in time, what came before.

    `promised_amount` and the receipts are in minor units of the invoice's currency.
    """

    promises: Collection
    receipt_promise: Positions
    receipt_known_from: Integers
    received: Integers
    came_before: Integers


def prepare_promises(promises: Sequence[Promise], invoices: Mapping[str, PostedInvoice]) -> PreparedPromises:
    """Return the promises on known invoices; one without an amount promises all of its invoice."""
    known = [(promise, invoices[promise.invoice_id]) for promise in promises if promise.invoice_id in invoices]
    receipts = [
        (position, *receipt)
        for position, (promise, posted) in enumerate(known)
        for receipt in _receipts(promise, posted)
    ]
    columns = list(zip(*receipts, strict=True)) or [(), (), (), ()]
    return PreparedPromises(
        _promise_columns(known),
        integers(columns[0]).astype("intp"),
        *(integers(column) for column in columns[1:]),
    )


def broken_promises(prepared: PreparedPromises, knowledge: Knowledge) -> Flags:
    """Return for each promise whether it is broken as of the day.

    It is if `promised` is before the day and payments plus credit notes that are known and dated `made` to
    `promised` come to less than the smaller of the promised amount and the invoice less what came before
    `made`. Entries count as recorded, so that a write-off in between does not break a promise that was kept.
    """
    promises = prepared.promises.numbers
    known = prepared.receipt_known_from < knowledge.before
    positions, length = prepared.receipt_promise[known], len(prepared.promises)
    received = sums_by(positions, prepared.received[known], length)
    left = promises["invoice_amount"] - sums_by(positions, prepared.came_before[known], length)
    is_short = (received < promises["promised_amount"]) & (received < left)
    is_over: Flags = promises["promised"] < knowledge.number
    return is_over & is_short


def _receipts(promise: Promise, posted: PostedInvoice) -> list[tuple[int, int, int]]:
    made, promised = day_number(promise.made), day_number(promise.promised)
    receipts = []
    for posting in posted.postings:
        if posting.date < made:
            receipts.append((posting.known_from, 0, posting.amount))
        elif posting.date <= promised and posting.kind is not PostingKind.WRITE_OFF:
            receipts.append((posting.known_from, posting.amount, 0))
    return receipts


def _promise_columns(known: Sequence[tuple[Promise, PostedInvoice]]) -> Collection:
    asked = [posted.invoice.amount if one.amount is None else one.amount for one, posted in known]
    numbers = {
        "known_from": [max(last_unknown_day(one.made, one.posted_on), posted.known_from) for one, posted in known],
        "promised": [day_number(one.promised) for one, _ in known],
        "amount": [posted.to_base(amount) for amount, (_, posted) in zip(asked, known, strict=True)],
        "promised_amount": asked,
        "invoice_amount": [posted.invoice.amount for _, posted in known],
    }
    return Collection(
        texts([one.promise_id for one, _ in known]),
        integers([day_number(one.made) for one, _ in known]),
        {name: integers(column) for name, column in numbers.items()},
    )
