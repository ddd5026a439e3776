"""A snapshot under stress: the same ledger, in which payments come later or not at all.

Every stress looks at the payments as recorded, so that their order does not matter; days late of several add up.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from hashlib import sha256
from typing import Any, NamedTuple

import numpy as np

from policy_service.facts.knowledge import NEVER
from policy_service.facts.postings import PostingKind
from policy_service.facts.rounding import divide_half_away
from policy_service.services.canonical_json import canonical_bytes
from simulations.ledger_snapshot.columns import Column, Postings, Unapplied, read_only
from simulations.ledger_snapshot.snapshot import Snapshot
from simulations.stress.affected import Affected, Marks, affected_by
from simulations.stress.reading import Stress


@dataclass(frozen=True, slots=True)
class Effect:
    """What one stress came to: whom it hit, who stopped paying, and what became of the payments from its day on.

    `amount` is what the payments that are no longer made were, in minor units of the base currency.
    """

    stress: Stress
    begins: int
    customers: int
    stopping: tuple[str, ...]
    later: int
    missing: int
    amount: int


@dataclass(frozen=True, slots=True)
class Stressed:
    """A ledger under stress, and the recorded one that it was made of."""

    snapshot: Snapshot
    recorded: Snapshot
    effects: tuple[Effect, ...]


class _Paid(NamedTuple):
    """Payments with or without an invoice: whose they are, when, since when they can be late, and how much."""

    customer: Column
    date: Column
    earliest: Column
    amount: Column
    is_payment: Marks


def stressed(snapshot: Snapshot, stresses: Sequence[Stress], begins: int) -> Stressed:
    """Return the ledger under all of these stresses; those that name no day begin on the day `begins`.

    From that day on payments of the customers hit are dated later, with what they are known from and mature on; a
    payment before the issue date (a deposit) is not late and stays. Who stops paying makes none of the payments that
    are dated from that day on. Invoices, orders, promises, disputes, credit notes and write-offs stay as recorded.
    RequestError R532 and R533 for customers that cannot be found.
    """
    upon, free = _upon_invoices(snapshot), _unapplied(snapshot)
    later = [np.zeros(len(paid.date), dtype=np.int64) for paid in (upon, free)]
    missing = [np.zeros(len(paid.date), dtype=bool) for paid in (upon, free)]
    effects = []
    for stress in stresses:
        first = begins if stress.begins is None else stress.begins
        affected = affected_by(stress, snapshot, first)
        marks = [_marked(paid, affected, first) for paid in (upon, free)]
        for place, (is_late, is_missing) in enumerate(marks):
            later[place] += np.where(is_late, stress.days_late, 0)
            missing[place] |= is_missing
        effects.append(_effect(stress, first, affected, snapshot, (upon, free), marks))
    worse = replace(
        snapshot,
        hash=_hash(snapshot.hash, effects),
        postings=_postings(snapshot.postings, later[0], missing[0]),
        unapplied=_without_invoice(snapshot.unapplied, later[1], missing[1]),
    )
    return Stressed(worse, snapshot, tuple(effects))


def effect_as_data(effect: Effect) -> Mapping[str, Any]:
    """Return what a report says of a stress."""
    stress = effect.stress
    return {
        "text": stress.text,
        "chosen": {name: list(values) for name, values in stress.chosen.items()},
        "days_late": stress.days_late,
        "default_share": str(stress.default_share),
        "from": str(np.datetime64(effect.begins, "D")),
        "seed": stress.seed,
        "customers": effect.customers,
        "customers_stopping": list(effect.stopping),
        "payments_later": effect.later,
        "payments_missing": effect.missing,
        "amount_missing": effect.amount,
    }


def _upon_invoices(snapshot: Snapshot) -> _Paid:
    postings, invoices = snapshot.postings, snapshot.invoices
    of = np.repeat(np.arange(len(invoices.issued)), np.diff(postings.begins))
    is_payment = postings.kind == PostingKind.PAYMENT
    amount = _in_base(snapshot, invoices.rate[of], postings.written)
    return _Paid(invoices.customer[of], postings.date, invoices.issued[of], amount, is_payment)


def _unapplied(snapshot: Snapshot) -> _Paid:
    free = snapshot.unapplied
    of = np.repeat(np.arange(snapshot.customers), np.diff(free.begins))
    every = np.ones(len(free.date), dtype=bool)
    return _Paid(of, free.date, np.full(len(free.date), -NEVER), free.amount, every)


def _marked(paid: _Paid, affected: Affected, first: int) -> tuple[Marks, Marks]:
    reached = paid.is_payment & (paid.date >= first) & affected.hit[paid.customer]
    is_missing = reached & affected.stopping[paid.customer]
    return reached & ~is_missing & (paid.date >= paid.earliest), is_missing


def _effect(
    stress: Stress,
    first: int,
    affected: Affected,
    snapshot: Snapshot,
    paid: Sequence[_Paid],
    marks: Sequence[tuple[Marks, Marks]],
) -> Effect:
    return Effect(
        stress=stress,
        begins=first,
        customers=int(affected.hit.sum()),
        stopping=tuple(snapshot.customer_ids[place] for place in np.flatnonzero(affected.stopping).tolist()),
        later=sum(int(is_late.sum()) for is_late, _ in marks) if stress.days_late else 0,
        missing=sum(int(is_missing.sum()) for _, is_missing in marks),
        amount=sum(int(each.amount[gone].sum()) for each, (_, gone) in zip(paid, marks, strict=True)),
    )


def _postings(postings: Postings, later: Column, missing: Marks) -> Postings:
    of = np.repeat(np.arange(len(postings.begins) - 1), np.diff(postings.begins))
    moved = postings._replace(
        date=postings.date + later,
        known_from=postings.known_from + later,
        matures_on=np.where(postings.matures_on == -NEVER, -NEVER, postings.matures_on + later),
    )
    order = np.lexsort((moved.rank, moved.kind, moved.date, of))
    order = order[~missing[order]]
    columns = {name: read_only(getattr(moved, name)[order]) for name in Postings._fields if name != "begins"}
    return Postings(begins=_begins(of[order], len(postings.begins) - 1), **columns)


def _without_invoice(free: Unapplied, later: Column, missing: Marks) -> Unapplied:
    of = np.repeat(np.arange(len(free.begins) - 1), np.diff(free.begins))
    order = np.lexsort((free.date + later, of))
    order = order[~missing[order]]
    return Unapplied(
        _begins(of[order], len(free.begins) - 1),
        read_only((free.date + later)[order]),
        read_only((free.known_from + later)[order]),
        read_only(free.amount[order]),
    )


def _begins(of: Column, owners: int) -> Column:
    return read_only(np.concatenate([[0], np.cumsum(np.bincount(of, minlength=owners))]))


def _in_base(snapshot: Snapshot, rates: Column, written: Column) -> Column:
    amounts = written.copy()
    for place in np.flatnonzero(rates >= 0).tolist():
        rate = int(rates[place])
        numerator, denominator = int(snapshot.rates.numerator[rate]), int(snapshot.rates.denominator[rate])
        amounts[place] = divide_half_away(int(written[place]) * numerator, denominator)
    return amounts


def _hash(recorded: str, effects: Sequence[Effect]) -> str:
    said = [{name: value for name, value in effect_as_data(effect).items() if name != "text"} for effect in effects]
    return sha256(canonical_bytes({"ledger": recorded, "stress": said})).hexdigest()
