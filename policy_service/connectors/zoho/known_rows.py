"""Which rows a system had, and as what: remembered in a cursor, for a system that does not tell what was deleted.

Rows are kept in packs, one for each page, so that a page costs no more at the end of a long list than at its
beginning. A later pack counts more than an earlier one.
"""

import binascii
import zlib
from base64 import b64decode, b64encode
from collections.abc import Iterable, Mapping
from hashlib import blake2b
from typing import Final

import msgspec

from policy_service.connectors.port import Body
from policy_service.connectors.zoho.refusals import no_cursor, too_many_rows

#: So many rows of one kind are followed.
MOST_ROWS: Final = 1_000_000
#: In place of what a row was: it is gone.
GONE: Final = "-"
#: In place of what a row was: nobody knows any more.
UNKNOWN: Final = "?"
_MOST_BYTES: Final = 128 * 1024 * 1024


def print_of(row: Body) -> str:
    """Return a short text that is another one for a row with other values, but for one chance in 2^40."""
    return blake2b(msgspec.json.encode(row, order="sorted"), digest_size=5).hexdigest()


def packed(rows: Mapping[str, str]) -> str:
    """Return rows, by their ids as what they were, as text."""
    lines = "\n".join(f"{row_id} {mark}" for row_id, mark in sorted(rows.items()))
    return b64encode(zlib.compress(lines.encode())).decode()


def unpacked(packs: Iterable[str]) -> dict[str, str]:
    """Return the rows of packs, without those that are gone.

    ConnectorError X114 for what is no pack, X115 for more rows than are followed.
    """
    rows = dict[str, str]()
    for pack in packs:
        for line in _lines(pack):
            row_id, _, mark = line.rpartition(" ")
            rows[row_id] = mark
    found = {row_id: mark for row_id, mark in rows.items() if mark != GONE}
    if len(found) > MOST_ROWS:
        raise too_many_rows(MOST_ROWS)
    return found


def _lines(pack: str) -> list[str]:
    unpacker = zlib.decompressobj()
    try:
        text = unpacker.decompress(b64decode(pack, validate=True), _MOST_BYTES).decode()
    except (binascii.Error, zlib.error, ValueError):
        raise no_cursor() from None
    if not unpacker.eof:
        raise no_cursor()
    return text.split("\n") if text else []
