"""The fields that schemas are made of: texts without control characters, days, instants, money as decimal text."""

import datetime as dt
import re
from decimal import Decimal
from typing import Final

from marshmallow import ValidationError, fields, validate

from policy_service.domain.amounts import decimal_text, parse_decimal
from policy_service.domain.days import parse_day
from policy_service.domain.errors import PolicyServiceError
from policy_service.domain.instants import Instant, instant_text, parse_instant

#: What a terminal or a database could take for more than text; a line break counts as one.
_CONTROL_CHARACTER: Final = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")
_CONTROL_BUT_LINES: Final = re.compile(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")
#: The same as patterns, which the description of the API gives.
ONE_LINE: Final = r"^[^\u0000-\u001f\u007f-\u009f\u2028\u2029]*$"
_SOME_LINES: Final = r"^[^\u0000-\u0009\u000b-\u001f\u007f-\u009f\u2028\u2029]*$"
_NOT_DOTS: Final = r"^(?!\.{1,2}$)"
_MONEY: Final = r"^-?[0-9]{1,15}(\.[0-9]{1,4})?$"


def printable(text: str) -> None:
    """Return if the text is one line without control characters; ValidationError otherwise."""
    if _CONTROL_CHARACTER.search(text):
        raise ValidationError("Give a text without control characters.")


def _lines(text: str) -> None:
    if _CONTROL_BUT_LINES.search(text):
        raise ValidationError("Give a text without control characters but line ends.")


def _not_dots(text: str) -> None:
    if text in (".", ".."):
        raise ValidationError("Give another id: no address can hold this one.")


class Name(fields.String):
    """One line of at least one and at most `most` characters, without control characters."""

    def __init__(self, most: int = 200, *, least: int = 1, **more: object) -> None:
        super().__init__(validate=[validate.Length(least, most), printable], **more)  # type: ignore[arg-type]


class OrderId(Name):
    """The id of an order: one line, but none of `.` and `..`, which clients take out of an address."""

    def __init__(self, most: int = 200, *, least: int = 1, **more: object) -> None:
        super().__init__(most, least=least, **more)
        self.validators.append(_not_dots)
        self.metadata = {"pattern": _NOT_DOTS + ONE_LINE.removeprefix("^"), **self.metadata}


class Text(fields.String):
    """Some lines of at most `most` characters together, without control characters but the line's end."""

    def __init__(self, most: int = 4_000, *, least: int = 0, **more: object) -> None:
        super().__init__(validate=[validate.Length(least, most), _lines], **more)  # type: ignore[arg-type]
        self.metadata = {"pattern": _SOME_LINES, **self.metadata}


class Day(fields.Date):
    """A calendar day, written 2026-03-01 and no other way."""

    def _deserialize(self, value: object, attr: str | None, data: object, **kwargs: object) -> dt.date:  # noqa: ARG002
        day = parse_day(value) if isinstance(value, str) else None
        if day is None:
            raise ValidationError("Give a day that exists, such as '2026-03-01'.")
        return day


class InstantField(fields.Field):  # type: ignore[type-arg]
    """An instant: inside microseconds since 1970 in UTC, in JSON an RFC 3339 text."""

    def __init__(self, **more: object) -> None:
        super().__init__(**more)  # type: ignore[arg-type]
        self.metadata = {"type": "string", "format": "date-time", "example": "2026-03-01T08:00:00Z", **self.metadata}

    def _serialize(self, value: Instant | None, attr: str | None, obj: object, **kwargs: object) -> str | None:  # noqa: ARG002
        return None if value is None else instant_text(value)

    def _deserialize(self, value: object, attr: str | None, data: object, **kwargs: object) -> Instant:  # noqa: ARG002
        instant = parse_instant(value) if isinstance(value, str) else None
        if instant is None:
            raise ValidationError("Give an instant with its offset, such as '2026-03-01T08:00:00Z'.")
        return instant


class Money(fields.Field):  # type: ignore[type-arg]
    """An amount: inside a Decimal in major units, in JSON decimal text such as "200000.50", never a number."""

    def __init__(self, **more: object) -> None:
        super().__init__(**more)  # type: ignore[arg-type]
        self.metadata = {"type": "string", "pattern": _MONEY, "example": "200000.50", **self.metadata}

    def _serialize(self, value: Decimal | str | None, attr: str | None, obj: object, **kwargs: object) -> str | None:  # noqa: ARG002
        return decimal_text(value) if isinstance(value, Decimal) else value

    def _deserialize(self, value: object, attr: str | None, data: object, **kwargs: object) -> Decimal:  # noqa: ARG002
        try:
            if isinstance(value, str) and re.fullmatch(_MONEY, value):
                return parse_decimal(value)
        except PolicyServiceError:
            pass
        raise ValidationError("Give an amount as decimal text, such as '200000.50'.")


class Flag(fields.Boolean):
    """true or false, as JSON writes them and no other way."""

    def __init__(self, **more: object) -> None:
        super().__init__(truthy={True}, falsy={False}, **more)  # type: ignore[arg-type]

    def _deserialize(self, value: object, attr: str | None, data: object, **kwargs: object) -> bool:  # noqa: ARG002
        # To Python 1 is True.
        if not isinstance(value, bool):
            raise ValidationError("Give true or false.")
        return value
