"""Queries of Fxiaoke: filters, orders, offset and limit over the rows that a user may see."""

from bisect import bisect_right
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from policy_service.sample_crms.fxiaoke.errors import bad
from policy_service.sample_crms.fxiaoke.objects import ADMIN, Object
from policy_service.sample_crms.table import Held, Key, Order, Table

DEEP: Final = 2_000
SURE: Final = frozenset({"EQ", "GT", "GTE", "LT", "BETWEEN"})
#: Plausible, and seen nowhere: only with the setting `allows_unsure_operators`.
UNSURE: Final = frozenset({"LTE", "N", "LIKE", "IN", "IS", "ISN"})


@dataclass(frozen=True, slots=True)
class Filter:
    """A condition on a field; values as they were sent."""

    field: str
    operator: str
    values: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Query:
    """What is asked of an object; `order` has fields with whether they ascend."""

    of: Object
    filters: tuple[Filter, ...]
    order: tuple[tuple[str, bool], ...]
    offset: int
    limit: int
    fields: tuple[str, ...]


def found(table: Table, query: Query, user: str) -> tuple[list[Held], int]:
    """Return the rows of the page, and how many there are in all."""
    for name in (*(one.field for one in query.filters), *(name for name, _ in query.order)):
        if name not in query.of.fields:
            raise bad(f"{query.of.name} has no field {name}")
    begin, end = _range(table, query.filters)
    if _is_walk_by_id(query) and user == ADMIN and end - begin == len(table):
        return _after_id(table, query)
    tests = [_test(one) for one in query.filters if one.field != "last_modified_time"]
    if user != ADMIN:
        tests.append(lambda row: user in _owners(row))
    first, ascends = query.order[0] if query.order else ("_id", True)
    is_plain = len(query.order) < 2 or query.order[1:] == (("_id", ascends),)
    if first == "last_modified_time" and is_plain and not tests:
        return _slice(table, table.keys(Order.MODIFIED), begin, end, query, ascends), end - begin
    chosen = [table.rows[row_id] for _, row_id in table.keys(Order.MODIFIED)[begin:end]]
    chosen = [row for row in chosen if all(test(row) for test in tests)]
    if first != "last_modified_time" or not is_plain:
        for name, up in reversed(query.order or (("_id", True),)):
            chosen.sort(key=_sorting(name), reverse=not up)
    elif not ascends:
        chosen.reverse()
    return chosen[query.offset : query.offset + query.limit], len(chosen)


def value(row: Held, name: str) -> object:
    """Return the value of a field."""
    match name:
        case "_id":
            return row.row_id
        case "create_time":
            return row.created
        case "last_modified_time":
            return row.modified
        case _:
            return row.body.get(name)


def _is_walk_by_id(query: Query) -> bool:
    """Tell whether rows are asked for in the order of their ids, and besides the times at most from one id on."""
    others = [(one.field, one.operator) for one in query.filters if one.field != "last_modified_time"]
    return query.order == (("_id", True),) and others in ([], [("_id", "GT")])


def _after_id(table: Table, query: Query) -> tuple[list[Held], int]:
    keys = table.keys(Order.ID)
    last = next((one.values[0] for one in query.filters if one.field == "_id"), "")
    start = bisect_right(keys, (0, last))
    begin = start + query.offset
    return list(table.at(keys[begin : begin + query.limit])), len(keys) - start


def _slice(table: Table, keys: Sequence[Key], begin: int, end: int, query: Query, ascends: bool) -> list[Held]:
    if ascends:
        start = min(end, begin + query.offset)
        return list(table.at(keys[start : min(end, start + query.limit)]))
    stop = max(begin, end - query.offset)
    return list(table.at(reversed(keys[max(begin, stop - query.limit) : stop])))


def _range(table: Table, filters: Sequence[Filter]) -> tuple[int, int]:
    least: list[int] = []
    most: list[int] = []
    for one in filters:
        if one.field == "last_modified_time":
            numbers = [_number(written) for written in one.values]
            match one.operator:
                case "GTE":
                    least.append(numbers[0])
                case "GT":
                    least.append(numbers[0] + 1)
                case "LT":
                    most.append(numbers[0] - 1)
                case "LTE":
                    most.append(numbers[0])
                case "EQ":
                    least.append(numbers[0])
                    most.append(numbers[0])
                case "BETWEEN":
                    least.append(numbers[0])
                    most.append(numbers[1])
                case other:
                    raise bad(f"a time cannot be compared by {other}")
    return table.between(max(least, default=None), min(most, default=None))


def _test(one: Filter) -> Callable[[Held], bool]:
    wanted = one.values
    tests: dict[str, Callable[[str], bool]] = {
        "EQ": lambda seen: seen == wanted[0],
        "N": lambda seen: seen != wanted[0],
        "IN": lambda seen: seen in wanted,
        "LIKE": lambda seen: wanted[0] in seen,
        "IS": lambda seen: seen == "",
        "ISN": lambda seen: seen != "",
    }
    if one.operator in tests:
        test = tests[one.operator]
        return lambda row: test(_text(value(row, one.field)))
    if one.field == "_id":
        return _test_of_id(one)
    numbers = [float(_number(written)) for written in wanted]
    compared: dict[str, Callable[[float], bool]] = {
        "GT": lambda seen: seen > numbers[0],
        "GTE": lambda seen: seen >= numbers[0],
        "LT": lambda seen: seen < numbers[0],
        "LTE": lambda seen: seen <= numbers[0],
        "BETWEEN": lambda seen: numbers[0] <= seen <= numbers[1],
    }
    compare = compared[one.operator]

    def holds(row: Held) -> bool:
        seen = value(row, one.field)
        try:
            return seen is not None and seen != "" and compare(float(str(seen)))
        except ValueError:
            return False

    return holds


def _test_of_id(one: Filter) -> Callable[[Held], bool]:
    # Ids are compared as texts: Fxiaoke's own documentation pages beyond 10,000 rows by `_id` GT the last one.
    low, high = one.values[0], one.values[-1]
    compared: dict[str, Callable[[str], bool]] = {
        "GT": lambda seen: seen > low,
        "GTE": lambda seen: seen >= low,
        "LT": lambda seen: seen < low,
        "LTE": lambda seen: seen <= low,
        "BETWEEN": lambda seen: low <= seen <= high,
    }
    compare = compared[one.operator]
    return lambda row: compare(row.row_id)


def _number(written: str) -> int:
    try:
        return int(written)
    except ValueError as problem:
        raise bad(f"{written!r} is no number") from problem


def _owners(row: Held) -> list[object]:
    owners = row.body.get("owner")
    return owners if isinstance(owners, list) else []


def _text(seen: object) -> str:
    if isinstance(seen, list):
        return _text(seen[0]) if seen else ""
    if isinstance(seen, bool):
        return str(seen).lower()
    return "" if seen is None else str(seen)


def _sorting(name: str) -> Callable[[Held], tuple[float, str]]:
    def key(row: Held) -> tuple[float, str]:
        seen = value(row, name)
        if isinstance(seen, int | float):
            return (float(seen), "")
        return (0.0, _text(seen))

    return key
