"""Decisions kept: appended in the transaction that changes state, chained, read by id and in lists."""

import base64
import binascii
import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from operator import attrgetter
from typing import Any, Final, Protocol

from sqlalchemy import ColumnElement, insert, select, tuple_
from sqlalchemy.orm import Session

from policy_service.storage.broken_chains import BrokenLink, verify_log
from policy_service.storage.chains import Link, Log, Plain, Record, append_links
from policy_service.storage.errors import StorageError, not_stored
from policy_service.storage.models.decisions import DecisionRow
from policy_service.storage.prepared import Prepared


class Decided(Protocol):
    """What is stored of a decision; columns of the same names say what each is."""

    @property
    def decision_id(self) -> str:
        """The id that this service gave it."""

    @property
    def request_id(self) -> str:
        """The id of the request."""

    @property
    def decision_type(self) -> str:
        """Review, order or escalation."""

    @property
    def purpose(self) -> str:
        """Live, dry_run or shadow."""

    @property
    def customer_id(self) -> str:
        """Upon whom."""

    @property
    def order_id(self) -> str:
        """Upon which order; empty where none was asked about."""

    @property
    def policy_id(self) -> str:
        """Under which policy."""

    @property
    def policy_version(self) -> int:
        """Under which version of it."""

    @property
    def policy_hash(self) -> str:
        """The SHA-256 of that version's canonical text."""

    @property
    def engine_version(self) -> str:
        """Of which engine."""

    @property
    def as_of(self) -> dt.date:
        """As of which business date."""

    @property
    def decided_at(self) -> int:
        """The instant of the answer."""

    @property
    def known_until(self) -> int:
        """The instant up to which the ledger was known."""

    @property
    def ledger_head(self) -> int:
        """The last posting that was known."""

    @property
    def asked_by(self) -> str:
        """Who asked."""

    @property
    def took(self) -> int:
        """Microseconds from question to answer."""

    @property
    def outcome(self) -> str:
        """The outcome; empty where the type has none."""

    @property
    def result(self) -> bytes:
        """The canonical bytes."""


@dataclass(frozen=True, slots=True)
class StoredDecision:
    """A decision as it is stored, with its place in the chain of its writer."""

    decision_id: str
    request_id: str
    decision_type: str
    purpose: str
    customer_id: str
    order_id: str
    policy_id: str
    policy_version: int
    policy_hash: str
    engine_version: str
    as_of: dt.date
    decided_at: int
    known_until: int
    ledger_head: int
    asked_by: str
    took: int
    outcome: str
    result: bytes
    link: Link


@dataclass(frozen=True, slots=True)
class Page:
    """Some decisions of a list, and where the next ones begin; empty at the end."""

    decisions: tuple[StoredDecision, ...]
    next_cursor: str


_DECISIONS: Final = DecisionRow.metadata.tables["decisions"]
_NAMES: Final = tuple(name for name in StoredDecision.__slots__ if name != "link")
_PLACE: Final = Link.__struct_fields__
#: All columns of a decision.
NAMES: Final = (*_NAMES, *_PLACE)
_ADD: Final = Prepared(insert(_DECISIONS), NAMES)
_HASHED: Final = tuple(name for name in _NAMES if name not in {"decision_id", "as_of", "result"})
_CELLS: Final = attrgetter(*_NAMES)
_PLACE_CELLS: Final = attrgetter(*_PLACE)
_HASHED_CELLS: Final = attrgetter(*_HASHED)
#: What few decisions have in common.
_OF_FEW: Final = frozenset({"customer_id", "order_id", "request_id"})
_COLUMNS: Final = [getattr(DecisionRow, name) for name in NAMES]


