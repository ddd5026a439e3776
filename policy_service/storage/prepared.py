"""Statements asked with every decision: put together once for each kind of database, then handed to its driver.

They mean what they mean anywhere else: their texts are SQLAlchemy's own, and so are the conversions of values.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, TypeAlias

from sqlalchemy import Column, Dialect, Insert, Select, Update, bindparam
from sqlalchemy.orm import Session
from sqlalchemy.sql.compiler import SQLCompiler

#: What a column holds, on either side of the driver: the border to it.
Cell: TypeAlias = Any
Row: TypeAlias = Sequence[Cell]
_Converted: TypeAlias = Callable[[Cell], Cell]

_NOTHING: Final[Mapping[str, Cell]] = {}
_ID, _IDS = "id_asked_for", "ids_asked_for"


@dataclass(frozen=True, slots=True)
class _Ready:
    text: str
    names: Sequence[str]
    is_positional: bool
    constants: Mapping[str, Cell]
    written: Sequence[tuple[str, _Converted]]
    read: Sequence[tuple[int, _Converted]]


class Prepared:
    """A statement whose parameters all stand in `bindparam`, without lists; threads may share it.

    An insert stores the columns that are named with it.
    """

    def __init__(self, statement: Select[Any] | Insert | Update, columns: Sequence[str] = ()) -> None:
        self._statement = statement
        self._columns = list(columns)
        self._ready: dict[str, _Ready] = {}

    def rows(self, session: Session, values: Mapping[str, Cell] = _NOTHING) -> Sequence[Row]:
        """Return the rows that the statement finds, with the columns in its order."""
        ready, cursor = self._run(session, values)
        found: list[Row] = cursor.fetchall()
        cursor.close()
        return [_converted(row, ready.read) for row in found] if ready.read else found

    def row(self, session: Session, values: Mapping[str, Cell] = _NOTHING) -> Row | None:
        """Return the first row that it finds; none if there is none."""
        found = self.rows(session, values)
        return found[0] if found else None

    def change(self, session: Session, values: Mapping[str, Cell]) -> int:
        """Do what the statement says, and return to how many rows it was done."""
        _, cursor = self._run(session, values)
        changed: int = cursor.rowcount
        cursor.close()
        return changed

    def _run(self, session: Session, values: Mapping[str, Cell]) -> tuple[_Ready, Any]:  # the driver's cursor
        connection = session.connection()
        ready = self._ready.get(connection.dialect.name) or self._prepare(connection.dialect)
        bound = {**ready.constants, **values}
        for name, convert in ready.written:
            bound[name] = convert(bound[name])
        cursor = connection.connection.cursor()
        cursor.execute(ready.text, [bound[name] for name in ready.names] if ready.is_positional else bound)
        return ready, cursor

    def _prepare(self, dialect: Dialect) -> _Ready:
        compiled = self._statement.compile(dialect=dialect, column_keys=self._columns or None)
        if not isinstance(compiled, SQLCompiler):
            raise TypeError(f"no SQL: {self._statement}")
        columns = self._statement.selected_columns if isinstance(self._statement, Select) else ()
        read = [each.type.dialect_impl(dialect).result_processor(dialect, None) for each in columns]
        constants: dict[str, Cell] = {}
        written: list[tuple[str, _Converted]] = []
        for each, name in compiled.bind_names.items():
            convert = each.type.dialect_impl(dialect).bind_processor(dialect)
            if not each.required:
                constants[name] = convert(each.value) if convert else each.value
            elif convert:
                written.append((name, convert))
        ready = _Ready(
            str(compiled),
            tuple(compiled.positiontup or ()),
            bool(compiled.positional),
            constants,
            written,
            [(place, convert) for place, convert in enumerate(read) if convert],
        )
        self._ready[dialect.name] = ready
        return ready


class PreparedByIds:
    """A statement upon rows of some ids; most often it is asked about one."""

    def __init__(self, statement: Select[Any], column: Column[str]) -> None:
        self._of_one = Prepared(statement.where(column == bindparam(_ID)))
        self._of_some = statement.where(column.in_(bindparam(_IDS, expanding=True)))

    def rows(self, session: Session, ids: Collection[str], values: Mapping[str, Cell] = _NOTHING) -> Sequence[Row]:
        """Return the rows of these ids that the statement finds."""
        if len(ids) == 1:
            (one,) = ids
            return self._of_one.rows(session, {**values, _ID: one})
        return session.connection().execute(self._of_some, {**values, _IDS: sorted(ids)}).all()


def _converted(row: Row, conversions: Sequence[tuple[int, _Converted]]) -> Row:
    cells = list(row)
    for place, convert in conversions:
        cells[place] = convert(cells[place])
    return cells
