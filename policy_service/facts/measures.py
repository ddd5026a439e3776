"""The measures of facts.yaml over a collection of entries: exact sums, and at most one division."""

from collections.abc import Mapping
from typing import Final, assert_never

from policy_service.domain.values import Currency
from policy_service.facts.columns import Collection, Integers, months_in, take, total, total_product
from policy_service.facts.conditions import column_kind, is_readable, matching, numbers_of
from policy_service.facts.reading import Reading, unknown_from
from policy_service.language.definitions.dictionary import Measure, MeasureKind
from policy_service.language.policy import Parameter

_SLOPE_DAYS: Final = 30


def measure(
    entries: Collection, asked: Measure, day: int, parameters: Mapping[str, Parameter], currency: Currency
) -> Reading:
    """Return what the measure comes to over the entries, as of a day.

    Without entries a count and a sum are 0 and the others unknown; so is a zero denominator, and a slope over
    fewer than two dates. Events whose value is no number are left out where it is measured.
    """
    entries = _readable(entries, asked)
    behind = (entries,)
    match asked.kind:
        case MeasureKind.COUNT:
            return Reading(len(entries), behind=behind)
        case MeasureKind.COUNT_DISTINCT_MONTH:
            return Reading(months_in(entries.dates), behind=behind)
        case MeasureKind.SUM:
            return Reading(total(numbers_of(entries, asked.column)), 1, column_kind(asked.column), behind)
        case MeasureKind.MEAN:
            return _mean(entries, asked, behind)
        case MeasureKind.MIN | MeasureKind.MAX:
            return _extreme(entries, asked)
        case MeasureKind.SHARE:
            return _share(entries, asked, parameters, currency)
        case MeasureKind.DAYS_SINCE_LAST | MeasureKind.DAYS_SINCE_FIRST:
            return _days_since(entries, asked.kind, day)
        case MeasureKind.SLOPE:
            return _slope(entries, asked, day, behind)
        case _:
            assert_never(asked.kind)


def _readable(entries: Collection, asked: Measure) -> Collection:
    for column in (asked.column, asked.weight):
        if column in entries.texts:
            entries = take(entries, is_readable(entries, column))
    return entries


def _mean(entries: Collection, asked: Measure, behind: tuple[Collection, ...]) -> Reading:
    column = numbers_of(entries, asked.column)
    if not asked.weight:
        return Reading(total(column), len(entries), column_kind(asked.column), behind)
    weights = numbers_of(entries, asked.weight)
    return Reading(total_product(column, weights), total(weights), column_kind(asked.column), behind)


def _extreme(entries: Collection, asked: Measure) -> Reading:
    column = numbers_of(entries, asked.column)
    if not len(entries):
        return unknown_from(())
    extreme = column.min() if asked.kind is MeasureKind.MIN else column.max()
    return Reading(int(extreme), 1, column_kind(asked.column), (take(entries, column == extreme),))


def _share(entries: Collection, asked: Measure, parameters: Mapping[str, Parameter], currency: Currency) -> Reading:
    column = numbers_of(entries, asked.column)
    part = column[matching(entries, asked.share_of, parameters, currency)]
    return Reading(total(part), total(column), behind=(entries,))


def _days_since(entries: Collection, kind: MeasureKind, day: int) -> Reading:
    if not len(entries):
        return unknown_from(())
    date = entries.dates.max() if kind is MeasureKind.DAYS_SINCE_LAST else entries.dates.min()
    return Reading(day - int(date), behind=(take(entries, entries.dates == date),))


def _slope(entries: Collection, asked: Measure, day: int, behind: tuple[Collection, ...]) -> Reading:
    column: Integers = numbers_of(entries, asked.column)
    days = entries.dates - day
    count, sum_days = len(entries), total(days)
    numerator = count * total_product(days, column) - sum_days * total(column)
    denominator = count * total_product(days, days) - sum_days * sum_days
    return Reading(_SLOPE_DAYS * numerator, denominator, column_kind(asked.column), behind)
