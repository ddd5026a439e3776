"""The rows that a COQL query finds."""

from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from typing import Final, TypeAlias, assert_never

from policy_service.sample_crms.clock import read
from policy_service.sample_crms.crm.coql import Comparison, Condition, Joined, Query
from policy_service.sample_crms.crm.errors import refusal
from policy_service.sample_crms.crm.modules import Field, Module
from policy_service.sample_crms.crm.showing import value
from policy_service.sample_crms.speaking import Refusal
from policy_service.sample_crms.table import Held, Order, Table

Test: TypeAlias = Callable[[Held], bool]
Comparable: TypeAlias = str | float
_NUMBERS: Final = frozenset({"currency", "double", "integer"})
_TIMES: Final = {"Created_Time": "created", "Modified_Time": "modified"}
_LIKE: Final = frozenset({"text", "phone", "textarea", "picklist"})


def found(table: Table, module: Module, query: Query) -> tuple[list[Held], bool]:
    """Return the rows of the query's page, and whether there are more; Refusal INVALID_QUERY."""
    for column in (*query.columns, *(column for column, _ in query.order)):
        _field(module, column)
    test = _test(module, query.where)
    rows = _in_order(table, module, query, test)
    page = list(islice(rows, query.offset, query.offset + query.count + 1))
    return page[: query.count], len(page) > query.count


def _in_order(table: Table, module: Module, query: Query, test: Test) -> Iterator[Held]:
    columns = tuple(query.order) or (("id", False),)
    first, descends = columns[0]
    if first == "Modified_Time" and columns[1:] in {(), (("id", descends),)}:
        begin, end = table.between(*_bounds(query.where))
        keys = table.keys(Order.MODIFIED)
        places = range(end - 1, begin - 1, -1) if descends else range(begin, end)
        return filter(test, (table.rows[keys[place][1]] for place in places))
    if first == "id":
        keys = table.keys(Order.ID)
        return filter(test, table.at(reversed(keys) if descends else keys))
    return iter(_sorted(filter(test, table.rows.values()), module, columns))


def _sorted(rows: Iterable[Held], module: Module, columns: tuple[tuple[str, bool], ...]) -> list[Held]:
    made = list(rows)
    for column, descends in reversed(columns):
        read_it = _reader(_field(module, column))

        def key(row: Held, read_it: Callable[[Held], Comparable | None] = read_it) -> tuple[bool, float, str]:
            seen = read_it(row)
            return (seen is not None, seen if isinstance(seen, int | float) else 0.0, str(seen))

        made.sort(key=key, reverse=descends)
    return made


def _bounds(where: Condition) -> tuple[int | None, int | None]:
    parts = where.parts if isinstance(where, Joined) and where.is_all else (where,)
    least: int | None = None
    most: int | None = None
    for part in parts:
        if isinstance(part, Comparison) and part.column == "Modified_Time" and part.values:
            moment = read(part.values[0].strip("'"))
            if moment is not None and part.operator in {">", ">=", "="}:
                least = moment if least is None else max(least, moment)
            if moment is not None and part.operator in {"<", "<=", "="}:
                # Rows may have been modified within the second.
                most = moment + 999 if most is None else min(most, moment + 999)
    return least, most


def _test(module: Module, condition: Condition) -> Test:
    match condition:
        case Joined(is_all, parts):
            tests = [_test(module, part) for part in parts]
            return lambda row: all(test(row) for test in tests) if is_all else any(test(row) for test in tests)
        case Comparison():
            return _comparison(_field(module, condition.column), condition)
        case _:
            assert_never(condition)


def _comparison(field: Field, condition: Comparison) -> Test:
    see = _reader(field)
    if condition.operator == "is null":
        return lambda row: see(row) is None
    if condition.operator == "is not null":
        return lambda row: see(row) is not None
    if condition.operator == "like":
        if field.kind not in _LIKE:
            raise _invalid(field.name, "data type not supported", operator="like")
        inner = condition.values[0].strip("'").strip("%").lower()
        return lambda row: inner in str(see(row)).lower()
    wanted = [_literal(field, written) for written in condition.values]
    if condition.operator in {"in", "not in"}:
        return lambda row: (see(row) in wanted) == (condition.operator == "in")
    return _compared(see, condition.operator, wanted[0])


def _compared(see: Callable[[Held], Comparable | None], operator: str, wanted: Comparable) -> Test:
    def test(row: Held) -> bool:
        seen = see(row)
        # A flag is a number, too; what has no value is only different.
        if seen is None or isinstance(seen, str) != isinstance(wanted, str):
            return operator == "!="
        order = _order(seen, wanted)
        match operator:
            case "=":
                return order == 0
            case "!=":
                return order != 0
            case "<" | "<=":
                return order < 0 or (order == 0 and operator == "<=")
            case _:
                return order > 0 or (order == 0 and operator == ">=")

    return test


def _order(one: Comparable, other: Comparable) -> int:
    if isinstance(one, str) or isinstance(other, str):
        return (str(one) > str(other)) - (str(one) < str(other))
    return (one > other) - (one < other)


def _reader(field: Field) -> Callable[[Held], Comparable | None]:
    if field.name in _TIMES:
        attribute = _TIMES[field.name]
        # Seconds, as a record shows them.
        return lambda row: (row.created if attribute == "created" else row.modified) // 1000

    def see(row: Held) -> Comparable | None:
        seen = value(row, field.name)
        if isinstance(seen, dict):
            return str(seen.get("id"))
        return seen if isinstance(seen, str | int | float) else None

    return see


def _literal(field: Field, written: str) -> Comparable:
    text = written[1:-1] if written.startswith("'") else written
    if field.name in _TIMES:
        moment = read(text)
        if moment is None:
            raise _invalid(field.name, "value given seems to be invalid for the column", reason=text)
        return moment // 1000
    if field.kind in _NUMBERS:
        try:
            return float(text)
        except ValueError as problem:
            raise _invalid(field.name, "value given seems to be invalid for the column", reason=text) from problem
    if field.kind == "boolean":
        return text == "true"
    return text


def _field(module: Module, name: str) -> Field:
    if name not in module.fields:
        raise _invalid(name, "column given seems to be invalid", module=module.name)
    return module.fields[name]


def _invalid(column: str, message: str, **details: object) -> Refusal:
    return refusal(400, "INVALID_QUERY", message, {"column_name": column, **details})
