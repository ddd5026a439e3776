"""What decisions upon customers read besides the ledger, all of it in one question to the database.

Each row of the answer says what it is of, and holds that as a list in JSON: so one question can ask several tables.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from operator import attrgetter
from typing import Any, Final, TypeAlias, TypeVar, get_type_hints

import msgspec
from sqlalchemy import ColumnElement, Select, Table, Text, bindparam, literal_column, select, union_all
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.orm import Session
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement

from policy_service.domain.instants import Instant
from policy_service.facts.live_orders import LiveOrder
from policy_service.storage.chains import HAS_HEAD, Log, of_writer
from policy_service.storage.counted_orders import COUNTED, CountedOrder, live_among
from policy_service.storage.customer_locks import HOLD
from policy_service.storage.effect_store import StoredEffect
from policy_service.storage.ledger_changes import HEAD_NOW, LedgerHead
from policy_service.storage.models.tables import Model
from policy_service.storage.order_store import KNOWN, StoredOrder
from policy_service.storage.outbox import ACTIVE, know_active
from policy_service.storage.override_store import StoredOverride, in_order
from policy_service.storage.policy_store import EFFECTIVE, PolicyVersion
from policy_service.storage.prepared import OfIds, PreparedByIds, Row, on_postgresql
from policy_service.storage.standing_store import StoredStanding

_Own = TypeVar("_Own")

_TABLES: Final = Model.metadata.tables
_STANDINGS, _EFFECTS, _OVERRIDES = _TABLES["standings"], _TABLES["standing_effects"], _TABLES["overrides"]
_ORDERS: Final = _TABLES["orders"]
_CASES, _NOTES = _TABLES["escalation_cases"], _TABLES["case_notes"]
#: Not a parameter: only so are the indexes of what is in force of use to a prepared statement.
_IN_FORCE: Final[ColumnElement[str]] = literal_column("'in_force'")

_COUNTED_CELLS: Final = attrgetter(*CountedOrder.__struct_fields__)

_Found: TypeAlias = Mapping[str, Sequence[str]]


class Kept(msgspec.Struct, frozen=True):
    """What the database keeps of some customers that decisions are made under, by customer.

    `noted` are those of whom somebody noted something in a case that became an entry.
    """

    standings: Mapping[str, StoredStanding]
    effects: Mapping[str, Sequence[StoredEffect]]
    overrides: Mapping[str, Sequence[StoredOverride]]
    orders: Mapping[str, Sequence[LiveOrder]]
    noted: frozenset[str] = frozenset()

    def updated(self, later: "Kept", customer_ids: Collection[str]) -> "Kept":
        """Return this with what was read later of these customers."""
        return Kept(
            _updated(self.standings, later.standings, customer_ids),
            _updated(self.effects, later.effects, customer_ids),
            _updated(self.overrides, later.overrides, customer_ids),
            _updated(self.orders, later.orders, customer_ids),
            self.noted.difference(customer_ids) | later.noted,
        )

    def with_order(self, session: Session, order: StoredOrder) -> "Kept":
        """Return this with an order that is stored later, as it would be read then."""
        one = CountedOrder(*_COUNTED_CELLS(order))
        (new,) = live_among(session, [one], (one.customer_id,))[one.customer_id]
        orders = [*self.orders.get(one.customer_id, ()), new]
        orders.sort(key=attrgetter("date", "order_id"))
        every = {**self.orders, one.customer_id: tuple(orders)}
        return Kept(self.standings, self.effects, self.overrides, every, self.noted)


def _updated(before: Mapping[str, _Own], later: Mapping[str, _Own], customer_ids: Collection[str]) -> dict[str, _Own]:
    return {name: own for name, own in before.items() if name not in customer_ids} | dict(later)


class Seen(msgspec.Struct, frozen=True):
    """What is kept of some customers, the ledger's last posting, and the policy version that counts (none: none does).

    `is_new_order`: nobody has asked about the order yet. `has_chain`: the writer has stored a decision before.
    """

    kept: Kept
    head: LedgerHead | None
    version: PolicyVersion | None
    is_new_order: bool
    has_chain: bool


@dataclass(frozen=True, slots=True)
class SeenTogether:
    """What is kept of the customers of some questions, the ledger's last posting, and which orders are no new ones."""

    kept: Kept
    head: LedgerHead | None
    known_orders: frozenset[str]


