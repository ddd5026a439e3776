"""What a database holds, kept, and put into others of its kind: quicker than to do again what led to it."""

from collections.abc import Callable, Mapping
from typing import Any, Final, TypeAlias

from psycopg import sql
from sqlalchemy import Column, Table, select

from policy_service.services.house import House
from policy_service.storage.database import Database
from policy_service.storage.models import METADATA

#: The rows of each table that has any, as the driver gives them, those first to which others refer; without the
#: numbers that the database counts up.
Rows: TypeAlias = Mapping[Table, list[tuple[Any, ...]]]

_KEPT: Final = dict[tuple[object, bool], tuple[int, Rows]]()


def fill(house: House, what: object, make: Callable[[House], object]) -> None:
    """Let `make` fill a house over an empty database: the first time of `what`, after that by what it came to.

    As many ids are taken from the house as `make` takes; they have to be the same each time.
    """
    kept = _KEPT.get((what, house.database.is_sqlite))
    if kept is None:
        _KEPT[what, house.database.is_sqlite] = _counting_ids(house, make), held(house.database)
        return
    ids, rows = kept
    for _ in range(ids):
        house.new_id()
    put(house.database, rows)


def held(database: Database) -> Rows:
    """Return all rows."""
    with database.reading() as session:
        connection = session.connection()
        found = {
            table: [tuple(row) for row in connection.exec_driver_sql(str(select(*_columns(table))))]
            for table in METADATA.sorted_tables
        }
    assert not found[METADATA.tables["policy_submissions"]], "Others refer to their numbers."
    return {table: rows for table, rows in found.items() if rows}


def put(database: Database, rows: Rows) -> None:
    """Add rows, with the ids that they have."""
    with database.writing() as session:
        cursor = session.connection().connection.cursor()
        if not database.is_sqlite:
            # A server has them all for the price of one.
            cursor.execute(sql.SQL("; ").join(_insert(table, those) for table, those in rows.items()))
            return
        for table, those in rows.items():
            names = [column.name for column in _columns(table)]
            marks = ", ".join("?" * len(names))
            cursor.executemany(f"INSERT INTO {table.name} ({', '.join(names)}) VALUES ({marks})", those)  # noqa: S608


def _counting_ids(house: House, make: Callable[[House], object]) -> int:
    new_id, taken = house.new_id, list[str]()

    def counted() -> str:
        taken.append(new_id())
        return taken[-1]

    house.new_id = counted
    make(house)
    house.new_id = new_id
    return len(taken)


def _columns(table: Table) -> list[Column[Any]]:
    return [column for column in table.columns if column is not table.autoincrement_column]


def _insert(table: Table, rows: list[tuple[Any, ...]]) -> sql.Composed:
    names = sql.SQL(", ").join(sql.Identifier(column.name) for column in _columns(table))
    values = sql.SQL(", ").join(sql.SQL("({})").format(sql.SQL(", ").join(map(sql.Literal, row))) for row in rows)
    return sql.SQL("INSERT INTO {} ({}) VALUES {}").format(sql.Identifier(table.name), names, values)
