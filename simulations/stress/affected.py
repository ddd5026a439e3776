"""Whom a stress hits, and which of them stop paying."""

from collections.abc import Sequence
from decimal import ROUND_CEILING
from hashlib import sha256
from typing import Final, NamedTuple, TypeAlias

import numpy as np
import numpy.typing as npt

from simulations.accounting.cohorts import row_at
from simulations.ledger_snapshot.snapshot import Snapshot
from simulations.stress.errors import unknown_attribute, unknown_value
from simulations.stress.reading import Stress

Marks: TypeAlias = npt.NDArray[np.bool_]

CUSTOMER_ID: Final = "customer_id"
#: The trade of a customer, under the name that the ledger has for it: the first that says anything of anybody.
SECTOR: Final = "sector"
_NAMES_OF_SECTOR: Final = (SECTOR, "industry", "segment")
#: What is written for an attribute that says nothing.
NOTHING: Final = "none"


class Affected(NamedTuple):
    """By customer: whether the stress hits it, and whether it pays nothing more."""

    hit: Marks
    stopping: Marks


def affected_by(stress: Stress, snapshot: Snapshot, begins: int) -> Affected:
    """Return the customers that the stress hits, by what is said of them at the start of the day `begins`.

    Of those hit the smallest number stops paying that is no less than the share: those with the smallest hashes of
    seed and customer id, so that a larger share takes all of a smaller one and some more. RequestError R532 for an
    attribute that the ledger does not have, R533 for a value that no customer has.
    """
    hit = np.ones(snapshot.customers, dtype=bool)
    for name, values in stress.chosen.items():
        hit &= _chosen(snapshot, name, values, begins)
    return Affected(hit, _stopping(stress, snapshot.customer_ids, hit))


def attribute_of(snapshot: Snapshot, name: str) -> str:
    """Return the name under which the ledger says it; RequestError R532 if it does not."""
    known = (CUSTOMER_ID, *snapshot.attributes)
    names = [each for each in (_NAMES_OF_SECTOR if name == SECTOR else (name,)) if each in known]
    if not names:
        raise unknown_attribute(name, sorted(known))
    return next((each for each in names if _says_anything(snapshot, each)), names[0])


def _says_anything(snapshot: Snapshot, attribute: str) -> bool:
    """Return whether a column is filled: many a ledger has an empty one, of its own or of its import."""
    if attribute == CUSTOMER_ID:
        return True
    return any(snapshot.words[word] for word in np.unique(snapshot.attributes[attribute]).tolist())


def _chosen(snapshot: Snapshot, name: str, values: Sequence[str], day: int) -> Marks:
    attribute = attribute_of(snapshot, name)
    if attribute == CUSTOMER_ID:
        said, texts = np.arange(snapshot.customers), snapshot.customer_ids
    else:
        said, texts = snapshot.attributes[attribute][row_at(snapshot, day, range(snapshot.customers))], snapshot.words
    places = np.unique(said).tolist()
    place_of = {texts[place] or NOTHING: place for place in places}
    for value in values:
        if value not in place_of:
            raise unknown_value(name, value, sorted(place_of))
    return np.isin(said, [place_of[value] for value in values])


def _stopping(stress: Stress, ids: Sequence[str], hit: Marks) -> Marks:
    customers = np.flatnonzero(hit).tolist()
    number = int((stress.default_share * len(customers)).to_integral_value(ROUND_CEILING))
    drawn = sorted(customers, key=lambda customer: _hash(stress.seed, ids[customer]))[:number]
    stopping = np.zeros(len(hit), dtype=bool)
    stopping[drawn] = True
    return stopping


def _hash(seed: int, customer_id: str) -> bytes:
    return sha256(f"{seed}\n{customer_id}".encode()).digest()
