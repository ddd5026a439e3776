"""Statements asked with every decision: put together once for each kind of database, then handed to its driver.

They mean what they mean anywhere else: their texts are SQLAlchemy's own, and so are the conversions of values.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, TypeAlias

from sqlalchemy import Dialect, Insert, Select, Update
from sqlalchemy.orm import Session
from sqlalchemy.sql.compiler import SQLCompiler

#: What a column holds, on either side of the driver: the border to it.
Cell: TypeAlias = Any
Converted: TypeAlias = Callable[[Cell], Cell]

_NOTHING: Final[Mapping[str, Cell]] = {}


@dataclass(frozen=True, slots=True)
class _Ready:
    text: str
    names: Sequence[str]
    is_positional: bool
    constants: Mapping[str, Cell]
    written: Mapping[str, Converted]
    read: Sequence[tuple[int, Converted]]


class Prepared:
    """A statement whose parameters all stand in `bindparam`, without lists; threads may share it."""

    def __init__(self, statement: Select[Any] | Insert | Update) -> None:
        self._statement = statement
        self._ready: dict[str, _Ready] = {}

    def rows(self, session: Session, values: Mapping[str, Cell] = _NOTHING) -> list[Sequence[Cell]]:
        """Return the rows that the statement finds, with the columns in its order."""
        ready, cursor = self._run(session, values)
        found: list[Sequence[Cell]] = cursor.fetchall()
        cursor.close()
        return [_converted(row, ready.read) for row in found] if ready.read else found

    def row(self, session: Session, values: Mapping[str, Cell] = _NOTHING) -> Sequence[Cell] | None:
        """Return the first row that it finds; none if there is none."""
        found = self.rows(session, values)
        return found[0] if found else None

    def change(self, session: Session, values: Mapping[str, Cell]) -> int:
        """Do what the statement says and return how many rows it was done to."""
        _, cursor = self._run(session, values)
        changed: int = cursor.rowcount
        cursor.close()
        return changed

    def _run(self, session: Session, values: Mapping[str, Cell]) -> tuple[_Ready, Any]:  # the driver's cursor
        connection = session.connection()
        ready = self._ready.get(connection.dialect.name) or self._prepare(connection.dialect)
        bound = {**ready.constants, **values}
        for name, convert in ready.written.items():
            bound[name] = convert(bound[name])
        cursor = connection.connection.cursor()
        cursor.execute(ready.text, [bound[name] for name in ready.names] if ready.is_positional else bound)
        return ready, cursor

    def _prepare(self, dialect: Dialect) -> _Ready:
        compiled = self._statement.compile(dialect=dialect)
        if not isinstance(compiled, SQLCompiler):
            raise TypeError(f"no SQL: {self._statement}")
        columns = self._statement.selected_columns if isinstance(self._statement, Select) else ()
        read = [each.type.dialect_impl(dialect).result_processor(dialect, None) for each in columns]
        written = {
            name: each.type.dialect_impl(dialect).bind_processor(dialect) for name, each in compiled.binds.items()
        }
        ready = _Ready(
            str(compiled),
            tuple(compiled.positiontup or ()),
            bool(compiled.positional),
            {name: each.value for name, each in compiled.binds.items() if not each.required},
            {name: convert for name, convert in written.items() if convert},
            [(place, convert) for place, convert in enumerate(read) if convert],
        )
        self._ready[dialect.name] = ready
        return ready


def _converted(row: Sequence[Cell], conversions: Sequence[tuple[int, Converted]]) -> Sequence[Cell]:
    cells = list(row)
    for place, convert in conversions:
        cells[place] = convert(cells[place])
    return cells
