"""A small made-up system, held in memory: rows that change and go, told page by page, with an overlap."""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from cryptography.fernet import Fernet

from policy_service.connectors.means import Account, Means
from policy_service.connectors.port import (
    Body,
    Change,
    Connector,
    Page,
    RemoteField,
    RemoteObject,
    RemoteRow,
    System,
    Task,
    Wanted,
    Written,
)
from policy_service.domain.acting import Act
from policy_service.domain.entries import Ledger
from policy_service.domain.errors import PolicyServiceError
from policy_service.domain.instants import SECOND
from policy_service.domain.permissions import Role
from policy_service.services.actor import Actor
from policy_service.services.connections.pulling import pull
from policy_service.services.connections.setting_up import NewConnection, connect, keep_connection_mapping
from policy_service.services.connections.world import World
from policy_service.services.house import House
from policy_service.storage.ledger_store import LedgerStore
from policy_service.storage.pull_store import StoredPull
from tests.services.connections.sparking import SparkingDatabase
from tests.services.decisions.live import person

KEY = Fernet.generate_key().decode()
SYSTEM: Actor = person("shop", Role.SYSTEM)
ACCOUNT = Account({"domain": "cn"}, {"secret": "s3cret"})
MAPPING = """
mapping: small
system: zoho_crm
rows:
  - {from: Accounts, to: customers, columns: {customer_id: id, name: name, parent_id: parent}}
  - {from: Orders, to: orders, columns: {order_id: id, customer_id: account, date: day, amount: amount}}
  - from: Invoices
    to: invoices
    not: {state: void}
    columns:
      invoice_id: number
      customer_id: account
      issue_date: {look_up: Orders, by: order, take: day}
      due_date: due
      amount: amount
      order_id: order
      currency: currency
  - from: Payments
    to: payments
    columns:
      payment_id: id
      date: {look_up: Receipts, by: receipt, take: day}
      amount: amount
      invoice_id: invoice
      customer_id: {look_up: Receipts, by: receipt, take: account}
  - {from: Rates, to: rates, columns: {date: day, currency: currency, rate: rate}}
"""


@dataclass
class SmallSystem:
    """What is over there; every change has the next time."""

    page_size: int = 2
    #: Whether it tells of no deletions, and is listed whole instead.
    is_listed: bool = False
    time: int = 0
    rows: dict[str, dict[str, tuple[int, Body | None]]] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    error: PolicyServiceError | None = None
    secrets: Mapping[str, str] = field(default_factory=dict)
    #: Rows that are refused, with the system's words.
    refusing: dict[str, tuple[str, str]] = field(default_factory=dict)
    writes: list[tuple[str, str, Mapping[str, Any]]] = field(default_factory=list)
    tasks: list[Task] = field(default_factory=list)
    #: Raised by the next writes and tasks, before anything is done.
    write_error: PolicyServiceError | None = None
    finds_tasks: bool = True

    def put(self, object_name: str, row_id: str, **body: Any) -> None:
        """Make a row, or change it."""
        self.time += 1
        self.rows.setdefault(object_name, {})[row_id] = (self.time, {**body, "id": row_id})

    def delete(self, object_name: str, row_id: str) -> None:
        """Delete a row, if it is there."""
        if self.rows.get(object_name, {}).get(row_id, (0, None))[1] is not None:
            self.time += 1
            self.rows[object_name][row_id] = (self.time, None)


class Spark:
    """Kills what it is part of when it has counted down; none burns for ever."""

    def __init__(self, steps: int | None = None) -> None:
        self.steps = steps

    def burn(self) -> None:
        """Count a step."""
        if self.steps is not None:
            self.steps -= 1
            if self.steps < 0:
                raise Killed


class Killed(BaseException):
    """As if the process had been killed."""


