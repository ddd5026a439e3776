"""What is wrong with a hash chain: altered, unreadable, taken out, moved, taken off the end.

A chain is compared with itself and with the head of its writer, record by record; see policy_service.storage.chains.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise
from typing import Final, TypeAlias

from sqlalchemy import select
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from policy_service.storage.chains import GENESIS, Link, Log, Record, heads, record_hash
from policy_service.storage.errors import StorageError
from policy_service.storage.models.decisions import Linked

#: What reading a stored value comes to that somebody made one of another kind.
UNREADABLE: Final = (ValueError, TypeError, LookupError, ArithmeticError, StorageError, DBAPIError)
_AT_A_TIME: Final = 1_000

#: Given a writer, a number and how many at most, its next records behind that number.
Stretch: TypeAlias = Callable[[str, int, int], Sequence[tuple[Link, Record]]]
#: A record of a chain, or the number of one that cannot be read.
Found: TypeAlias = tuple[Link, Record] | int


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
