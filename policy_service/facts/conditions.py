"""Which entries a declared fact looks at: the conditions of `where`, column against constant or parameter."""

import operator
from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from types import MappingProxyType
from typing import Any, Final

import numpy as np

from policy_service.domain.amounts import parse_decimal
from policy_service.domain.errors import FactError, PolicyTextError
from policy_service.domain.values import MILLION, TRUE, Currency, Kind, scale
from policy_service.facts.columns import Collection, Flags, Integers, integers
from policy_service.facts.rounding import divide_half_away
from policy_service.language.definitions.dictionary import EntryCondition
from policy_service.language.policy import Parameter

#: Columns are compared by numpy, whose operators take integers and texts alike: the border where Any stands.
_OPERATORS: Final[Mapping[str, Callable[[Any, Any], Any]]] = MappingProxyType(
    {
        "=": operator.eq,
        "!=": operator.ne,
        "<": operator.lt,
        "<=": operator.le,
        ">": operator.gt,
        ">=": operator.ge,
    }
)

MONEY_COLUMNS: Final = frozenset({"amount", "open_amount"})


def column_kind(name: str) -> Kind:
    """Return the kind of a column of numbers; a column that is neither money nor days counts as whole."""
    if name in MONEY_COLUMNS:
        return Kind.MONEY
    return Kind.NUMBER if name == "value" else Kind.INTEGER


def matching(
    collection: Collection, where: Sequence[EntryCondition], parameters: Mapping[str, Parameter], currency: Currency
) -> Flags:
    """Return which entries fulfil every condition.

    An event whose value is no number fulfils no comparison with one. FactError F105 for a parameter that is
    not given or of another kind, F106 for a column that the source does not have.
    """
    flags: Flags = np.ones(len(collection), dtype=bool)
    for condition in where:
        flags &= _fulfils(collection, condition, parameters, currency)
    return flags


def is_readable(collection: Collection, column: str) -> Flags:
    """Return which entries have a number in that column: all, save events whose value is a text."""
    if column in collection.texts:
        return np.array([_number(text) is not None for text in collection.texts[column].tolist()], dtype=bool)
    return np.ones(len(collection), dtype=bool)


def numbers_of(collection: Collection, column: str) -> Integers:
    """Return a column of numbers: money in minor units, an event's value in millionths, days as they are.

    Every entry must be readable. FactError F106 for a column that the source does not have.
    """
    if column in collection.texts:
        return integers([_number(text) or 0 for text in collection.texts[column].tolist()])
    if column not in collection.numbers:
        raise _no_column(column, collection)
    return collection.numbers[column]


def bound_of(condition: EntryCondition, parameters: Mapping[str, Parameter], currency: Currency) -> Fraction:
    """Return what a column of numbers is compared with, in the column's steps; FactError F105 for its parameter."""
    kind = column_kind(condition.column)
    if isinstance(condition.value, Decimal):
        return Fraction(condition.value) * scale(kind, currency)
    if not condition.parameter:
        return Fraction(TRUE if condition.value is None else int(condition.value))
    parameter = parameters.get(condition.parameter)
    if parameter is None or (parameter.kind is Kind.MONEY) != (kind is Kind.MONEY):
        found = "is not given" if parameter is None else f"is of the type {parameter.kind}"
        raise FactError(
            "F105",
            f"The parameter {condition.parameter}, which {condition.column} is compared with, {found}.",
            remedy=f"Declare it in policy.yaml with a type that {condition.column} can be compared with.",
        )
    return Fraction(parameter.value, scale(parameter.kind, currency)) * scale(kind, currency)


def _fulfils(
    collection: Collection, condition: EntryCondition, parameters: Mapping[str, Parameter], currency: Currency
) -> Flags:
    compare = _OPERATORS[condition.operator]
    column = condition.column
    if isinstance(condition.value, str):
        if column not in collection.texts:
            raise _no_column(column, collection)
        return np.array(compare(collection.texts[column], condition.value), dtype=bool)
    values = numbers_of(collection, column)
    bound = bound_of(condition, parameters, currency)
    if bound.denominator != 1:
        values = integers([value * bound.denominator for value in values.tolist()])
    fulfilled: Flags = is_readable(collection, column) & np.array(compare(values, bound.numerator), dtype=bool)
    return fulfilled


def _number(text: str) -> int | None:
    try:
        numerator, denominator = parse_decimal(text.strip()).as_integer_ratio()
    except PolicyTextError:
        return None
    return divide_half_away(numerator * MILLION, denominator)


def _no_column(column: str, collection: Collection) -> FactError:
    offered = ", ".join(sorted((set(collection.numbers) | set(collection.texts)) - {"known_from"}))
    return FactError(
        "F106",
        f"There is no column {column} to measure or compare.",
        remedy=f"The source has the columns {offered}.",
    )
