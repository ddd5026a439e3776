"""Payments, credit notes and write-offs applied to their invoice: by date, then kind, then id.

Each takes at most what is open. Parts are found in the invoice's own currency and then converted one by
one; the entry that clears the invoice takes the remainder, so that the parts add up to the invoice's amount
in the base currency.
"""

from collections.abc import Sequence
from enum import IntEnum
from itertools import pairwise
from typing import NamedTuple

from policy_service.facts.currency import ToBase


class PostingKind(IntEnum):
    """What lowers an invoice, in the order in which entries of one day apply."""

    PAYMENT = 0
    CREDIT_NOTE = 1
    WRITE_OFF = 2


class Posting(NamedTuple):
    """An entry on its way to its invoice; its fields compare in the order in which entries apply.

    `known_from` is the later of its date, its `posted_on` and the day its invoice became known: the entry
    is known on days after it. `position` is its place in the file's order.
    """

    date: int
    kind: PostingKind
    entry_id: str
    amount: int
    known_from: int
    position: int
    matures_on: int


class AppliedPart(NamedTuple):
    """What of a posting applied, and its surplus, in the base currency; `closes` if nothing is open after it."""

    posting: Posting
    is_applied: bool
    closes: bool
    amount: int
    surplus: int


def apply_postings(amount: int, postings: Sequence[Posting], to_base: ToBase) -> list[AppliedPart]:
    """Return what of each posting applies to an invoice of `amount`; the postings are in their order.

    The surplus of a write-off is dropped: its part says so by being smaller than its amount.
    """
    left, left_in_base = amount, to_base(amount)
    parts = []
    for posting in postings:
        part = min(posting.amount, left)
        left -= part
        in_base = left_in_base if left == 0 else min(to_base(part), left_in_base)
        left_in_base -= in_base
        has_surplus = part < posting.amount and posting.kind is not PostingKind.WRITE_OFF
        surplus = to_base(posting.amount - part) if has_surplus else 0
        parts.append(AppliedPart(posting, part > 0, left == 0, in_base, surplus))
    return parts


def applies_as_it_becomes_known(postings: Sequence[Posting]) -> bool:
    """Whether, on every day, the known postings are the first ones: then a part never changes again."""
    return all(earlier.known_from <= later.known_from for earlier, later in pairwise(postings))
