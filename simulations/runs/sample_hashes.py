"""Which orders of a run are sampled: those with the smallest hashes of run key and id."""

from collections.abc import Sequence
from typing import Final, TypeAlias

import numpy as np
import numpy.typing as npt

from simulations.accounting.kernel_input import as_column
from simulations.columnar.compiled_functions import kernel
from simulations.ledger_snapshot.columns import Column
from simulations.ledger_snapshot.texts import Texts, bytes_of, text_column

#: So many orders of a run are decided again.
SAMPLE: Final = 100
Hashes: TypeAlias = npt.NDArray[np.uint64]
_64_BITS: Final = 2**64 - 1
#: The constants of FNV-1a, and those by which splitmix64 mixes.
_BASIS, _PRIME = 14695981039346656037, np.uint64(1099511628211)
_FIRST, _SECOND = np.uint64(0xBF58476D1CE4E5B9), np.uint64(0x94D049BB133111EB)
_30, _27, _31 = np.uint64(30), np.uint64(27), np.uint64(31)


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
    begins, text = bytes_of(ids.column if isinstance(ids, Texts) else text_column(ids))
    hashes = np.empty(len(entries), dtype=np.uint64)
    hash_texts(np.uint64(_hash_of_key(key)), as_column(entries), as_column(begins), _read_only(text), hashes)
    return hashes


@kernel
def hash_texts(basis: np.uint64, entries: Column, begins: Column, text: npt.NDArray[np.uint8], hashes: Hashes) -> None:
    """Go on from the basis with the bytes of the text of each entry, and mix what comes of them."""
    for place in range(len(entries)):
        entry = entries[place]
        hashed = basis
        for at in range(begins[entry], begins[entry + 1]):
            hashed = (hashed ^ np.uint64(text[at])) * _PRIME
        hashed = (hashed ^ (hashed >> _30)) * _FIRST
        hashed = (hashed ^ (hashed >> _27)) * _SECOND
        hashes[place] = hashed ^ (hashed >> _31)


def _read_only(text: npt.NDArray[np.uint8]) -> npt.NDArray[np.uint8]:
    view = text.view()
    view.flags.writeable = False
    return view


def _hash_of_key(key: str) -> int:
    hashed = _BASIS
    for byte in key.encode():
        hashed = (hashed ^ byte) * int(_PRIME) & _64_BITS
    return hashed
