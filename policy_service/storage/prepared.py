"""Statements asked with every decision: put together once for each kind of database, then handed to its driver.

They mean what they mean anywhere else: their texts are SQLAlchemy's own, and so are the conversions of values. What
is left out is what SQLAlchemy does for every single execution, several times what PostgreSQL itself does for one.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from itertools import count
from typing import Any, Final, TypeAlias

from sqlalchemy import ARRAY, ColumnElement, Connection, Dialect, Insert, SelectBase, String, Update, any_, bindparam
from sqlalchemy.orm import Session
from sqlalchemy.sql.compiler import SQLCompiler

from policy_service.storage import postgresql_statements
from policy_service.storage.columns import LongWords, Words, check_characters
from policy_service.storage.errors import said_clearly

#: What a column holds, on either side of the driver: the border to it.
Cell: TypeAlias = Any
Row: TypeAlias = Sequence[Cell]
_Converted: TypeAlias = Callable[[Cell], Cell]

_NOTHING: Final[Mapping[str, Cell]] = {}
_NUMBERS: Final = count()
_ID, _IDS = "id_asked_for", "ids_asked_for"
#: Runs the text of a statement, which has a name, with values in their order.
_Run: TypeAlias = Callable[[Connection, bytes, str, Sequence[Cell]], tuple[Sequence[Row], int]]
_RunEach: TypeAlias = Callable[[Connection, bytes, str, Sequence[Sequence[Cell]]], None]
#: Given which column has the ids, the condition that it is one of those asked for.
OfIds: TypeAlias = Callable[[ColumnElement[str]], ColumnElement[bool]]


@dataclass(frozen=True, slots=True)
class _Ready:
    run: _Run
    run_each: _RunEach
    text: str
    names: Sequence[str]
    constants: Mapping[str, Cell]
    bounded: Sequence[tuple[Words, Sequence[str]]]
    texts: Sequence[str]
    written: Sequence[tuple[str, _Converted]]
    read: Sequence[tuple[int, _Converted]]

    def converted(self, found: Sequence[Row]) -> Sequence[Row]:
        return [_converted(row, self.read) for row in found] if self.read else found

    def bound(self, values: Mapping[str, Cell]) -> Sequence[Cell]:
        bound = {**self.constants, **values}
        for most, names in self.bounded:
            most.check_length(max([bound[name] or "" for name in names], key=len))
        # All at once: one look costs much more than one character.
        check_characters([text for name in self.texts if (text := bound[name]) is not None])
        for name, convert in self.written:
            bound[name] = convert(bound[name])
        return [bound[name] for name in self.names]


class Prepared:
    """A statement whose parameters all stand in `bindparam`, without lists; threads may share it.

    An insert stores the columns that are named with it.
    """

    def __init__(self, statement: SelectBase | Insert | Update, columns: Sequence[str] = ()) -> None:
        self._statement = statement
        self._columns = list(columns)
        self._ready: dict[str, _Ready] = {}
        #: Under which a server knows it.
        self.name = b"policy_%d" % next(_NUMBERS)

    def rows(self, session: Session, values: Mapping[str, Cell] = _NOTHING) -> Sequence[Row]:
        """Return the rows that the statement finds, with the columns in its order."""
        return self._run(session, values)[0]

    def row(self, session: Session, values: Mapping[str, Cell] = _NOTHING) -> Row | None:
        """Return the first row that it finds; none if there is none."""
        found = self.rows(session, values)
        return found[0] if found else None

    def change(self, session: Session, values: Mapping[str, Cell]) -> int:
        """Do what the statement says, and return to how many rows it was done."""
        return self._run(session, values)[1]

    def change_each(self, session: Session, rows: Sequence[Mapping[str, Cell]]) -> None:
        """Do what the statement says with each of these values, in their order."""
        connection = session.connection()
        ready = self.for_dialect(connection.dialect)
        with said_clearly():
            ready.run_each(connection, self.name, ready.text, [ready.bound(values) for values in rows])

    def for_dialect(self, dialect: Dialect) -> "_Ready":
        """Return the statement as it is handed to the driver of that kind of database."""
        return self._ready.get(dialect.name) or self._prepare(dialect)

    def _run(self, session: Session, values: Mapping[str, Cell]) -> tuple[Sequence[Row], int]:
        connection = session.connection()
        ready = self.for_dialect(connection.dialect)
        bound = ready.bound(values)
        with said_clearly():
            found, changed = ready.run(connection, self.name, ready.text, bound)
        return ready.converted(found), changed

    def _prepare(self, dialect: Dialect) -> _Ready:
        if dialect.name == "postgresql":
            dialect = postgresql_statements.Counted()
        compiled = self._statement.compile(dialect=dialect, column_keys=self._columns or None)
        if not isinstance(compiled, SQLCompiler):
            raise TypeError(f"no SQL: {self._statement}")
        columns = self._statement.selected_columns if isinstance(self._statement, SelectBase) else ()
        read = [each.type.dialect_impl(dialect).result_processor(dialect, None) for each in columns]
        constants: dict[str, Cell] = {}
        written: list[tuple[str, _Converted]] = []
        texts = [name for each, name in compiled.bind_names.items() if isinstance(each.type, Words | LongWords)]
        words = {name: each.type for each, name in compiled.bind_names.items() if isinstance(each.type, Words)}
        of_length = {one.most: one for one in words.values()}
        bounded = [(one, [name for name in words if words[name].most == most]) for most, one in of_length.items()]
        for each, name in compiled.bind_names.items():
            convert = each.type.dialect_impl(dialect).bind_processor(dialect)
            if not each.required:
                constants[name] = convert(each.value) if convert else each.value
            elif convert and name not in texts:
                written.append((name, convert))
        is_postgresql = dialect.name == "postgresql"
        ready = _Ready(
            postgresql_statements.run if is_postgresql else _run_on_cursor,
            postgresql_statements.run_each if is_postgresql else _run_each_on_cursor,
            str(compiled),
            tuple(compiled.positiontup or ()),
            constants,
            bounded,
            texts,
            written,
            [(place, convert) for place, convert in enumerate(read) if convert],
        )
        self._ready[dialect.name] = ready
        return ready


def on_postgresql(
    session: Session, asked: Sequence[tuple[Prepared, Mapping[str, Cell]]], *, ends: bool = False
) -> Sequence[tuple[Sequence[Row], int]]:
    """Return the rows of each of these statements, and to how many it was done: one after the other, in one journey.

    Each sees what was committed before it began. With `ends` the transaction is committed behind the last one.
    """
    connection = session.connection()
    statements = [(one, one.for_dialect(connection.dialect), values) for one, values in asked]
    sent = [(one.name, ready.text, ready.bound(values)) for one, ready, values in statements]
    with said_clearly():
        found = postgresql_statements.run_together(connection, sent, ends=ends)
    return [(ready.converted(rows), done) for (_, ready, _), (rows, done) in zip(statements, found, strict=True)]


class PreparedByIds:
    """A question about rows of some ids; most often it is asked about one.

    `question` gives the statement, as often as it names the condition: that a column is one of the ids.
    """

    def __init__(self, question: Callable[[OfIds], SelectBase]) -> None:
        self._of_one = Prepared(question(lambda column: column == bindparam(_ID, type_=String())))
        self._of_array = Prepared(question(lambda column: column == any_(bindparam(_IDS, type_=ARRAY(String())))))
        self._of_list = question(lambda column: column.in_(bindparam(_IDS, expanding=True)))

    def rows(self, session: Session, ids: Collection[str], values: Mapping[str, Cell] = _NOTHING) -> Sequence[Row]:
        """Return the rows of these ids that the statement finds."""
        if len(ids) == 1 or session.get_bind().dialect.name == "postgresql":
            statement, asked = self.asked(ids, values)
            return statement.rows(session, asked)
        asked = {**values, _IDS: sorted(ids)}
        found: Sequence[Row] = session.connection().execute(self._of_list, asked).all()  # type: ignore[call-overload]
        return found

    def asked(self, ids: Collection[str], values: Mapping[str, Cell] = _NOTHING) -> tuple[Prepared, Mapping[str, Cell]]:
        """Return the statement about these ids with its values; about several it is one that only PostgreSQL knows."""
        if len(ids) == 1:
            (one,) = ids
            return self._of_one, {**values, _ID: one}
        return self._of_array, {**values, _IDS: sorted(ids)}


def _run_each_on_cursor(connection: Connection, _name: bytes, text: str, rows: Sequence[Sequence[Cell]]) -> None:
    cursor = connection.connection.cursor()
    cursor.executemany(text, rows)
    cursor.close()


def _run_on_cursor(
    connection: Connection, _name: bytes, text: str, values: Sequence[Cell]
) -> tuple[Sequence[Row], int]:
    cursor = connection.connection.cursor()
    cursor.execute(text, values)
    found: tuple[Sequence[Row], int] = cursor.fetchall(), cursor.rowcount
    cursor.close()
    return found


def _converted(row: Row, conversions: Sequence[tuple[int, _Converted]]) -> Row:
    cells = list(row)
    for place, convert in conversions:
        cells[place] = convert(cells[place])
    return cells
