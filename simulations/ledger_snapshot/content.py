"""The hash of what a snapshot holds: the same on any machine, and however the snapshot was made.

Every column and every list of texts has a digest of its own, which also finds a damaged file; the hash is over these.
"""

import json
from collections.abc import Mapping, Sequence
from hashlib import sha256
from typing import Final

import numpy as np
import pyarrow as pa

from policy_service.domain.values import Currency
from simulations.ledger_snapshot.columns import Column
from simulations.ledger_snapshot.snapshot import Snapshot
from simulations.ledger_snapshot.tables import TEXTS, columns_of
from simulations.ledger_snapshot.texts import Texts, text_column

#: Changes when columns change their meaning, so that no snapshot is taken for one of another meaning.
FORMAT: Final = 1


def digests(snapshot: Snapshot) -> Mapping[str, str]:
    """Return the SHA-256 of every column and list of texts, by its name."""
    columns = {f"{table}.{name}": _digest_of_column(column) for table, name, column in columns_of(snapshot)}
    return columns | {name: _digest_of_texts(getattr(snapshot, name)) for name in TEXTS}


def content_hash(snapshot: Snapshot) -> str:
    """Return the SHA-256 over what the ledger says, as hexadecimal digits.

    What an import left out, and in which order it read, is no part of it.
    """
    return content_hash_of(snapshot.currency, snapshot.has_orders_file, digests(snapshot))


def content_hash_of(currency: Currency, has_orders_file: bool, of_columns: Mapping[str, str]) -> str:
    """Return the hash of a snapshot whose columns have these digests."""
    said = {
        "format": FORMAT,
        "currency": [currency.code, currency.decimals],
        "has_orders_file": has_orders_file,
        "columns": dict(of_columns),
    }
    return sha256(json.dumps(said, sort_keys=True, ensure_ascii=False).encode()).hexdigest()


def _digest_of_column(column: Column) -> str:
    shape = ",".join(map(str, column.shape))
    digest = sha256(f"{shape}\n".encode())
    digest.update(np.ascontiguousarray(column, dtype="<i8").data)
    return digest.hexdigest()


def _digest_of_texts(texts: Sequence[str]) -> str:
    column = texts.column if isinstance(texts, Texts) else text_column(texts)
    ends, characters = _parts(column)
    digest = sha256(f"{len(column)}\n".encode())
    digest.update(np.ascontiguousarray(np.diff(ends), dtype="<i8").data)
    digest.update(characters)
    return digest.hexdigest()


def _parts(column: pa.LargeStringArray) -> tuple[Column, memoryview]:
    _, offsets, characters = column.buffers()
    if not len(column):
        return np.zeros(1, dtype=np.int64), memoryview(b"")
    ends = np.frombuffer(offsets, dtype=np.int64)[column.offset : column.offset + len(column) + 1]
    return ends, memoryview(characters or b"")[int(ends[0]) : int(ends[-1])]
