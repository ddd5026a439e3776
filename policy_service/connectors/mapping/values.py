"""Single values of another system as the ledger's texts; what is no day or amount stays as it was found."""

import math
import re
from collections.abc import Mapping, Sequence
from decimal import Context, Decimal, InvalidOperation
from typing import Final, TypeGuard
from zoneinfo import ZoneInfo

from policy_service.connectors.mapping.sources import Form, FromField
from policy_service.connectors.port import Json
from policy_service.domain.days import parse_day
from policy_service.domain.instants import Instant, business_day, parse_instant
from policy_service.ledger.mapped_columns import ISO_FORMAT, iso_day

_INSTANT: Final = re.compile(
    r"(?P<day>\d{4}-\d{2}-\d{2})[T ](?P<minutes>\d{2}:\d{2})(?P<seconds>:\d{2})?(?P<fraction>\.\d{1,6})?\d*"
    r"(?: ?(?P<zone>Z|[+-]\d{2}:?\d{2}))?",
    re.ASCII,
)
_MIDNIGHT: Final = re.compile(r"(?P<day>\d{4}-\d{2}-\d{2})[T ]00:00(:00(\.0+)?)?", re.ASCII)
_MILLISECONDS: Final = re.compile(r"-?\d{12,15}", re.ASCII)
_NUMBER: Final = re.compile(r"[+-]?\d{1,60}(\.\d{1,60})?([eE][+-]?\d{1,2})?", re.ASCII)
_LARGEST_BITS: Final = 10_000
_UNKEEPABLE: Final = re.compile("[\x00\ud800-\udfff]")
_YES: Final = frozenset({"true", "yes", "y", "1", "是"})
_NO: Final = frozenset({"false", "no", "n", "0", "否"})
#: Sums are exact: amounts have 120 digits at most, and lists a bounded number of items.
EXACT: Final = Context(prec=400, Emax=9999, Emin=-9999)


class SeveralValuesError(Exception):
    """A list or a group of fields stands where a single value is meant."""


def is_list(value: Json) -> TypeGuard[Sequence[Json]]:
    """Whether a value is a list."""
    return isinstance(value, Sequence) and not isinstance(value, str)


def plain_text(value: Json) -> str:
    """Return a single value as a text, "" for all that is blank; SeveralValuesError for a list or a group of fields."""
    match value:
        case None:
            return ""
        case str():
            return "" if value.isspace() else _UNKEEPABLE.sub("\ufffd", value)
        case bool():
            return "true" if value else "false"
        case int():
            # Python writes no larger one in digits; as it is longer than any id, the import says so.
            return str(value) if value.bit_length() <= _LARGEST_BITS else hex(value)
        case float():
            return _number_text(Decimal(repr(value))) if math.isfinite(value) else repr(value)
        case _ if not value:
            return ""
        case _:
            raise SeveralValuesError


def cell_text(value: Json, source: FromField, form: Form, zone: ZoneInfo) -> str:
    """Return a value in the form of its column: "" for a blank, and as it was found where it has another form."""
    found = plain_text(value)
    if not found:
        return ""
    if found in source.values:
        found = source.values[found]
    elif source.otherwise:
        found = source.otherwise
    match form:
        case Form.DAY:
            found = day_text(found, zone, source.date_format)
        case Form.AMOUNT:
            amount = number(found)
            found = found if amount is None else _number_text(amount)
        case Form.FLAG:
            found = _flag_text(found)
        case Form.TEXT:
            pass
    return source.prefix + found if found else ""


def day_text(found: str, zone: ZoneInfo, date_format: str = "") -> str:
    """Return the day in ISO format on which an instant falls in `zone`; any other text as it was found."""
    text = found.strip()
    if date_format and date_format != ISO_FORMAT:
        return iso_day(text, date_format)
    if parse_day(text):
        return text
    if midnight := _MIDNIGHT.fullmatch(text):
        return midnight["day"] if parse_day(midnight["day"]) else found
    instant = _instant(text)
    try:
        return found if instant is None else business_day(instant, zone).isoformat()
    except (OverflowError, ValueError):
        return found


def number(found: str) -> Decimal | None:
    """Return the number that a text writes; none for any other text."""
    text = found.strip()
    if not _NUMBER.fullmatch(text):
        return None
    try:
        return Decimal(text)
    except InvalidOperation:
        return None


def sum_text(terms: Sequence[tuple[str, int]]) -> str:
    """Return the sum of numbers, each with its sign; a text that is no number is returned as it was found."""
    total = Decimal(0)
    for found, sign in terms:
        amount = number(found or "0")
        if amount is None:
            return found
        total = EXACT.add(total, EXACT.multiply(amount, Decimal(sign)))
    return _number_text(total)


def _instant(text: str) -> Instant | None:
    if _MILLISECONDS.fullmatch(text):
        return int(text) * 1000
    found = _INSTANT.fullmatch(text)
    if not found or not found["zone"]:
        return None
    zone = found["zone"]
    offset = zone if zone == "Z" or ":" in zone else f"{zone[:3]}:{zone[3:]}"
    seconds = f"{found['seconds'] or ':00'}{found['fraction'] or ''}"
    return parse_instant(f"{found['day']}T{found['minutes']}{seconds}{offset}")


def _number_text(value: Decimal) -> str:
    # No zeros behind the point: over there an amount may have more decimals than its currency.
    text = format(value, "f")
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return "0" if text in ("-0", "") else text


def _flag_text(found: str) -> str:
    word = found.strip().casefold()
    if word in _YES:
        return "true"
    return "false" if word in _NO else found


def group_of(value: Json) -> Mapping[str, Json] | None:
    """Return a value that is a group of fields; none for any other."""
    return value if isinstance(value, Mapping) else None
