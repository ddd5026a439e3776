"""Requests that may be sent twice: under one `Idempotency-Key` one effect, and one answer, byte for byte.

The answer is stored in the transaction of the effect, so neither is ever there without the other. A request that is
refused leaves nothing, and its key can be used again.
"""

import hashlib
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Final

from flask import Response, current_app, g, request
from sqlalchemy.orm import Session

from policy_service.domain.acting import Act
from policy_service.domain.errors import RequestError
from policy_service.services.house import House
from policy_service.storage.idempotency_store import (
    AnsweredLines,
    Asked,
    IdempotencyStore,
    KeptAnswer,
    StreamClaim,
)

HEADER: Final = "Idempotency-Key"
REPLAYED: Final = "Idempotency-Replayed"
_KEY: Final = re.compile(r"[\x20-\x7e]{1,200}")
#: Of an answer these are given again; the others are about the request that is answered.
_KEPT_HEADERS: Final = ("Content-Type", "ETag", "Location")
#: Of a body of which no line has been read.
NO_LINE: Final = hashlib.sha256(b"").hexdigest()


def idempotency_key() -> str | None:
    """Return the key of the request under way, if it has one; RequestError R410 for one that cannot be."""
    key = request.headers.get(HEADER)
    if key is not None and not _KEY.fullmatch(key):
        raise RequestError(
            "R410", f"{HEADER} is no key.", remedy="Send 1 to 200 printable ASCII characters, new for every request."
        )
    return key


def answered_once(
    session: Session, act: Act, key: str, answer: Callable[[], Response], body_hash: str | None = None
) -> Response:
    """Return the answer stored under the key, else that of `answer`, stored in the session's transaction.

    `body_hash` is the SHA-256 of the body where it is read elsewhere. An answer that is a problem is not stored.
    """
    asked = Asked(act.person, key, _endpoint(), body_hash or _hash_of_body())
    store = IdempotencyStore(session)
    kept = store.take(asked, act.at)
    if kept is not None:
        return _again(kept)
    made = answer()
    if made.status_code < 400:
        store.keep(asked, _kept(made), act.at)
    return made


def keep_instead(body: Mapping[str, object]) -> None:
    """Let the answer be stored with this body: what is shown once must not stand in the database."""
    g.kept_instead = body


def claim_stream(house: House, act: Act, key: str) -> StreamClaim:
    """Return the claim to answer a body of lines under the key, in a transaction of its own.

    Conflict S222 while another answers it, S223 if the key was used for another request.
    """
    with house.database.writing() as session:
        return IdempotencyStore(session).claim_stream(Asked(act.person, key, _endpoint(), NO_LINE), act.at)


def append_answer(
    session: Session, claim: StreamClaim, lines: Sequence[bytes], answer: bytes, act: Act, *, is_last: bool = False
) -> StreamClaim:
    """Store the answer to the next lines of the body in the transaction of their effect; return the claim behind them.

    `act.at` is the present instant: from it the claim counts on. Conflict S222 if somebody else has taken the claim;
    the transaction must then be given up.
    """
    answered = AnsweredLines(len(lines), hash_behind(claim.body_hash, lines), answer)
    return IdempotencyStore(session).append(claim, answered, act.at, is_last=is_last)


def release_stream(house: House, claim: StreamClaim) -> None:
    """Let whoever comes next go on at once; call it when answering ends before the last line."""
    with house.database.writing() as session:
        IdempotencyStore(session).release(claim)


def answered_lines(house: House, claim: StreamClaim) -> tuple[AnsweredLines, ...]:
    """Return what was answered to the lines of the claim, in their order.

    The retry's own lines must have the same hashes (`hash_behind`), else it is another request (S223).
    """
    with house.database.reading() as session:
        return tuple(IdempotencyStore(session).answered(claim))


def hash_behind(before: str, lines: Iterable[bytes]) -> str:
    """Return the hash of a body up to the end of these lines, given that of the lines before."""
    for line in lines:
        before = hashlib.sha256(before.encode() + line).hexdigest()
    return before


def _endpoint() -> str:
    return f"{request.method} {request.full_path.rstrip('?')}"


def _hash_of_body() -> str:
    return hashlib.sha256(request.get_data(cache=True)).hexdigest()


def _kept(made: Response) -> KeptAnswer:
    headers = {name: made.headers[name] for name in _KEPT_HEADERS if name in made.headers}
    instead = g.pop("kept_instead", None)
    body = made.get_data() if instead is None else current_app.json.dumps(instead).encode()
    return KeptAnswer(made.status_code, headers, body)


def _again(kept: KeptAnswer) -> Response:
    answer = Response(kept.body, kept.status)
    answer.headers.update(kept.headers)
    answer.headers[REPLAYED] = "true"
    return answer