class _AsList(FunctionElement[str]):
    """Some columns as one list in JSON."""

    type = Text()
    inherit_cache = True


@compiles(_AsList, "postgresql")
def _on_postgresql(element: _AsList, compiler: SQLCompiler, **more: Any) -> str:
    return f"json_build_array({compiler.process(element.clauses, **more)})::text"


@compiles(_AsList, "sqlite")
def _on_sqlite(element: _AsList, compiler: SQLCompiler, **more: Any) -> str:
    return f"json_array({compiler.process(element.clauses, **more)})"


def _part(name: str, rows: Select[Any]) -> Select[Any]:
    said: Select[Any] = select(literal_column(f"'{name}'", Text), _AsList(*rows.subquery().columns))  # type: ignore[assignment]
    return said


def _of(table: Table, stored: type) -> Select[Any]:
    return select(*[table.c[name] for name in get_type_hints(stored)])


def _kept_parts(of_ids: OfIds) -> Iterator[Select[Any]]:
    standing = _of(_STANDINGS, StoredStanding).where(of_ids(_STANDINGS.c.customer_id))
    effect = _of(_EFFECTS, StoredEffect).where(of_ids(_EFFECTS.c.customer_id), _EFFECTS.c.ended_at.is_(None))
    override = _of(_OVERRIDES, StoredOverride).where(of_ids(_OVERRIDES.c.customer_id))
    counting = (_OVERRIDES.c.state == _IN_FORCE, _OVERRIDES.c.expires_on >= bindparam("day"))
    yield _part("standing", standing.where(_STANDINGS.c.state == _IN_FORCE))
    yield _part("effect", effect.add_columns(_EFFECTS.c.effect_number))
    yield _part("override", override.where(*counting))
    yield _part("order", COUNTED.where(of_ids(_ORDERS.c.customer_id)))
    noted = select(_NOTES.c.case_id).where(_NOTES.c.case_id == _CASES.c.case_id, _NOTES.c.entry_id != "").exists()
    yield _part("noted", select(_CASES.c.customer_id).where(of_ids(_CASES.c.customer_id), noted))


def _seen_parts() -> Iterator[Select[Any]]:
    yield _part("head", HEAD_NOW)
    yield _part("version", EFFECTIVE)
    yield _part("webhook", ACTIVE)
    yield _part("chain", HAS_HEAD)
    yield _part("asked", select(_ORDERS.c.order_id).where(_ORDERS.c.order_id == bindparam("order")))


_KEPT: Final = PreparedByIds(lambda of_ids: union_all(*_kept_parts(of_ids)))
_TOGETHER: Final = PreparedByIds(
    lambda of_ids: union_all(*_kept_parts(of_ids), _part("head", HEAD_NOW), _part("webhook", ACTIVE))
)
_SEEN: Final = PreparedByIds(lambda of_ids: union_all(*_kept_parts(of_ids), *_seen_parts()))


def kept_now(session: Session, customer_ids: Collection[str], day: dt.date) -> Kept:
    """Return what is kept of these customers now, the overrides as far as they count on the day."""
    return _kept(session, _by_part(_KEPT.rows(session, customer_ids, {"day": day})), customer_ids)


def held_and_seen(
    session: Session,
    customer_ids: Collection[str],
    day: dt.date,
    policy_id: str,
    instant: Instant,
    order_id: str,
    writer: str,
) -> Seen:
    """Hold these customers until the transaction ends, and return what is there then.

    That is what `kept_now` returns, and whatever else an answer takes: of the ledger, the policy, the order. The
    version is that which counts at the instant. The webhooks that want events are known to the session then.
    """
    asked = {"day": day, "policy": policy_id, "instant": instant, "order": order_id}
    asked.update(of_writer(Log.DECISIONS, writer))
    found = _by_part(_held_and_read(session, set(customer_ids), asked))
    _know_active(session, found)
    return Seen(
        _kept(session, found, customer_ids),
        _head(found),
        next((PolicyVersion(*_VERSION.decode(row)) for row in found["version"]), None),
        not found["asked"],
        bool(found["chain"]),
    )


