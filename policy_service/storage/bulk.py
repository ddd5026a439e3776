"""Many rows stored at once, column by column: a ledger of a million rows would wait for row after row."""

import datetime as dt
from collections.abc import Sequence
from typing import Any, TypeAlias

import psycopg
from sqlalchemy import Connection, Table
from sqlalchemy.orm import Session

from policy_service.domain.errors import Place
from policy_service.storage.columns import LongWords, Words
from policy_service.storage.errors import StorageError

#: What a column holds: the border to the driver.
Cell: TypeAlias = Any


def insert_rows(session: Session, table: Table, names: Sequence[str], rows: Sequence[Sequence[Cell]]) -> None:
    """Store rows whose cells stand in the order of `names`; the columns left out are empty or given by the database.

    StorageError S212 for a text that does not fit, as everywhere.
    """
    if not rows:
        return
    connection = session.connection()
    columns = list(zip(*rows, strict=True))
    for name, cells in zip(names, columns, strict=True):
        _check(table, name, cells)
    if connection.dialect.name == "postgresql":
        _copy(connection, table, names, rows)
        return
    written = [_as_sqlite(table, name, cells) for name, cells in zip(names, columns, strict=True)]
    places = ", ".join("?" * len(names))
    statement = f"INSERT INTO {table.name} ({', '.join(names)}) VALUES ({places})"  # noqa: S608 # our own names
    connection.exec_driver_sql(statement, list(zip(*written, strict=True)))


def _check(table: Table, name: str, cells: Sequence[Cell]) -> None:
    kind = table.c[name].type
    if isinstance(kind, Words | LongWords):
        try:
            kind.check(cells)
        except StorageError as error:
            place = Place(table.name.removeprefix("ledger_"), cell=name)
            raise StorageError("S212", error.message, place=place, remedy=error.remedy) from error


def _copy(connection: Connection, table: Table, names: Sequence[str], rows: Sequence[Sequence[Cell]]) -> None:
    driver = connection.connection.driver_connection
    if not isinstance(driver, psycopg.Connection):
        raise TypeError(f"not psycopg: {type(driver)}")
    statement = psycopg.sql.SQL("COPY {} ({}) FROM STDIN").format(
        psycopg.sql.Identifier(table.name), psycopg.sql.SQL(", ").join(map(psycopg.sql.Identifier, names))
    )
    with driver.cursor() as cursor, cursor.copy(statement) as copy:
        for row in rows:
            copy.write_row(row)


def _as_sqlite(table: Table, name: str, cells: Sequence[Cell]) -> Sequence[Cell]:
    if table.c[name].type.python_type is not dt.date:
        return cells
    return [day.isoformat() if day else None for day in cells]
