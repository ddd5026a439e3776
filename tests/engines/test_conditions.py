"""Matching rows by bits says the same as asking every cell of every row in turn."""

from hypothesis import given
from hypothesis import strategies as st

from policy_service.domain.values import FALSE, TRUE, UNKNOWN, UNLIMITED, Kind
from policy_service.engines.conditions import Conjunctions, rows_in
from policy_service.engines.formulas import condition_on, prepare, run
from policy_service.language.cells import Cell, Column
from policy_service.language.feel.expressions import (
    AnyOf,
    Anything,
    Comparison,
    Constant,
    Interval,
    IsUnknown,
    Name,
    NameSource,
    NoneOf,
    Operator,
    Subtract,
    Test,
)

FACTS = ("a", "b", "c")
PARAMETERS = {"p": 2}

names = st.sampled_from([Name(name, NameSource.FACT, Kind.INTEGER) for name in FACTS])
columns = st.one_of(names, st.builds(Subtract, names, names, st.just(Kind.INTEGER))).map(lambda tree: Column("c", tree))
ends = st.one_of(
    st.builds(Constant, st.integers(-3, 3), st.just(Kind.INTEGER)),
    st.just(Name("p", NameSource.PARAMETER, Kind.INTEGER)),
    names,
)
simple = st.one_of(
    st.just(Anything()),
    st.just(IsUnknown()),
    st.builds(Comparison, st.sampled_from(Operator), ends),
    st.builds(Interval, ends, ends, st.booleans(), st.booleans()),
)
tests: st.SearchStrategy[Test] = st.recursive(
    simple,
    lambda inner: st.one_of(
        st.builds(AnyOf, st.lists(inner, min_size=1, max_size=3).map(tuple)), st.builds(NoneOf, inner)
    ),
    max_leaves=4,
)
cells = tests.map(lambda test: Cell("t", test))
tables = st.lists(st.lists(st.tuples(columns, cells), max_size=4), max_size=8)
facts = st.dictionaries(st.sampled_from(FACTS), st.one_of(st.integers(-4, 4), st.sampled_from([UNKNOWN, UNLIMITED])))


def asked_one_by_one(row: list[tuple[Column, Cell]], values: dict[str, int]) -> int:
    said = {run(prepare(condition_on(column.expression, cell.test), PARAMETERS), values) for column, cell in row}
    if FALSE in said:
        return FALSE
    return UNKNOWN if UNKNOWN in said else TRUE


@given(tables, st.lists(facts, min_size=1, max_size=6))
def test_bits_and_single_cells_agree_also_on_the_second_decision(
    table: list[list[tuple[Column, Cell]]], decisions: list[dict[str, int]]
) -> None:
    conjunctions = Conjunctions(table, PARAMETERS)
    for values in decisions:
        matched, unknown = conjunctions.match(values)
        verdicts = [asked_one_by_one(row, values) for row in table]
        assert [row for row, verdict in enumerate(verdicts) if verdict == TRUE] == list(rows_in(matched))
        assert [row for row, verdict in enumerate(verdicts) if verdict == UNKNOWN] == list(rows_in(unknown))


@given(tables, facts)
def test_the_facts_that_are_missing_are_unknown_and_read(
    table: list[list[tuple[Column, Cell]]], values: dict[str, int]
) -> None:
    conjunctions = Conjunctions(table, PARAMETERS)
    _, unknown = conjunctions.match(values)
    missing = conjunctions.missing_facts(unknown, values)
    assert {name for name in missing if values.get(name, UNKNOWN) == UNKNOWN} == missing


@given(st.sets(st.integers(0, 200)))
def test_rows_come_out_of_bits_in_order(rows: set[int]) -> None:
    assert sorted(rows) == list(rows_in(sum(1 << row for row in rows)))


def test_a_value_beside_a_bound_is_not_answered_by_what_was_kept_for_the_bound() -> None:
    column = Column("a", Name("a", NameSource.FACT, Kind.MONEY))
    cell = Cell("< 100", Comparison(Operator.LESS, Constant(100, Kind.MONEY)))
    conjunctions = Conjunctions([[(column, cell)]], {})
    asked = [100, 99, 101, 100, 99, UNKNOWN, UNLIMITED, -(2**62)]
    assert [0, 1, 0, 0, 1, 0, 0, 1] == [conjunctions.match({"a": value})[0] for value in asked]
