"""Bodies of answers: read to a bound, unpacked to the same bound, and taken apart strictly.

A number with a fraction or an exponent comes as the text it was written in, a whole number as an integer of any
size: no amount passes through a float.
"""

import json
import zlib
from collections.abc import Iterable
from typing import Final, cast

import msgspec

from policy_service.connectors.errors import ConnectorError
from policy_service.connectors.port import Json

_DEEPEST: Final = 50
#: Of gzip alone: what zlib calls its own framing is not asked for.
_GZIP: Final = 16 + zlib.MAX_WBITS


def read_body(chunks: Iterable[bytes], encoding: str, most: int) -> bytes:
    """Return the body, unpacked; ConnectorError X107 beyond `most` bytes, X105 if it cannot be unpacked."""
    match encoding.strip().lower():
        case "" | "identity":
            return b"".join(_bounded(chunks, most))
        case "gzip":
            return _unpacked(_bounded(chunks, most), most)
        case _:
            raise no_answer("it is packed in a way that nobody asked for")


def read_json(body: bytes) -> Json:
    """Return what the body says; ConnectorError X105 for what is no JSON, has a key twice, or is nested too deeply."""
    try:
        value = cast(Json, _NUMBERS_AS_TEXT.decode(body))
        _EQUAL_KEYS.decode(body.decode())
    except RecursionError:
        raise no_answer("it is nested too deeply") from None
    # The message of a reader may quote the text.
    except ValueError:
        raise no_answer("it is no JSON, or not as JSON should be") from None
    if _is_deeper(value, _DEEPEST):
        raise no_answer("it is nested too deeply")
    return value


def no_answer(found: str) -> ConnectorError:
    """Return the error of an answer that cannot be understood."""
    return ConnectorError(
        "X105",
        f"The other system gave an answer that cannot be read: {found}.",
        remedy="Try again; if it stays, check the address in the connection, and whether something stands in between.",
    )


def _bounded(chunks: Iterable[bytes], most: int) -> Iterable[bytes]:
    read = 0
    for chunk in chunks:
        read += len(chunk)
        if read > most:
            raise _too_long(most)
        yield chunk


def _unpacked(chunks: Iterable[bytes], most: int) -> bytes:
    unpacker = zlib.decompressobj(wbits=_GZIP)
    parts = list[bytes]()
    left, is_empty = most, True
    try:
        for chunk in chunks:
            is_empty = is_empty and not chunk
            # One byte more than fits tells too much from just enough.
            part = unpacker.decompress(chunk, left + 1)
            left -= len(part)
            if left < 0:
                raise _too_long(most)
            parts.append(part)
    except zlib.error:
        raise no_answer("it cannot be unpacked") from None
    if not (unpacker.eof or is_empty):
        raise no_answer("it is cut off")
    return b"".join(parts)


def _too_long(most: int) -> ConnectorError:
    return ConnectorError(
        "X107",
        f"The other system gave an answer of more than {most} bytes.",
        remedy="Map fewer fields; if it stays, check the address in the connection.",
    )


def _is_deeper(value: Json, levels: int) -> bool:
    match value:
        case dict():
            parts: Iterable[Json] = value.values()
        case list():
            parts = value
        case _:
            return False
    return levels == 0 or any(_is_deeper(part, levels - 1) for part in parts)


def _refuse_equal_keys(pairs: list[tuple[str, object]]) -> None:
    if len({key for key, _ in pairs}) < len(pairs):
        raise ValueError("a key stands twice")


_NUMBERS_AS_TEXT: Final = msgspec.json.Decoder(float_hook=str)
_EQUAL_KEYS: Final = json.JSONDecoder(object_pairs_hook=_refuse_equal_keys)
