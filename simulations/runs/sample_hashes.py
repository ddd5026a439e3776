"""Which orders of a run are sampled: those with the smallest hashes of run key and id."""

from collections.abc import Sequence
from typing import Final, TypeAlias

import numpy as np
import numpy.typing as npt

from simulations.ledger_snapshot.texts import Texts, bytes_of, text_column

#: So many orders of a run are decided again.
SAMPLE: Final = 100
Hashes: TypeAlias = npt.NDArray[np.uint64]
_BASIS, _PRIME, _64_BITS = 14695981039346656037, 1099511628211, 2**64 - 1
_MIXERS: Final = ((30, 0xBF58476D1CE4E5B9), (27, 0x94D049BB133111EB), (31, 1))


def sample_of(key: str, ids: Sequence[str], entries: npt.NDArray[np.int64], size: int = SAMPLE) -> Sequence[int]:
    """Return the places in `entries` of the sample of a run: those with the smallest hashes of run key and id.

    It depends on nothing else, so that every division of a run among workers samples the same orders.
    """
    hashes = hashes_of(key, ids, entries)
    in_order = np.argpartition(hashes, size)[:size] if len(hashes) > size else np.arange(len(hashes))
    places: list[int] = np.sort(in_order).tolist()
    return places


def hashes_of(key: str, ids: Sequence[str], entries: npt.NDArray[np.int64]) -> Hashes:
    """Return the hash of the run key and the id of each of these entries: FNV-1a, mixed.

    Without the mixing, ids that follow each other would have hashes that do.
    """
    whole = ids.column if isinstance(ids, Texts) else text_column(ids)
    offsets, text = bytes_of(whole)
    begins = offsets[entries]
    lengths = offsets[entries + 1] - begins
    hashes = np.full(len(entries), np.uint64(_hash_of_key(key)))
    shortest = int(lengths.min()) if len(lengths) else 0
    for place in range(shortest):
        hashes ^= text[begins + place]
        hashes *= np.uint64(_PRIME)
    for place in range(shortest, int(lengths.max(initial=0))):
        longer = np.flatnonzero(lengths > place)
        hashes[longer] = (hashes[longer] ^ text[begins[longer] + place]) * np.uint64(_PRIME)
    for shift, factor in _MIXERS:
        hashes ^= hashes >> np.uint64(shift)
        hashes *= np.uint64(factor)
    return hashes


def _hash_of_key(key: str) -> int:
    hashed = _BASIS
    for byte in key.encode():
        hashed = (hashed ^ byte) * _PRIME & _64_BITS
    return hashed
