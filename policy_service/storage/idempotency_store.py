"""What was answered to requests with an idempotency key: once, in the transaction of their effect.

A body answered in one transaction leaves its answer, and nothing if it fails. A body of lines answered bit by bit is
claimed for a while, and each bit leaves the lines' answers with their effect; whoever comes after the claim has run
out goes on behind the last of them.
"""

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Final

from sqlalchemy import CursorResult, Update, delete, insert, select, text, update
from sqlalchemy.orm import Session

from policy_service.domain.instants import DAY, SECOND
from policy_service.storage.errors import Conflict
from policy_service.storage.models.delivery import IdempotencyChunk, IdempotencyKey

#: An answer is given again for so long.
KEPT_FOR: Final = DAY
#: Whoever answers a body bit by bit has so long for each.
LEASE: Final = 30 * SECOND
_LOCK: Final = text("SELECT pg_try_advisory_xact_lock(:number)")
_CHUNKS: Final = IdempotencyChunk.metadata.tables["idempotency_chunks"]
_UNSYNCHRONIZED: Final = {"synchronize_session": False}


@dataclass(frozen=True, slots=True)
class Asked:
    """A request as far as it must be the same to be answered alike: who asks, under which key, what."""

    asked_by: str
    key: str
    endpoint: str
    body_hash: str


@dataclass(frozen=True, slots=True)
class KeptAnswer:
    """An answer as it was given."""

    status: int
    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True, slots=True)
class StreamClaim:
    """A body of lines in somebody's hands: so many lines of it are answered, and their hash is this."""

    asked_by: str
    key: str
    lines: int
    body_hash: str
    is_complete: bool
    revision: int


@dataclass(frozen=True, slots=True)
class AnsweredLines:
    """Some lines answered together: how many, the hash of the body up to their end, and their answers' bytes."""

    lines: int
    body_hash: str
    answer: bytes


