"""Data as JSON of which there is one spelling: what is hashed, stored and compared byte for byte."""

from collections.abc import Mapping

import msgspec


def canonical_bytes(result: Mapping[str, object]) -> bytes:
    """Return the result as JSON with sorted keys and no white space."""
    return msgspec.json.encode(result, order="sorted")
