"""/v1/decisions/batch: a question in every line, an answer to every line, in their order and as they come.

Some lines share a transaction; a line is answered when what it did is stored. One policy version decides all.
"""

from collections.abc import Callable, Iterator, Sequence
from itertools import islice
from typing import Final, TypeAlias

import structlog
from flask import Response, request, stream_with_context
from flask.views import MethodView
from msgspec.structs import replace
from werkzeug.exceptions import BadRequest, UnsupportedMediaType

from policy_service.api.batch_lines import WrittenInPart, answers_in_a_sweep, answers_one_by_one
from policy_service.api.edge import Call, act_now, changes, the_call
from policy_service.api.endpoints import Endpoints
from policy_service.api.idempotency import (
    NO_LINE,
    answered_lines,
    append_answer,
    claim_stream,
    hash_behind,
    idempotency_key,
    release_stream,
)
from policy_service.api.ndjson import LONGEST_LINE, MEDIA_TYPE, BrokenOff, Line, lines_of
from policy_service.api.problems import problem, service_problem
from policy_service.api.strict_json import written
from policy_service.domain.errors import PolicyServiceError, RequestError
from policy_service.domain.permissions import Permission
from policy_service.services.compiled_policy import CompiledPolicy
from policy_service.storage.idempotency_store import StreamClaim, used_otherwise

#: So many lines share a transaction: their customers are held meanwhile, and whoever else asks about them waits.
LINES_AT_ONCE: Final = 50
MOST_LINES: Final = 100_000
_Answering: TypeAlias = Callable[[Call, Sequence[Line], CompiledPolicy], list[dict[str, object]]]
_SEND_THE_REST: Final = "Send the lines that have no answer."

blueprint = Endpoints("batches", __name__, url_prefix="/v1", description="Many decisions at once")

log = structlog.get_logger()


@blueprint.route("/decisions/batch")
class DecisionBatchView(MethodView):
    """Many decisions."""

    @changes(
        Permission.DECISIONS_ASK,
        creates=True,
        own_transactions=True,
        or_else=(Permission.REVIEWS_RUN, Permission.DECISIONS_TRY),
    )
    @blueprint.problems(400, 409, 413, 415, 422)
    @blueprint.doc(requestBody={"required": True, "content": {MEDIA_TYPE: {"schema": {"type": "string"}}}})
    @blueprint.response(200, {"type": "string"}, content_type=MEDIA_TYPE, description="An answer a line, and an end.")
    def post(self) -> Response:
        """Decide upon every line, a question as for a single decision; read the answers while you send."""
        if request.mimetype != MEDIA_TYPE:
            raise UnsupportedMediaType(f"Send lines of JSON, with Content-Type: {MEDIA_TYPE}.")
        # Its lines are bounded, one by one, and in number.
        request.max_content_length = MOST_LINES * LONGEST_LINE
        call = the_call()
        with call.house.database.reading() as session:
            version = call.house.policies.effective(session, call.house.settings.default_policy, call.act.at)
        key = idempotency_key()
        claim = claim_stream(call.house, call.act, key) if key else None
        batch = _Batch(call, version, claim, lines_of(request.stream, request.content_length))
        # What is wrong from the start is a problem with its own status.
        first = batch.first()
        return Response(stream_with_context(batch.answers(first)), mimetype=MEDIA_TYPE)


class _Batch:
    """A batch while it is answered."""

    def __init__(self, call: Call, version: CompiledPolicy, claim: StreamClaim | None, lines: Iterator[Line]) -> None:
        self._call = call
        self._version = version
        self._claim = claim
        self._lines = lines
        self._done = 0
        self._pieces = self._answered()

    def first(self) -> bytes:
        """Return the answers to the first lines, nothing where there are none; whatever is wrong comes through."""
        try:
            return next(self._pieces, b"")
        except BrokenOff as error:
            self._let_go()
            raise BadRequest("The body broke off.") from error
        except BaseException:
            self._let_go()
            raise

    def answers(self, first: bytes) -> Iterator[bytes]:
        """Yield these answers, then those to some lines at a time, once they are stored, and at last how it ended."""
        try:
            yield first
            yield from self._pieces
            yield _line({"end": "complete", "lines": self._done})
        except BrokenOff:
            yield self._broken(problem(400, "H400", "The body broke off.", _SEND_THE_REST))
        except PolicyServiceError as error:
            yield self._broken(service_problem(error))
        except Exception:
            log.exception("batch_failed")
            yield self._broken(problem(500, "H500", "The service failed.", _SEND_THE_REST))
        finally:
            self._let_go()

    def _let_go(self) -> None:
        if self._claim and not self._claim.is_complete:
            release_stream(self._call.house, self._claim)

    def _answered(self) -> Iterator[bytes]:
        yield from self._given_before()
        yield from self._given_now()

    def _given_before(self) -> Iterator[bytes]:
        if self._claim is None:
            return
        behind = NO_LINE
        for answered in answered_lines(self._call.house, self._claim):
            behind = hash_behind(behind, [line.text for line in islice(self._lines, answered.lines)])
            if behind != answered.body_hash:
                raise used_otherwise()
            self._done += answered.lines
            yield answered.answer

    def _given_now(self) -> Iterator[bytes]:
        if self._claim and self._claim.is_complete:
            if next(self._lines, None):
                raise used_otherwise()
            return
        is_last = False
        while not is_last:
            some = list(islice(self._lines, LINES_AT_ONCE))
            is_last = len(some) < LINES_AT_ONCE
            if some and some[-1].number > MOST_LINES:
                raise _too_many()
            if some or self._claim:
                yield self._stored_answers(some, is_last)

    def _stored_answers(self, some: Sequence[Line], is_last: bool) -> bytes:
        try:
            return self._stored(some, is_last, answers_in_a_sweep)
        except WrittenInPart:
            return self._stored(some, is_last, answers_one_by_one)

    def _stored(self, some: Sequence[Line], is_last: bool, answer: _Answering) -> bytes:
        with self._call.house.database.writing() as session:
            act = act_now()
            answers = answer(replace(self._call, opened=session, act=act), some, self._version)
            said = b"".join(map(_line, answers))
            claim = self._claim
            if claim:
                claim = append_answer(session, claim, [line.text for line in some], said, act_now(), is_last=is_last)
        self._claim = claim
        self._done += len(some)
        return said

    def _broken(self, why: Response) -> bytes:
        return _line({"end": "broken", "lines": self._done, "problem": why.get_json()})


def _line(said: dict[str, object]) -> bytes:
    return written(said) + b"\n"


def _too_many() -> RequestError:
    return RequestError(
        "R426", f"A batch has at most {MOST_LINES:,} lines.", remedy="Send the others in batches of their own."
    )