class IdempotencyStore:
    """The answers within one transaction."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def take(self, asked: Asked, at: int) -> KeptAnswer | None:
        """Return the answer that the request was given; none if it is the transaction's to answer, and nobody else's.

        Conflict S222 while another answers the same key, S223 if the key was used for another request.
        """
        self._alone_with(asked)
        row = self._row(asked, at)
        if row is None:
            return None
        if (row.endpoint, row.body_hash) != (asked.endpoint, asked.body_hash):
            raise used_otherwise()
        return KeptAnswer(row.status or 0, json.loads(row.headers), row.answer or b"")

    def keep(self, asked: Asked, answer: KeptAnswer, at: int) -> None:
        """Store the answer with its effect; Conflict S210 if somebody else stored one meanwhile."""
        self._add(asked, at, state="answered", status=answer.status, headers=answer.headers, answer=answer.body)

    def claim_stream(self, asked: Asked, at: int) -> StreamClaim:
        """Return the claim to answer a body of lines; `asked.body_hash` is that of no line.

        Conflict S222 while another answers it, S223 if the key was used for another request.
        """
        self._alone_with(asked)
        row = self._row(asked, at)
        if row is None:
            self._add(asked, at, state="in_flight", lease_until=at + LEASE)
            return StreamClaim(asked.asked_by, asked.key, 0, asked.body_hash, False, 1)
        if row.endpoint != asked.endpoint:
            raise used_otherwise()
        claim = StreamClaim(*_of(asked), row.lines, row.body_hash, row.state == "answered", row.revision)
        if claim.is_complete:
            return claim
        if row.lease_until is not None and row.lease_until > at:
            raise _in_flight()
        return self._move(claim, claim, {"lease_until": at + LEASE})

    def append(self, claim: StreamClaim, answered: AnsweredLines, at: int, *, is_last: bool = False) -> StreamClaim:
        """Store the answers of the next lines with their effect, and return the claim behind them.

        Conflict S222 if the claim ran out and somebody else has taken it: then the effect must not be stored either.
        """
        after = replace(claim, lines=claim.lines + answered.lines, body_hash=answered.body_hash, is_complete=is_last)
        lease = {"state": "answered", "lease_until": None} if is_last else {"lease_until": at + LEASE}
        moved = self._move(claim, after, {"lines": after.lines, "body_hash": after.body_hash, **lease})
        if answered.lines:
            chunk = {"asked_by": claim.asked_by, "key": claim.key, "lines_before": claim.lines}
            said = {"lines": answered.lines, "body_hash": answered.body_hash, "answer": answered.answer}
            self._session.execute(insert(_CHUNKS), [chunk | said])
        return moved

    def release(self, claim: StreamClaim) -> None:
        """Let the next who comes go on at once; nothing if somebody else has taken the claim."""
        self._session.execute(_at_revision(claim).values(lease_until=None), execution_options=_UNSYNCHRONIZED)

    def answered(self, claim: StreamClaim) -> Iterator[AnsweredLines]:
        """Yield what was answered to the lines of the claim, in their order."""
        rows = IdempotencyChunk
        of_claim = select(rows.lines, rows.body_hash, rows.answer).where(
            rows.asked_by == claim.asked_by, rows.key == claim.key, rows.lines_before < claim.lines
        )
        for row in self._session.execute(of_claim.order_by(rows.lines_before)):
            yield AnsweredLines(*row)

    def forget_expired(self, at: int, most: int = 1_000) -> int:
        """Forget answers that need not be given again, at most so many; return how many."""
        rows = IdempotencyKey
        expired = select(rows.asked_by, rows.key).where(rows.expires_at <= at).limit(most)
        found = self._session.execute(expired.with_for_update(skip_locked=True)).all()
        for asked_by, key in found:
            self._forget(asked_by, key)
        return len(found)

    def _alone_with(self, asked: Asked) -> None:
        # On SQLite writers take turns: a twin comes when the answer is there.
        if self._session.connection().dialect.name != "postgresql":
            return
        named = hashlib.sha256("\0".join(_of(asked)).encode()).digest()
        number = int.from_bytes(named[:8], signed=True)
        if not self._session.scalar(_LOCK, {"number": number}):
            raise _in_flight()

    def _row(self, asked: Asked, at: int) -> IdempotencyKey | None:
        row = self._session.get(IdempotencyKey, _of(asked))
        if row is None or row.expires_at > at:
            return row
        self._session.expunge(row)
        self._forget(*_of(asked))
        return None

    def _forget(self, asked_by: str, key: str) -> None:
        for rows in (IdempotencyChunk, IdempotencyKey):
            of_key = (rows.asked_by == asked_by, rows.key == key)
            self._session.execute(delete(rows).where(*of_key), execution_options=_UNSYNCHRONIZED)

    def _add(
        self,
        asked: Asked,
        at: int,
        *,
        state: str,
        lease_until: int | None = None,
        status: int | None = None,
        headers: Mapping[str, str] | None = None,
        answer: bytes | None = None,
    ) -> None:
        self._session.add(
            IdempotencyKey(
                asked_by=asked.asked_by,
                key=asked.key,
                endpoint=asked.endpoint,
                body_hash=asked.body_hash,
                state=state,
                lease_until=lease_until,
                lines=0,
                status=status,
                headers=json.dumps(dict(headers or {})),
                answer=answer,
                created_at=at,
                expires_at=at + KEPT_FOR,
            )
        )
        self._session.flush()

    def _move(self, claim: StreamClaim, after: StreamClaim, values: Mapping[str, object]) -> StreamClaim:
        changed = self._session.execute(
            _at_revision(claim).values(**values, revision=claim.revision + 1), execution_options=_UNSYNCHRONIZED
        )
        if isinstance(changed, CursorResult) and changed.rowcount != 1:
            raise _in_flight()
        return replace(after, revision=claim.revision + 1)


def _at_revision(claim: StreamClaim) -> Update:
    rows = IdempotencyKey
    return update(rows).where(rows.asked_by == claim.asked_by, rows.key == claim.key, rows.revision == claim.revision)


def _of(asked: Asked) -> tuple[str, str]:
    return asked.asked_by, asked.key


def _in_flight() -> Conflict:
    return Conflict("S222", "A request with that idempotency key is being answered.", remedy="Ask again in a moment.")


def used_otherwise() -> Conflict:
    """Return the refusal of a key that another request was sent under."""
    return Conflict(
        "S223",
        "That idempotency key was used for another request.",
        remedy="Use a new key for a new request, or send the first one again as it was.",
    )
