"""How a ledger fact is measured, `mean(days_late, weight amount)`: read, checked against the source, printed."""

import re
from typing import Final, assert_never

from policy_service.domain.errors import Place, PolicyTextError
from policy_service.domain.values import Kind
from policy_service.language.definitions.dictionary import EntrySource, LedgerMeasure, Measure, MeasureKind
from policy_service.language.definitions.entry_columns import ENTRY_COLUMNS, is_measurable, measured_kind
from policy_service.language.definitions.entry_conditions import conditions_text, parse_conditions, refuse_column
from policy_service.language.yaml_text.yaml_reader import remedy_for_unknown

_CALL: Final = re.compile(r"\s*(?P<kind>[^\W\d]\w*)\s*(?:\((?P<inside>.*)\)\s*)?", re.DOTALL)
_SHARE: Final = re.compile(r"\s*(?P<column>[^\W\d]\w*)\s+where\s(?P<condition>.*)", re.DOTALL)
_MEAN: Final = re.compile(r"\s*(?P<column>[^\W\d]\w*)\s*(?:,\s*weight\s+(?P<weight>[^\W\d]\w*)\s*)?")
_COLUMN: Final = re.compile(r"\s*(?P<column>[^\W\d]\w*)\s*")
_WITHIN: Final = re.compile(r"(?P<days>[1-9][0-9]{0,4}) days?", re.ASCII)

#: How each measure is written, by its first word.
_FORMS: Final = {
    "count": "count",
    "count_distinct": "count_distinct(month)",
    "sum": "sum(column)",
    "mean": "mean(column) or mean(column, weight column)",
    "min": "min(column)",
    "max": "max(column)",
    "share": "share(column where condition)",
    "days_since_last": "days_since_last",
    "days_since_first": "days_since_first",
    "slope": "slope(column)",
}
_WHOLE_RESULTS: Final = frozenset({Kind.INTEGER, Kind.DAYS, Kind.NUMBER})


def parse_measure(text: str, entries: EntrySource, place: Place) -> Measure:
    """Return the measure in `text` over the columns of `entries`.

    L310 for text that is no measure, L311 for an unknown one, L312 for a column that the source has not, L313 for
    a column that has no sum; of a share's condition the codes of `parse_conditions`.
    """
    call = _CALL.fullmatch(text)
    if call is None:
        raise _no_measure(text, "", place)
    first, inside = call["kind"], call["inside"]
    if first not in _FORMS:
        raise PolicyTextError(
            "L311", f'there is no measure "{first}".', place=place, remedy=remedy_for_unknown(first, tuple(_FORMS))
        )
    match first:
        case "count" | "days_since_last" | "days_since_first" if inside is None:
            return Measure(MeasureKind(first))
        case "count_distinct" if inside is not None and inside.strip() == "month":
            return Measure(MeasureKind.COUNT_DISTINCT_MONTH)
        case "sum" | "min" | "max" | "slope" if inside is not None and (one := _COLUMN.fullmatch(inside)):
            return Measure(MeasureKind(first), _column(one["column"], entries, place))
        case "mean" if inside is not None and (mean := _MEAN.fullmatch(inside)):
            weight = _column(mean["weight"], entries, place) if mean["weight"] else ""
            return Measure(MeasureKind.MEAN, _column(mean["column"], entries, place), weight)
        case "share" if inside is not None and (share := _SHARE.fullmatch(inside)):
            column = _column(share["column"], entries, place)
            return Measure(MeasureKind.SHARE, column, share_of=parse_conditions(share["condition"], entries, place))
    raise _no_measure(text, first, place)


def measure_text(measure: Measure, entries: EntrySource) -> str:
    """Return the one text that `parse_measure` reads back to an equal measure."""
    match measure.kind:
        case (
            MeasureKind.COUNT
            | MeasureKind.COUNT_DISTINCT_MONTH
            | MeasureKind.DAYS_SINCE_LAST
            | MeasureKind.DAYS_SINCE_FIRST
        ):
            return measure.kind.value
        case MeasureKind.SUM | MeasureKind.MIN | MeasureKind.MAX | MeasureKind.SLOPE:
            return f"{measure.kind.value}({measure.column})"
        case MeasureKind.MEAN:
            return f"mean({measure.column}, weight {measure.weight})" if measure.weight else f"mean({measure.column})"
        case MeasureKind.SHARE:
            return f"share({measure.column} where {conditions_text(measure.share_of, entries)})"
    assert_never(measure.kind)


def parse_within(text: str, place: Place) -> int:
    """Return the days of `365 days`; L320 for all else."""
    written = _WITHIN.fullmatch(text)
    if written is None:
        raise PolicyTextError(
            "L320", f'within is "{text}".', place=place, remedy="Write a whole number of days, at least 1: 365 days."
        )
    return int(written["days"])


def within_text(days: int) -> str:
    """Return the text that `parse_within` reads back."""
    return f"{days} {'day' if days == 1 else 'days'}"


def fitting_kinds(measure: Measure, entries: EntrySource) -> frozenset[Kind]:
    """Return the types that a fact measured so may declare; its value is rounded to the declared one."""
    match measure.kind:
        case (
            MeasureKind.COUNT
            | MeasureKind.COUNT_DISTINCT_MONTH
            | MeasureKind.DAYS_SINCE_LAST
            | MeasureKind.DAYS_SINCE_FIRST
        ):
            return _WHOLE_RESULTS
        case MeasureKind.SHARE:
            return frozenset({Kind.NUMBER})
        case MeasureKind.SUM | MeasureKind.MEAN | MeasureKind.MIN | MeasureKind.MAX | MeasureKind.SLOPE:
            is_money = measured_kind(entries, measure.column) is Kind.MONEY
            return frozenset({Kind.MONEY, Kind.NUMBER}) if is_money else _WHOLE_RESULTS
    assert_never(measure.kind)


def parameters_of(measure: LedgerMeasure) -> dict[str, Kind]:
    """Return the parameters that a measure's conditions name, with the kind of the column each is compared with."""
    return {
        condition.parameter: measured_kind(measure.entries, condition.column)
        for condition in (*measure.where, *measure.measure.share_of)
        if condition.parameter
    }


def _column(column: str, entries: EntrySource, place: Place) -> str:
    if column not in ENTRY_COLUMNS[entries]:
        refuse_column(column, entries, place)
    if not is_measurable(entries, column):
        measurable = [name for name in ENTRY_COLUMNS[entries] if is_measurable(entries, name)]
        raise PolicyTextError(
            "L313",
            f"{column} of {entries.value} is no amount and no number of days, so it has no sum and no mean.",
            place=place,
            remedy=f"Measure one of: {', '.join(measurable)}." if measurable else "Use count, or days_since_last.",
        )
    return column


def _no_measure(text: str, first: str, place: Place) -> PolicyTextError:
    remedy = f"Write {_FORMS[first]}." if first else f"Write one of: {', '.join(_FORMS.values())}."
    return PolicyTextError("L310", f'"{text}" is no measure.', place=place, remedy=remedy)
