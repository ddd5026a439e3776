"""Hash chains: every record names the hash of the one before, so that none can be changed, moved or taken out.

Each writer has a chain of its own, numbered from 1. What a record says is hashed as canonical JSON, with the
bytes it carries behind it. A chain rewritten whole holds together again: that is what seals are for.
"""

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from enum import StrEnum
from typing import Final, TypeAlias

import msgspec
from sqlalchemy import CTE, ColumnElement, Text, and_, bindparam, func, literal_column, select, text, update
from sqlalchemy.orm import Session

from policy_service.storage.models.tables import Model
from policy_service.storage.prepared import Prepared

_HEADS: Final = Model.metadata.tables["chain_heads"]
_OF_WRITER: Final = and_(_HEADS.c.log == bindparam("log_of"), _HEADS.c.writer == bindparam("writer_of"))
_LOCK_HEAD: Final = Prepared(select(_HEADS.c.sequence, _HEADS.c.hash).where(_OF_WRITER).with_for_update())
_MOVE_HEAD: Final = Prepared(
    update(_HEADS).where(_OF_WRITER).values(sequence=bindparam("new_sequence"), hash=bindparam("new_hash"))
)
#: Whether a chain has a head: from its first record on.
HAS_HEAD: Final = select(_HEADS.c.writer).where(_OF_WRITER)

#: Under which a session keeps the heads that it holds.
_HELD: Final = "held_head"
#: What stands before the first record.
GENESIS: Final = "0" * 64

Plain: TypeAlias = str | int | bool | None

_FIRST_HEAD: Final = text(
    "INSERT INTO chain_heads (log, writer, sequence, hash) VALUES (:log, :writer, 0, :hash) ON CONFLICT DO NOTHING"
)


class Log(StrEnum):
    """What a chain is of."""

    DECISIONS = "decisions"
    AUDIT = "audit"


class Link(msgspec.Struct, frozen=True):
    """A record's place in the chain of its writer."""

    writer: str
    sequence: int
    previous_hash: str
    hash: str


class Record(msgspec.Struct, frozen=True):
    """What one record of a chain says: its id, its fields, and the bytes it carries."""

    record_id: str
    fields: Mapping[str, Plain]
    carried: bytes = b""


def record_hash(previous_hash: str, writer: str, record: Record) -> str:
    """Return the hash of a record behind the one with that hash, as 64 hexadecimal digits."""
    digest = hashlib.sha256(f'["{previous_hash}",{said_behind(writer, record)}'.encode())
    digest.update(b"\0")
    digest.update(record.carried)
    return digest.hexdigest()


def said_behind(writer: str, record: Record) -> str:
    """Return what is hashed of a record behind the hash of the one before, up to the bytes that it carries."""
    return msgspec.json.encode([writer, record.record_id, dict(record.fields)], order="sorted")[1:].decode()


def next_link(said: ColumnElement[str], carried: ColumnElement[bytes]) -> CTE:
    """Return the link of one more record of the chain that `log_of` and `writer_of` name; the head is held for it.

    Of PostgreSQL, which hashes as `record_hash` does. No row where the chain has no head yet.
    """
    head = select(_HEADS.c.sequence, _HEADS.c.hash).where(_OF_WRITER).with_for_update().cte("head")
    text_hashed = literal_column("'[\"'", Text) + head.c.hash + literal_column("'\",'", Text) + said
    hashed = func.convert_to(text_hashed, literal_column("'UTF8'")).op("||")(literal_column("'\\x00'::bytea"))
    return select(
        (head.c.sequence + 1).label("sequence"),
        head.c.hash.label("previous_hash"),
        func.encode(func.sha256(hashed.op("||")(carried)), literal_column("'hex'")).label("hash"),
    ).cte("link")


def moved_to(link: CTE) -> CTE:
    """Return the change that lets the chain end with that link."""
    to = {"sequence": link.c.sequence, "hash": link.c.hash}
    return update(_HEADS).where(_OF_WRITER).values(to).cte("moved")


def append_links(session: Session, log: Log, writer: str, records: Sequence[Record]) -> tuple[Link, ...]:
    """Return the links by which the records, in their order, go on with the writer's chain.

    The chain's head is held until the transaction ends, so several threads may write as one writer.
    """
    with holding_head(session, log, writer) as head:
        return head.append(records)


class HeldHead:
    """The end of a writer's chain, in the hands of one transaction from the first record that it appends."""

    def __init__(self, session: Session, log: Log, writer: str) -> None:
        self._session = session
        self._log = log
        self._writer = writer
        self._end: tuple[int, str] | None = None
        self._is_stored = True
        #: How many records were appended.
        self.appended = 0

    def append(self, records: Sequence[Record]) -> tuple[Link, ...]:
        """Return the links by which the records go on."""
        if not records:
            return ()
        sequence, last = self._end or _locked_head(self._session, self._log, self._writer)
        links = []
        for record in records:
            link = Link(self._writer, sequence + 1, last, record_hash(last, self._writer, record))
            links.append(link)
            sequence, last = link.sequence, link.hash
        self._end, self._is_stored = (sequence, last), False
        self.appended += len(links)
        return tuple(links)

    def store(self) -> None:
        """Let the chain end here, unless it does already."""
        if self._is_stored or self._end is None:
            return
        sequence, last = self._end
        new = {"new_sequence": sequence, "new_hash": last}
        _MOVE_HEAD.change(self._session, {**of_writer(self._log, self._writer), **new})
        self._is_stored = True


@contextmanager
def holding_head(session: Session, log: Log, writer: str) -> Iterator[HeldHead]:
    """Let everything that is appended within the block cost the head of the chain one change, at its end.

    The head is locked by the first record, and until the transaction ends: threads that write as one writer take
    turns. Whatever raises within must end the whole transaction: no part of it can be taken back by itself.
    """
    held: HeldHead | None = session.info.get((_HELD, log, writer))
    if held:
        yield held
        return
    head = session.info[_HELD, log, writer] = HeldHead(session, log, writer)
    try:
        yield head
        head.store()
    finally:
        del session.info[_HELD, log, writer]


def is_held(session: Session, log: Log, writer: str) -> bool:
    """Return whether the chain's end is in the hands of a block of `holding_head`."""
    return (_HELD, log, writer) in session.info


def heads(session: Session, log: Log) -> tuple[Link, ...]:
    """Return the head of every writer's chain, by writer."""
    of_log = select(_HEADS.c.writer, _HEADS.c.sequence, _HEADS.c.hash).where(_HEADS.c.log == log.value)
    rows = sorted(tuple(row) for row in session.execute(of_log))
    return tuple(Link(writer, sequence, "", head) for writer, sequence, head in rows)


def of_writer(log: Log, writer: str) -> Mapping[str, str]:
    """Return the values of a statement about one chain."""
    return {"log_of": log.value, "writer_of": writer}


def _locked_head(session: Session, log: Log, writer: str) -> tuple[int, str]:
    asked = of_writer(log, writer)
    head = _LOCK_HEAD.row(session, asked)
    if head is None:
        session.execute(_FIRST_HEAD, {"log": log.value, "writer": writer, "hash": GENESIS})
        head = _LOCK_HEAD.row(session, asked)
    if head is None:
        raise RuntimeError(f"the chain of {writer} has no head")
    sequence, last = head
    return sequence, last