class SmallConnector:
    """Speaks with the small system; of rows that are gone it tells only who has asked before."""

    def __init__(self, system: SmallSystem, spark: Spark) -> None:
        self._system = system
        self._spark = spark

    def check(self) -> str:
        if self._system.error:
            raise self._system.error
        return "a small system"

    def objects(self) -> tuple[RemoteObject, ...]:
        return tuple(RemoteObject(name, name) for name in sorted(self._system.rows))

    def fields(self, object_name: str) -> tuple[RemoteField, ...]:
        rows = self._system.rows.get(object_name, {}).values()
        return tuple(RemoteField(name, name) for name in sorted({name for _, body in rows for name in body or {}}))

    def page(self, wanted: Wanted, cursor: str) -> Page:
        self._spark.burn()
        if self._system.error:
            raise self._system.error
        self._system.asked.append(wanted.object_name)
        if self._system.is_listed:
            return self._listed(wanted, cursor)
        since, place = json.loads(cursor) if cursor else (0, [0, ""])
        rows = sorted((time, row_id, body) for row_id, (time, body) in self._rows(wanted) if time >= since)
        left = [one for one in rows if [one[0], one[1]] > place and (cursor or one[2] is not None)]
        given = left[: self._system.page_size]
        is_last = len(left) == len(given)
        if is_last:
            # What was told last is told once more.
            after = json.dumps([rows[-1][0], [0, ""]] if rows else [since, [0, ""]])
        else:
            after = json.dumps([since, [given[-1][0], given[-1][1]]])
        return Page(tuple(self._row(wanted, *one) for one in given), after, is_last)

    def _listed(self, wanted: Wanted, cursor: str) -> Page:
        # By ids; rows that have not changed since the listing before come without their bodies.
        number, since, after, newest = json.loads(cursor) if cursor else (1, 0, "", 0)
        rows = sorted((row_id, time, body) for row_id, (time, body) in self._rows(wanted) if body is not None)
        left = [one for one in rows if one[0] > after]
        given = left[: self._system.page_size]
        newest = max([newest, *(time for _, time, _ in given)])
        is_last = len(left) == len(given)
        following = [number + 1, newest, "", newest] if is_last else [number, since, given[-1][0], newest]
        return Page(
            tuple(self._row(wanted, time, row_id, body) for row_id, time, body in given if time >= since),
            json.dumps(following),
            is_last,
            f"listing {number}",
            tuple(row_id for row_id, time, _ in given if time < since),
            ends_listing=is_last,
        )

    def write(self, object_name: str, changes: Sequence[Change]) -> tuple[Written, ...]:
        self._begin_to_write()
        results = tuple(self._write(object_name, change) for change in changes)
        self._spark.burn()
        return results

    def assign(self, tasks: Sequence[Task]) -> tuple[Written, ...]:
        self._begin_to_write()
        results = tuple(self._assign(task) for task in tasks)
        self._spark.burn()
        return results

    def _begin_to_write(self) -> None:
        self._spark.burn()
        if self._system.write_error:
            raise self._system.write_error

    def _write(self, object_name: str, change: Change) -> Written:
        body = self._system.rows[object_name][change.row_id][1]
        refused = ("GONE", "No such row.") if body is None else self._system.refusing.get(change.row_id)
        if refused or body is None:
            return Written(change.row_id, False, *(refused or ()))
        self._system.writes.append((object_name, change.row_id, change.values))
        self._system.put(object_name, change.row_id, **{**body, **change.values})
        return Written(change.row_id, is_done=True)

    def _assign(self, task: Task) -> Written:
        if task.about_row in self._system.refusing:
            return Written(task.about_row, False, *self._system.refusing[task.about_row])
        if not (self._system.finds_tasks and task.key in [one.key for one in self._system.tasks]):
            self._system.tasks.append(task)
        return Written(task.about_row, is_done=True)

    def _rows(self, wanted: Wanted) -> Iterator[tuple[str, tuple[int, Body | None]]]:
        yield from self._system.rows.get(wanted.object_name, {}).items()

    def _row(self, wanted: Wanted, time: int, row_id: str, body: Body | None) -> RemoteRow:
        if body is None:
            return RemoteRow(row_id, time, is_deleted=True)
        return RemoteRow(row_id, time, {name: body.get(name) for name in wanted.fields})


class Pulling:
    """A house with one connection to the small system, by a clock that goes on with every pull."""

    def __init__(
        self,
        house: House,
        system: SmallSystem,
        mapping: str = MAPPING,
        kind: System = System.ZOHO_CRM,
        account: Account = ACCOUNT,
    ) -> None:
        self.house = house
        self.system = system
        self.at = 10**15
        self.spark = Spark()
        self._pulls = 0
        house.settings = _with_key(house)
        house.world = World(lambda: self.at, lambda: self.at / SECOND, self._sleep, lambda: 0.5, self._open)
        with house.database.writing() as session:
            new = NewConnection("small", kind, account.settings, account.secrets)
            connect(house, session, new, SYSTEM, self.act())
        self.keep(mapping)

    def keep(self, mapping: str) -> None:
        """Keep another mapping."""
        with self.house.database.writing() as session:
            keep_connection_mapping(self.house, session, "small", mapping, SYSTEM, self.act())

    def act(self) -> Act:
        """Return a doing of the connection's owner."""
        self.at += SECOND
        return Act("shop", self.at)

    def pull(self) -> StoredPull:
        """Pull to the end."""
        self.at += 1_000 * SECOND
        self._pulls += 1
        return pull(self.house, "small", self.act(), f"pull-{self._pulls}", lambda _rows: self.spark.burn())

    def pull_and_die(self, steps: int) -> bool:
        """Pull, and be killed after so many steps; whether it came so far."""
        return self.die_in(steps, self.pull)

    def die_in(self, steps: int, doing: Callable[[], object]) -> bool:
        """Do something, and be killed after so many steps; whether it came so far."""
        database = self.house.database
        self.spark = Spark(steps)
        self.house.database = SparkingDatabase(database, self.spark.burn)  # type: ignore[assignment]
        try:
            doing()
        except Killed:
            return True
        finally:
            self.spark = Spark()
            self.house.database = database
        return False

    def ledger(self) -> Ledger | None:
        """Return the ledger in force; none before there is one."""
        with self.house.database.reading() as session:
            store = LedgerStore(session)
            return store.load_ledger() if store.head() else None

    def _sleep(self, seconds: float) -> None:
        self.at += round(seconds * SECOND)

    def _open(self, _system: System, account: Account, _means: Means) -> Connector:
        self.system.secrets = account.secrets
        return SmallConnector(self.system, self.spark)


def _with_key(house: House) -> Any:
    return replace(house.settings, connections_key=(KEY,))
