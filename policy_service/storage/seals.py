"""Seals: the heads of chains at an instant, under a key that whoever can write the database does not have.

A chain alone shows that a record was changed; whoever rewrites all of it, or takes records off its end, is shown
by the seal over what its end was. Each seal covers the one made before it, whatever chain that was of, so that none
can be taken out with its chain. Seals are given back to be written to the log as well: what is known from there is
verified too, so that taking the last ones away shows as well.
"""

import hashlib
import hmac
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from policy_service.storage.broken_chains import UNREADABLE, Break, BrokenLink, refuse_to_guess
from policy_service.storage.chains import Link, Log, heads
from policy_service.storage.models.audit import AuditEventRow
from policy_service.storage.models.decisions import DecisionRow, Linked, SealRow

#: What stands before the first seal.
_NO_SEAL: Final = "0" * 64
_RECORDS: Final[Mapping[Log, type[Linked]]] = {Log.DECISIONS: DecisionRow, Log.AUDIT: AuditEventRow}


@dataclass(frozen=True, slots=True)
class Seal:
    """The head of one chain at an instant, and the HMAC over it and the seal before."""

    log: Log
    writer: str
    sequence: int
    head_hash: str
    sealed_at: int
    previous_mac: str
    key_name: str
    mac: str


def seal_heads(session: Session, key: bytes, at: int) -> tuple[Seal, ...]:
    """Seal every chain that has grown since its last seal; return the new seals, to be written to the log.

    One at a time: two that sealed at once would both follow the same seal.
    """
    new: list[Seal] = []
    last = session.scalar(select(SealRow.mac).order_by(SealRow.seal_number.desc()).limit(1)) or _NO_SEAL
    for log in Log:
        for head in heads(session, log):
            if head.sequence > _sealed_up_to(session, log, head.writer):
                new.append(_seal(log, head, last, key, at))
                last = new[-1].mac
    # One after the other: their numbers are their order.
    for seal in new:
        session.add(_row(seal))
        session.flush()
    return tuple(new)


def stored_seals(session: Session) -> tuple[Seal, ...]:
    """Return all seals in the order of their making."""
    return tuple(map(_seal_of_row, session.scalars(select(SealRow).order_by(SealRow.seal_number))))


def first_seal_over(session: Session, log: Log, writer: str, sequence: int) -> Seal | None:
    """Return the first seal that covers the record of that number; none before it is made."""
    of_chain = (SealRow.log == log.value, SealRow.writer == writer, SealRow.sequence >= sequence)
    row = session.scalar(select(SealRow).where(*of_chain).order_by(SealRow.sequence, SealRow.seal_number).limit(1))
    return _seal_of_row(row) if row else None


def broken_seals(session: Session, keys: Sequence[bytes], exported: Iterable[Seal] = ()) -> Iterator[BrokenLink]:
    """Yield every chain that is not what was sealed, and every seal not made with one of the keys.

    `exported` are seals known from elsewhere, such as the log. A chain that ends before its seal was truncated;
    one that has another record there was written anew. The links between records are verified by their stores.
    """
    try:
        stored = stored_seals(session)
    except UNREADABLE as error:
        refuse_to_guess(error)
        stored = ()
        yield BrokenLink(Break.UNREADABLE, Log.AUDIT, "the seals", 0, 0)
    known = {key_name(key): key for key in keys}
    previous = _NO_SEAL
    for seal in stored:
        if seal.previous_mac != previous:
            yield _broken(Break.SEAL_TAKEN_OUT, seal)
        previous = seal.mac
    for seal in dict.fromkeys((*stored, *exported)):
        found = _judged(session, seal, known)
        if found:
            yield found


def key_name(key: bytes) -> str:
    """Return a name that tells the key from others and says nothing of it."""
    return hmac.new(key, b"name of the key", hashlib.sha256).hexdigest()[:16]


def _sealed_up_to(session: Session, log: Log, writer: str) -> int:
    of_chain = select(func.max(SealRow.sequence)).where(SealRow.log == log.value, SealRow.writer == writer)
    return session.scalar(of_chain) or 0


def _judged(session: Session, seal: Seal, keys: Mapping[str, bytes]) -> BrokenLink | None:
    key = keys.get(seal.key_name)
    if key is None or not hmac.compare_digest(seal.mac, _mac(seal, key)):
        return _broken(Break.SEAL_FORGED, seal)
    records = _RECORDS[seal.log]
    hashes = select(records.hash).where(records.writer == seal.writer)
    found = session.scalar(hashes.where(records.sequence == seal.sequence))
    if found == seal.head_hash:
        return None
    if found is not None:
        return _broken(Break.SEAL_CONTRADICTED, seal)
    last = session.scalar(select(func.max(records.sequence)).where(records.writer == seal.writer)) or 0
    kind = Break.TRUNCATED if last < seal.sequence else Break.MISSING
    return BrokenLink(kind, seal.log, seal.writer, min(last + 1, seal.sequence), seal.sequence)


def _seal(log: Log, head: Link, previous_mac: str, key: bytes, at: int) -> Seal:
    seal = Seal(log, head.writer, head.sequence, head.hash, at, previous_mac, key_name(key), "")
    return replace(seal, mac=_mac(seal, key))


def _mac(seal: Seal, key: bytes) -> str:
    said = [seal.log.value, seal.writer, seal.sequence, seal.head_hash, seal.sealed_at, seal.previous_mac]
    return hmac.new(key, json.dumps(said, separators=(",", ":")).encode(), hashlib.sha256).hexdigest()


def _row(seal: Seal) -> SealRow:
    return SealRow(
        log=seal.log.value,
        writer=seal.writer,
        sequence=seal.sequence,
        head_hash=seal.head_hash,
        sealed_at=seal.sealed_at,
        previous_mac=seal.previous_mac,
        key_name=seal.key_name,
        mac=seal.mac,
    )


def _seal_of_row(row: SealRow) -> Seal:
    return Seal(
        Log(row.log),
        row.writer,
        row.sequence,
        row.head_hash,
        row.sealed_at,
        row.previous_mac,
        row.key_name,
        row.mac,
    )


def _broken(kind: Break, seal: Seal) -> BrokenLink:
    return BrokenLink(kind, seal.log, seal.writer, seal.sequence, seal.sequence)
