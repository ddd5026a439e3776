"""Amounts as they are sent: the digits that were given, as a number where the field holds one."""

import re
from decimal import Decimal
from typing import Final

from policy_service.connectors.http.channel import Sent
from policy_service.connectors.port import FieldKind, Json

_WRITTEN: Final = re.compile(r"-?\d{1,30}(\.\d{1,12})?", re.ASCII)
_NUMERIC: Final = frozenset({FieldKind.NUMBER, FieldKind.MONEY})


def sent_as(value: Json, kind: FieldKind) -> Sent:
    """Return a text that writes a number as that number, for a field that holds one; any other value as it is."""
    if kind in _NUMERIC and isinstance(value, str) and _WRITTEN.fullmatch(value):
        return Decimal(value)
    return value