class DecisionStore:
    """The decisions within one transaction."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def append(self, writer: str, decisions: Sequence[Decided]) -> tuple[Link, ...]:
        """Store decisions at the end of the writer's chain, in their order; they are kept once the caller commits.

        Conflict S210 for an id that is stored already; writers of one name wait for each other.
        """
        links = append_links(self._session, Log.DECISIONS, writer, [record_of(decision) for decision in decisions])
        if links:
            _ADD.change_each(self._session, list(map(row_of, decisions, links)))
        return links

    def load(self, decision_id: str) -> StoredDecision:
        """Return the decision; NotStored S209 if there is none."""
        row = self._session.execute(select(*_COLUMNS).where(DecisionRow.decision_id == decision_id)).one_or_none()
        if row is None:
            raise not_stored(f"decision {decision_id[:60]}")
        return _decision(row)

    def page(  # every filter is a word of the API
        self,
        *,
        customer_id: str = "",
        order_id: str = "",
        request_id: str = "",
        decision_type: str = "",
        purpose: str = "",
        outcome: str = "",
        policy_id: str = "",
        policy_version: int | None = None,
        asked_by: str = "",
        since: int | None = None,
        before: int | None = None,
        cursor: str = "",
        limit: int = 50,
    ) -> Page:
        """Return the newest decisions that fit every filter given, from `cursor` on; StorageError S213 for a bad one.

        `since` is inclusive, `before` is not. Decisions stored meanwhile never repeat or hide one of a later page.
        """
        equal = {
            "customer_id": customer_id,
            "order_id": order_id,
            "request_id": request_id,
            "decision_type": decision_type,
            "purpose": purpose,
            "outcome": outcome,
            "policy_id": policy_id,
            "asked_by": asked_by,
        }
        conditions = list(_equal({name: value for name, value in equal.items() if value}))
        if policy_version is not None:
            conditions.append(DecisionRow.policy_version == policy_version)
        conditions += _period(since, before)
        if cursor:
            conditions.append(_behind(cursor))
        query = select(*_COLUMNS).where(*conditions)
        newest_first = (DecisionRow.decided_at.desc(), DecisionRow.decision_id.desc())
        rows = self._session.execute(query.order_by(*newest_first).limit(limit + 1)).all()
        decisions = tuple(map(_decision, rows[:limit]))
        return Page(decisions, _cursor(decisions[-1]) if len(rows) > limit else "")

    def link_at(self, writer: str, sequence: int) -> Link | None:
        """Return the place of the record that a writer's chain has under that number; none if it has none."""
        places = [getattr(DecisionRow, name) for name in _PLACE]
        at = (DecisionRow.writer == writer, DecisionRow.sequence == sequence)
        row = self._session.execute(select(*places).where(*at)).one_or_none()
        return Link(*row) if row else None

    def verify(self, writer: str | None = None) -> Iterator[BrokenLink]:
        """Yield everything altered, taken out or moved in the chain of one writer, or of each."""
        return verify_log(self._session, Log.DECISIONS, DecisionRow, self._stretch, writer)

    def _stretch(self, writer: str, after: int, most: int) -> list[tuple[Link, Record]]:
        behind = select(*_COLUMNS).where(DecisionRow.writer == writer, DecisionRow.sequence > after)
        rows = self._session.execute(behind.order_by(DecisionRow.sequence).limit(most))
        return [(decision.link, record_of(decision)) for decision in map(_decision, rows)]


def record_of(decision: Decided) -> Record:
    """Return what the chain holds of a decision."""
    fields: dict[str, Plain] = dict(zip(_HASHED, _HASHED_CELLS(decision), strict=True))
    fields["as_of"] = decision.as_of.isoformat()
    return Record(decision.decision_id, fields, decision.result)


def columns_of(decision: Decided) -> dict[str, Any]:
    """Return the columns of a decision that has no place in a chain yet, by name."""
    return dict(zip(_NAMES, _CELLS(decision), strict=True))


def row_of(decision: Decided, link: Link) -> dict[str, Any]:
    """Return the columns of a decision at its place in the chain, by name."""
    return columns_of(decision) | dict(zip(_PLACE, _PLACE_CELLS(link), strict=True))


def _decision(row: Sequence[Any]) -> StoredDecision:
    return StoredDecision(*(*row[: len(_NAMES)], Link(*row[len(_NAMES) :])))


def _equal(wanted: Mapping[str, str]) -> Iterator[ColumnElement[bool]]:
    is_of_few = not _OF_FEW.isdisjoint(wanted)
    for name, value in wanted.items():
        column = getattr(DecisionRow, name)
        # Of one customer or order there are few decisions, of one type half a million: a database that has not
        # counted them would not know by which to look.
        yield (column.concat("") if is_of_few and name not in _OF_FEW else column) == value


def _period(since: int | None, before: int | None) -> Iterator[ColumnElement[bool]]:
    if since is not None:
        yield DecisionRow.decided_at >= since
    if before is not None:
        yield DecisionRow.decided_at < before


def _cursor(last: StoredDecision) -> str:
    return base64.urlsafe_b64encode(f"{last.decided_at} {last.decision_id}".encode()).decode().rstrip("=")


def _behind(cursor: str) -> ColumnElement[bool]:
    try:
        text = base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True).decode()
        instant, _, decision_id = text.partition(" ")
        decided_at = int(instant)
    except (ValueError, binascii.Error) as error:
        raise _no_cursor() from error
    if not -(2**63) <= decided_at < 2**63 or not decision_id.isprintable() or not decision_id:
        raise _no_cursor()
    # As one comparison it is found in the index at once, however deep.
    return tuple_(DecisionRow.decided_at, DecisionRow.decision_id) < (decided_at, decision_id)


def _no_cursor() -> StorageError:
    return StorageError("S213", "The cursor is none that a list gave.", remedy="Take next_cursor as it was given.")