def held_and_seen_together(
    session: Session, customer_ids: Collection[str], day: dt.date, order_ids: Collection[str]
) -> SeenTogether:
    """Hold these customers until the transaction ends, and return what is there then for questions upon these orders.

    The webhooks that want events are known to the session then.
    """
    asked = {"day": day}
    if session.get_bind().dialect.name == "sqlite":
        rows, known = _TOGETHER.rows(session, customer_ids, asked), KNOWN.rows(session, order_ids)
    else:
        statements = [HOLD.asked(customer_ids), _TOGETHER.asked(customer_ids, asked), KNOWN.asked(order_ids)]
        _, (rows, _), (known, _) = on_postgresql(session, statements)
    found = _by_part(rows)
    _know_active(session, found)
    kept = _kept(session, found, customer_ids)
    return SeenTogether(kept, _head(found), frozenset(order_id for (order_id,) in known))


def _held_and_read(session: Session, customer_ids: Collection[str], asked: Mapping[str, object]) -> Sequence[Row]:
    if session.get_bind().dialect.name == "sqlite":
        return _SEEN.rows(session, customer_ids, asked)
    # In one journey, but the second begins when the customers are held: it sees what others did to them meanwhile.
    _, (rows, _) = on_postgresql(session, [HOLD.asked(customer_ids), _SEEN.asked(customer_ids, asked)])
    return rows


def _by_part(rows: Sequence[Sequence[str]]) -> _Found:
    found = defaultdict[str, list[str]](list)
    for part, cells in rows:
        found[part].append(cells)
    return found


def _know_active(session: Session, found: _Found) -> None:
    know_active(session, [(name, types) for name, types in map(_WEBHOOK.decode, found["webhook"])])


def _head(found: _Found) -> LedgerHead | None:
    return next((LedgerHead.of(*_HEAD.decode(row)) for row in found["head"]), None)


def _kept(session: Session, found: _Found, customer_ids: Collection[str]) -> Kept:
    standings = [StoredStanding(*_with_outputs(_STANDING.decode(row), 4)) for row in found["standing"]]
    effects = defaultdict[str, list[StoredEffect]](list)
    for *effect, _ in sorted(map(_EFFECT.decode, found["effect"]), key=lambda cells: cells[-1]):
        effects[effect[0]].append(StoredEffect(*effect))
    overrides = defaultdict[str, list[StoredOverride]](list)
    for row in found["override"]:
        override = StoredOverride(*_with_outputs(_OVERRIDE.decode(row), 4))
        overrides[override.customer_id].append(override)
    return Kept(
        {one.customer_id: one for one in standings},
        {customer_id: tuple(own) for customer_id, own in effects.items()},
        {customer_id: in_order(own) for customer_id, own in overrides.items()},
        live_among(session, [CountedOrder(*_COUNTED.decode(row)) for row in found["order"]], customer_ids),
        frozenset(customer_id for (customer_id,) in map(_NOTED.decode, found["noted"])),
    )


def _with_outputs(cells: Sequence[Any], place: int) -> Iterator[Any]:
    yield from cells[:place]
    yield msgspec.json.decode(cells[place])
    yield from cells[place + 1 :]


def _cells_of(stored: type, *more: type, **others: type) -> msgspec.json.Decoder[tuple[Any, ...]]:
    hints = {**get_type_hints(stored), **others}
    return msgspec.json.Decoder(tuple[*hints.values(), *more])  # type: ignore[misc]


#: Outputs are JSON of their own.
_STANDING: Final = _cells_of(StoredStanding, outputs=str)
_EFFECT: Final = _cells_of(StoredEffect, int)
_OVERRIDE: Final = _cells_of(StoredOverride, outputs=str)
_COUNTED: Final = _cells_of(CountedOrder)
_NOTED: Final = msgspec.json.Decoder(tuple[str])
_VERSION: Final = _cells_of(PolicyVersion)
_HEAD: Final = msgspec.json.Decoder(tuple[int, int | None, int | None])
_WEBHOOK: Final = msgspec.json.Decoder(tuple[str, str])
