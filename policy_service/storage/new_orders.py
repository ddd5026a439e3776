"""New orders with the decisions that they were given, stored together: one statement for one, five for any number.

The head of the decisions' chain is locked here and nowhere before, as whoever writes the same chain then waits until
this transaction ends.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Final

import msgspec
from sqlalchemy import (
    JSON,
    ColumnElement,
    Insert,
    LargeBinary,
    Text,
    bindparam,
    cast,
    column,
    func,
    insert,
    literal_column,
    select,
)
from sqlalchemy import Table as SqlTable
from sqlalchemy.orm import Session

from policy_service.storage.chains import Log, holding_head, is_held, moved_to, next_link, of_writer, said_behind
from policy_service.storage.columns import LongWords, Words
from policy_service.storage.database import leave_for_the_end
from policy_service.storage.decision_store import NAMES as DECISION_NAMES
from policy_service.storage.decision_store import Decided, record_of
from policy_service.storage.decision_store import columns_of as decision_columns
from policy_service.storage.decision_store import row_of as decision_row_of
from policy_service.storage.models.tables import Model
from policy_service.storage.order_store import STEP_NAMES, NewStep, StoredOrder, row_of, step_row_of
from policy_service.storage.prepared import Prepared, on_postgresql

_TABLES: Final = Model.metadata.tables
#: By table the columns, each with the name of its parameter.
_PARAMETERS: Final[Mapping[str, Mapping[str, str]]] = {
    table: {name: f"{table}_{name}" for name in names}
    for table, names in (
        ("decisions", DECISION_NAMES),
        ("orders", StoredOrder.__struct_fields__),
        ("order_steps", STEP_NAMES),
    )
}


def _insert(table: SqlTable) -> Insert:
    parameters = _PARAMETERS[table.name].items()
    return insert(table).inline().values({name: bindparam(one, type_=table.c[name].type) for name, one in parameters})


_EACH: Final = [Prepared(_insert(_TABLES[name])) for name in _PARAMETERS]
_SAID: Final = bindparam("record_said", type_=Text())
_LINK: Final = next_link(_SAID, cast(bindparam(_PARAMETERS["decisions"]["result"]), LargeBinary))


def _linked(table: SqlTable) -> Insert:
    places = {column.name: column for column in _LINK.c}
    parameters = _PARAMETERS[table.name].items()
    values = {name: bindparam(one, type_=table.c[name].type) for name, one in parameters} | places
    if table.name != "decisions":
        values = {name: value for name, value in values.items() if name not in places}
    # Nothing at all where there is no link.
    return insert(table).from_select(list(values), select(*values.values()).select_from(_LINK))


_DECISION, _ORDER, _STEP = (_linked(_TABLES[name]) for name in _PARAMETERS)
#: PostgreSQL does all of it in one statement, and checks what refers to what at its end.
_ALL: Final = Prepared(_STEP.add_cte(moved_to(_LINK), _DECISION.cte("into_decisions"), _ORDER.cte("into_orders")))


#: What is said of each, as it is written in JSON: bytes are there in base64.
_TYPES: Final = {
    one: Text() if isinstance(kind, LargeBinary) else kind
    for table, names in _PARAMETERS.items()
    for name, one in names.items()
    for kind in (_TABLES[table].c[name].type,)
}
_TEXTS: Final = [(name, kind) for name, kind in _TYPES.items() if isinstance(kind, Words | LongWords)]
_LIST: Final = cast(bindparam("rows", type_=Text()), JSON)
_ROWS: Final = func.json_to_recordset(_LIST).table_valued(*(column(*one) for one in _TYPES.items()), name="new_rows")
_NEW: Final = select(_ROWS.render_derived(with_types=True)).cte("new")


def _listed(table: SqlTable) -> Insert:
    cells = [_cell(table, name, one) for name, one in _PARAMETERS[table.name].items()]
    return insert(table).from_select(list(_PARAMETERS[table.name]), select(*cells).select_from(_NEW))


def _cell(table: SqlTable, name: str, one: str) -> ColumnElement[Any]:
    said: ColumnElement[Any] = _NEW.c[one]
    return func.decode(said, literal_column("'base64'")) if isinstance(table.c[name].type, LargeBinary) else said


_DECISIONS, _ORDERS, _STEPS = (_listed(_TABLES[name]) for name in _PARAMETERS)
#: The same of any number, each with its link: the list is read once, and each table opened once.
_MANY: Final = Prepared(_STEPS.add_cte(_DECISIONS.cte("into_decisions"), _ORDERS.cte("into_orders")))


class NewOrder(msgspec.Struct, frozen=True):
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
        if self._is_one(waiting) and _ALL.change(self._session, self._linked(waiting[0])):
            return
        with holding_head(self._session, Log.DECISIONS, self._writer) as head:
            links = head.append([record_of(new.decision) for new in waiting])
            rows = [_row(new, decision_row_of(new.decision, link)) for new, link in zip(waiting, links, strict=True)]
            # In the order of the ids: two who took some of the same ones would else wait for each other.
            rows.sort(key=lambda row: str(row["orders_order_id"]))
            if self._is_postgresql:
                _MANY.change(self._session, {"rows": _written(rows)})
                return
            for statement in _EACH:
                statement.change_each(self._session, rows)

    def store_last(self) -> None:
        """Store them as `store` does, where one waits, with the end of a transaction that is sure to find its chain.

        Nothing else may be asked of the session afterwards. What `store` would raise comes when the transaction ends.
        """
        if not self._is_one(self._waiting):
            self.store()
            return
        (new,), self._waiting = self._waiting, []
        values = self._linked(new)
        leave_for_the_end(self._session, lambda: _stored_at_the_end(self._session, values))

    def _is_one(self, waiting: Sequence[NewOrder]) -> bool:
        # Of PostgreSQL, where whoever holds the end of the chain knows nothing of what one statement adds to it.
        is_free = not is_held(self._session, Log.DECISIONS, self._writer)
        return len(waiting) == 1 and is_free and self._is_postgresql

    @property
    def _is_postgresql(self) -> bool:
        return self._session.get_bind().dialect.name == "postgresql"

    def _linked(self, new: NewOrder) -> dict[str, Any]:
        record = record_of(new.decision)
        row = _row(new, {**decision_columns(new.decision), "writer": self._writer})
        return {**row, "record_said": said_behind(self._writer, record), **of_writer(Log.DECISIONS, self._writer)}


def _stored_at_the_end(session: Session, values: Mapping[str, Any]) -> None:
    ((_, stored),) = on_postgresql(session, [(_ALL, values)], ends=True)
    if not stored:
        raise RuntimeError(f"the chain of {values['writer_of']} has no head")


def _written(rows: Sequence[Mapping[str, Any]]) -> str:
    for name, kind in _TEXTS:
        kind.check([row[name] or "" for row in rows])
    return msgspec.json.encode(rows).decode()


def _row(new: NewOrder, decision: Mapping[str, object]) -> dict[str, Any]:
    parts = {"decisions": decision, "orders": row_of(new.order), "order_steps": step_row_of("", new.order, new.step)}
    return {_PARAMETERS[table][name]: value for table, row in parts.items() for name, value in row.items()}
