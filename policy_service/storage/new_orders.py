"""New orders with the decisions that they were given, stored together: one statement for one, five for any number.

The head of the decisions' chain is locked here and nowhere before, as whoever writes the same chain then waits until
this transaction ends.
"""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any, Final

from sqlalchemy import Insert, bindparam, insert
from sqlalchemy import Table as SqlTable
from sqlalchemy.orm import Session

from policy_service.storage.chains import MOVE_HEAD, Log, holding_head
from policy_service.storage.decision_store import NAMES as DECISION_NAMES
from policy_service.storage.decision_store import Decided, record_of
from policy_service.storage.decision_store import row_of as decision_row_of
from policy_service.storage.models.tables import Model
from policy_service.storage.order_store import STEP_NAMES, NewStep, StoredOrder, row_of, step_row_of
from policy_service.storage.prepared import Prepared

_TABLES: Final = Model.metadata.tables
#: By table the columns, each with the name of its parameter.
_PARAMETERS: Final[Mapping[str, Mapping[str, str]]] = {
    table: {name: f"{table}_{name}" for name in names}
    for table, names in (
        ("decisions", DECISION_NAMES),
        ("orders", [field.name for field in fields(StoredOrder)]),
        ("order_steps", STEP_NAMES),
    )
}


def _insert(table: SqlTable) -> Insert:
    parameters = _PARAMETERS[table.name].items()
    return insert(table).inline().values({name: bindparam(one, type_=table.c[name].type) for name, one in parameters})


_INSERTS: Final = [_insert(_TABLES[name]) for name in _PARAMETERS]
_EACH: Final = [Prepared(one) for one in _INSERTS]
*_BEFORE, _LAST = _INSERTS
#: PostgreSQL does all four in one statement, and checks what refers to what at its end.
_ALL: Final = Prepared(_LAST.add_cte(MOVE_HEAD.cte("moved"), *(one.cte(f"into_{one.table.name}") for one in _BEFORE)))


@dataclass(frozen=True, slots=True)
class NewOrder:
    """An order nobody asked about before, with its first step and the decision it was given."""

    decision: Decided
    order: StoredOrder
    step: NewStep


class NewOrders:
    """The new orders of one transaction, which are not there before they are stored."""

    def __init__(self, session: Session, writer: str) -> None:
        self._session = session
        self._writer = writer
        self._waiting: list[NewOrder] = []

    def add(self, new: NewOrder) -> None:
        """Let an order be stored with the others."""
        self._waiting.append(new)

    def __len__(self) -> int:
        return len(self._waiting)

    def forget(self) -> None:
        """Let none of them be stored."""
        self._waiting = []

    def store(self) -> None:
        """Store the decisions at the end of the writer's chain, in their order, and the orders with their steps.

        Conflict S210 for an order whose id is taken.
        """
        waiting, self._waiting = self._waiting, []
        if not waiting:
            return
        with holding_head(self._session, Log.DECISIONS, self._writer) as head:
            links = head.append([record_of(new.decision) for new in waiting])
            rows = [_row(new, decision_row_of(new.decision, link)) for new, link in zip(waiting, links, strict=True)]
            if len(rows) == 1 and self._session.get_bind().dialect.name == "postgresql":
                _ALL.change(self._session, {**rows[0], **head.moved()})
                return
            # In the order of the ids: two who took some of the same ones would else wait for each other.
            rows.sort(key=lambda row: str(row["orders_order_id"]))
            for statement in _EACH:
                statement.change_each(self._session, rows)


def _row(new: NewOrder, decision: Mapping[str, object]) -> dict[str, Any]:
    parts = {"decisions": decision, "orders": row_of(new.order), "order_steps": step_row_of("", new.order, new.step)}
    return {_PARAMETERS[table][name]: value for table, row in parts.items() for name, value in row.items()}
