"""What a policy decided, as the fields of another system's rows have it."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TypeAlias, assert_never
from zoneinfo import ZoneInfo

from policy_service.connectors.mapping.mapping import ConnectorMapping, Output, Unit, WriteBack, WrittenField
from policy_service.connectors.port import Json
from policy_service.domain.instants import start_of_day
from policy_service.domain.values import UNLIMITED, Currency

#: A grade, a limit in minor units or UNLIMITED, days, whether credit is stopped, a day; None for what is not set.
Value: TypeAlias = str | int | bool | dt.date | None


@dataclass(frozen=True, slots=True)
class WrittenValues:
    """The fields of a row with their values over there; `left_out` says of each other why it is not written."""

    values: Mapping[str, Json]
    left_out: Mapping[str, str] = field(default_factory=dict)


def write_back_of(mapping: ConnectorMapping, object_name: str) -> WriteBack | None:
    """Return what is written back to the rows of an object; none where nothing is."""
    return next((one for one in mapping.write_back if one.object_name == object_name), None)


def written_values(
    write_back: WriteBack, outputs: Mapping[Output, Value], base: Currency, zone: ZoneInfo
) -> WrittenValues:
    """Return the fields of a row for what was decided; an output that is not among `outputs` is not written.

    Limits are in minor units of `base` and rounded down to the field's decimals, never up.
    """
    values: dict[str, Json] = {}
    left_out: dict[str, str] = {}
    for output, written in write_back.fields.items():
        if output not in outputs:
            continue
        try:
            values[written.name] = _value(output, outputs[output], written, base, zone)
        except _NotWrittenError as error:
            left_out[written.name] = str(error)
    return WrittenValues(values, left_out)


class _NotWrittenError(Exception):
    """A value that the mapping does not say how to write; the text says which."""


def _value(output: Output, value: Value, written: WrittenField, base: Currency, zone: ZoneInfo) -> Json:
    if value is None:
        if written.unset is None:
            raise _NotWrittenError(f"{output.value} is not set, and the mapping has no unset: for it.")
        return written.unset or None
    match output:
        case Output.GRADE:
            return _word(output, str(value), written)
        case Output.CREDIT_LIMIT:
            return _limit(int(str(value)), written, base)
        case Output.PAYMENT_TERM_DAYS:
            return _word(output, str(value), written) if written.words else int(str(value))
        case Output.CREDIT_STOPPED:
            return _word(output, "true" if value else "false", written) if written.words else bool(value)
        case Output.NEXT_REVIEW:
            return _day(dt.date.fromisoformat(str(value)), written, zone)
        case _:
            assert_never(output)


def _word(output: Output, word: str, written: WrittenField) -> str:
    if not written.words:
        return word
    if word not in written.words:
        raise _NotWrittenError(f'{output.value} is "{word}", for which the mapping has no value.')
    return written.words[word]


def _limit(minor: int, written: WrittenField, base: Currency) -> Json:
    if minor == UNLIMITED:
        if written.unlimited is None:
            raise _NotWrittenError("credit_limit is unlimited, and the mapping has no unlimited: for it.")
        return written.unlimited or None
    if written.currency not in ("", base.code):
        raise _NotWrittenError(f"credit_limit is in {base.code}, and the field in {written.currency}.")
    unit: int = 10**base.decimals
    whole, rest = divmod(minor, unit)
    if not written.decimals:
        return whole
    fraction = str(rest).rjust(base.decimals, "0") if base.decimals else ""
    return f"{whole}.{fraction[: written.decimals].ljust(written.decimals, '0')}"


def _day(day: dt.date, written: WrittenField, zone: ZoneInfo) -> Json:
    return day.isoformat() if written.unit is Unit.DAY else start_of_day(day, zone) // 1000
