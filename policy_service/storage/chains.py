"""Hash chains: every record names the hash of the one before, so that none can be changed, moved or taken out.

Each writer has a chain of its own, numbered from 1. What a record says is hashed as canonical JSON, with the
bytes it carries behind it. A chain rewritten whole holds together again: that is what seals are for.
"""

import hashlib
import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise
from typing import Final, TypeAlias

from sqlalchemy import and_, bindparam, select, text, update
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from policy_service.storage.errors import StorageError
from policy_service.storage.models.decisions import Linked
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

#: What reading a stored value comes to that somebody made one of another kind.
UNREADABLE: Final = (ValueError, TypeError, LookupError, ArithmeticError, StorageError, DBAPIError)
_AT_A_TIME: Final = 1_000

_FIRST_HEAD: Final = text(
    "INSERT INTO chain_heads (log, writer, sequence, hash) VALUES (:log, :writer, 0, :hash) ON CONFLICT DO NOTHING"
)


class Log(StrEnum):
    """What a chain is of."""

    DECISIONS = "decisions"
    AUDIT = "audit"


class Break(StrEnum):
    """What is wrong with a chain at one place."""

    ALTERED = "altered"
    UNREADABLE = "unreadable"
    MISSING = "missing"
    MISPLACED = "misplaced"
    TRUNCATED = "truncated"
    OTHER_HEAD = "other_head"
    SEAL_FORGED = "seal_forged"
    SEAL_TAKEN_OUT = "seal_taken_out"
    SEAL_CONTRADICTED = "seal_contradicted"


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


#: Given a writer, a number and how many at most, its next records behind that number.
Stretch: TypeAlias = Callable[[str, int, int], Sequence[tuple[Link, Record]]]
#: A record of a chain, or the number of one that cannot be read.
Found: TypeAlias = tuple[Link, Record] | int


@dataclass(frozen=True, slots=True)
class BrokenLink:
    """One thing wrong with a chain: what, from which number to which, and the id of the record if there is one."""

    kind: Break
    log: Log
    writer: str
    first: int
    last: int
    record_id: str = ""

    def __str__(self) -> str:
        which = f"record {self.first}" if self.first == self.last else f"records {self.first} to {self.last}"
        which = which if self.first else "something"
        name = f" ({self.record_id})" if self.record_id else ""
        return f"{self.log} of {self.writer}: {which}{name}: {_MEANINGS[self.kind]}"


_MEANINGS: Final[Mapping[Break, str]] = {
    Break.ALTERED: "the record is not what was hashed",
    Break.UNREADABLE: "cannot be read: it holds a value that the service never wrote",
    Break.MISSING: "taken out",
    Break.MISPLACED: "does not follow the record before it: one was taken out or moved, and the rest renumbered",
    Break.TRUNCATED: "taken off the end",
    Break.OTHER_HEAD: "stands at the end, where the writer's head says another",
    Break.SEAL_FORGED: "the seal was not made with any of the keys",
    Break.SEAL_TAKEN_OUT: "does not follow the seal before it: one was taken out or moved",
    Break.SEAL_CONTRADICTED: "the record is not the one that was sealed: the chain was written anew",
}


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


def broken_links(log: Log, writer: str, chain: Iterable[Found], head: Link) -> Iterator[BrokenLink]:
    """Yield everything wrong with a chain whose records come in order of their numbers, up to its `head`."""
    number, previous = 0, GENESIS
    for found in chain:
        sequence = found if isinstance(found, int) else found[0].sequence
        if sequence > number + 1:
            yield BrokenLink(Break.MISSING, log, writer, number + 1, sequence - 1)
        if isinstance(found, int):
            yield BrokenLink(Break.UNREADABLE, log, writer, sequence, sequence)
            number, previous = sequence, ""
            continue
        link, record = found
        # What comes behind a record that cannot be read has nothing to be compared with.
        if sequence == number + 1 and link.previous_hash != previous and previous:
            yield BrokenLink(Break.MISPLACED, log, writer, sequence, sequence, record.record_id)
        if not _is_as_hashed(link, writer, record):
            yield BrokenLink(Break.ALTERED, log, writer, sequence, sequence, record.record_id)
        number, previous = sequence, link.hash
    if head.sequence > number:
        yield BrokenLink(Break.TRUNCATED, log, writer, number + 1, head.sequence)
    elif head.sequence < number or (previous and head.hash != previous):
        yield BrokenLink(Break.OTHER_HEAD, log, writer, number, number)


def _is_as_hashed(link: Link, writer: str, record: Record) -> bool:
    try:
        return record_hash(link.previous_hash, writer, record) == link.hash
    except UNREADABLE:
        # No value of its kind, though it could be read.
        return False


def verify_log(
    session: Session, log: Log, records: type[Linked], stretch: Stretch, writer: str | None = None
) -> Iterator[BrokenLink]:
    """Yield everything wrong with the chain of a writer, or of every writer, by number.

    `records` is where they are stored; `stretch` reads those of a writer behind a number, in order, some at a time.
    A value that cannot be read hides nothing else: it is told, and the verification goes on behind it.
    """
    known = {head.writer: head for head in heads(session, log)}
    writers = {*known, *session.scalars(select(records.writer).distinct())}
    for name in sorted(writers) if writer is None else (writer,):
        head = known.get(name, Link(name, 0, "", GENESIS))
        try:
            yield from broken_links(log, name, _whole(session, records, name, stretch), head)
        except UNREADABLE as error:
            refuse_to_guess(error)
            # Not a record: its number, or the head.
            yield BrokenLink(Break.UNREADABLE, log, name, 0, 0)


def _whole(session: Session, records: type[Linked], writer: str, stretch: Stretch) -> Iterator[Found]:
    last = 0
    of_writer = select(records.sequence).where(records.writer == writer).order_by(records.sequence)
    while numbers := list(session.scalars(of_writer.where(records.sequence > last).limit(_AT_A_TIME))):
        try:
            yield from stretch(writer, last, _AT_A_TIME)
        except UNREADABLE as error:
            refuse_to_guess(error)
            yield from _one_by_one(writer, stretch, [last, *numbers])
        last = numbers[-1]


def _one_by_one(writer: str, stretch: Stretch, numbers: Sequence[int]) -> Iterator[Found]:
    for before, number in pairwise(numbers):
        try:
            yield from stretch(writer, before, 1)
        except UNREADABLE:
            yield number


def refuse_to_guess(error: Exception) -> None:
    """Raise the error of a database that is gone again: nothing can be said of what it holds."""
    if isinstance(error, DBAPIError) and error.connection_invalidated:
        raise error


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
