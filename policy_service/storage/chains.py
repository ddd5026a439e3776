"""Hash chains: every record names the hash of the one before, so that none can be changed, moved or taken out.

Each writer has a chain of its own, numbered from 1. What a record says is hashed as canonical JSON, with the
bytes it carries behind it. A chain rewritten whole holds together again: that is what seals are for.
"""

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum
from typing import Final, TypeAlias

from sqlalchemy import and_, bindparam, select, text, update
from sqlalchemy.orm import Session

from policy_service.storage.models.tables import Model
from policy_service.storage.prepared import Prepared

_HEADS: Final = Model.metadata.tables["chain_heads"]
_OF_WRITER: Final = and_(_HEADS.c.log == bindparam("log_of"), _HEADS.c.writer == bindparam("writer_of"))
_LOCK_HEAD: Final = Prepared(select(_HEADS.c.sequence, _HEADS.c.hash).where(_OF_WRITER).with_for_update())
#: The change of a head, to be made with what `HeldHead.moved` says.
MOVE_HEAD: Final = (
    update(_HEADS).where(_OF_WRITER).values(sequence=bindparam("new_sequence"), hash=bindparam("new_hash"))
)
_MOVE_HEAD: Final = Prepared(MOVE_HEAD)

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


@dataclass(frozen=True, slots=True)
class Link:
    """A record's place in the chain of its writer."""

    writer: str
    sequence: int
    previous_hash: str
    hash: str


@dataclass(frozen=True, slots=True)
class Record:
    """What one record of a chain says: its id, its fields, and the bytes it carries."""

    record_id: str
    fields: Mapping[str, Plain]
    carried: bytes = b""


def record_hash(previous_hash: str, writer: str, record: Record) -> str:
    """Return the hash of a record behind the one with that hash, as 64 hexadecimal digits."""
    said = json.dumps(
        [previous_hash, writer, record.record_id, dict(record.fields)],
        sort_keys=True,
        separators=(",", ":"),
        ensure_ascii=False,
    )
    digest = hashlib.sha256(said.encode())
    digest.update(b"\0")
    digest.update(record.carried)
    return digest.hexdigest()


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

    def moved(self) -> Mapping[str, str | int]:
        """Return the change that lets the chain end here, for `MOVE_HEAD`: whoever asks for it makes it."""
        if self._end is None:
            raise ValueError("nothing was appended")
        self._is_stored = True
        sequence, last = self._end
        return {"log_of": self._log.value, "writer_of": self._writer, "new_sequence": sequence, "new_hash": last}

    def store(self) -> None:
        """Let the chain end here, unless it does already."""
        if not self._is_stored:
            _MOVE_HEAD.change(self._session, self.moved())


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


def heads(session: Session, log: Log) -> tuple[Link, ...]:
    """Return the head of every writer's chain, by writer."""
    of_log = select(_HEADS.c.writer, _HEADS.c.sequence, _HEADS.c.hash).where(_HEADS.c.log == log.value)
    rows = sorted(tuple(row) for row in session.execute(of_log))
    return tuple(Link(writer, sequence, "", head) for writer, sequence, head in rows)


def _locked_head(session: Session, log: Log, writer: str) -> tuple[int, str]:
    asked = {"log_of": log.value, "writer_of": writer}
    head = _LOCK_HEAD.row(session, asked)
    if head is None:
        session.execute(_FIRST_HEAD, {"log": log.value, "writer": writer, "hash": GENESIS})
        head = _LOCK_HEAD.row(session, asked)
    if head is None:
        raise RuntimeError(f"the chain of {writer} has no head")
    sequence, last = head
    return sequence, last
