"""The lines of a batch that share a transaction: read, decided and answered; what is wrong with one is its answer.

All goes into the transaction in one sweep. If a line turns out to be wrong when part of what it does is written, the
transaction is given up, and the lines are done again, each one so that it can be taken back by itself.
"""

from collections.abc import Sequence
from typing import Any, Final, TypeAlias, cast

from flask import Response, current_app
from marshmallow import ValidationError
from sqlalchemy.exc import SQLAlchemyError

from policy_service.api.decision_bodies import Question, answer_to
from policy_service.api.edge import Call
from policy_service.api.known_fields import tell_fields
from policy_service.api.ndjson import LONGEST_LINE, Line
from policy_service.api.problems import problem, service_problem
from policy_service.api.schemas import DecisionQuestion
from policy_service.api.stopwatch import started
from policy_service.domain.errors import PolicyServiceError
from policy_service.services.compiled_policy import CompiledPolicy
from policy_service.services.decisions.batches import Batch
from policy_service.storage.chains import Log, holding_head
from policy_service.storage.errors import StorageError, Unavailable, translated

_QUESTION: Final = tell_fields(DecisionQuestion())
#: A line's number, with its question, or with what is wrong with it.
_Read: TypeAlias = tuple[int, Question | Response]


class WrittenInPart(Exception):
    """A line is wrong, and part of what it does is written already: the transaction must be given up."""


def answers_in_a_sweep(call: Call, lines: Sequence[Line], version: CompiledPolicy) -> list[dict[str, object]]:
    """Return the answers to the lines that are not blank, all of them written together; WrittenInPart says why not.

    Unavailable, and what nobody foresaw, is no line's fault and comes through.
    """
    read, batch = _begun(call, lines, version)
    answers = []
    with holding_head(call.session, Log.DECISIONS, call.house.writer) as head:
        for place, (number, question) in enumerate(read):
            given = head.appended + batch.waiting
            try:
                answers.append(_answer(call, place, number, question, version, batch))
            except (PolicyServiceError, SQLAlchemyError) as error:
                refused = _refusal(error)
                # What the database refuses, it may have refused of the lines before.
                if head.appended + batch.waiting != given or isinstance(error, StorageError | SQLAlchemyError):
                    raise WrittenInPart from error
                answers.append(_problem(number, refused))
        try:
            batch.store()
        except PolicyServiceError as error:
            _refusal(error)
            raise WrittenInPart from error
    return answers


def answers_one_by_one(call: Call, lines: Sequence[Line], version: CompiledPolicy) -> list[dict[str, object]]:
    """Return the answers to the lines that are not blank, each written, or taken back, by itself."""
    read, batch = _begun(call, lines, version)
    answers = []
    for place, (number, question) in enumerate(read):
        try:
            with call.session.begin_nested():
                answer = _answer(call, place, number, question, version, batch)
                batch.store()
            answers.append(answer)
        except (PolicyServiceError, SQLAlchemyError) as error:
            answers.append(_problem(number, _refusal(error)))
            batch.read_again()
    return answers


def _begun(call: Call, lines: Sequence[Line], version: CompiledPolicy) -> tuple[Sequence[_Read], Batch]:
    read = [(line.number, _question(line)) for line in lines if not line.is_blank]
    questions = [question for _, question in read if not isinstance(question, Response)]
    customers = {question["customer_id"] for question in questions}
    orders = {question["order_id"] for question in questions}
    return read, Batch(call.house, call.session, version, customers, orders, call.act)


def _answer(
    call: Call, place: int, number: int, question: Question | Response, version: CompiledPolicy, batch: Batch
) -> dict[str, object]:
    if isinstance(question, Response):
        return _problem(number, question)
    # Each has an instant of its own, so that it can be told what was there before it.
    act = call.act.later(place)
    of_line = Call(call.house, call.opened, call.actor, act)
    return {"line": number, "decision": answer_to(of_line, question, started(), version, batch)}


def _question(line: Line) -> Question | Response:
    if line.is_too_long:
        return problem(413, "H413", f"The line is longer than {LONGEST_LINE} bytes.", "Send fewer facts.")
    try:
        said: Any = current_app.json.loads(line.text)
        return cast(Question, _QUESTION.load(said))
    except ValidationError as error:
        return problem(422, "R422", "The line does not fit the schema of a question.", "See `errors`.", error.messages)
    except ValueError as error:
        return problem(400, "H400", f"The line is no JSON that can be read. {error}", "Send one JSON object a line.")


def _problem(number: int, why: Response) -> dict[str, object]:
    return {"line": number, "problem": why.get_json()}


def _refusal(error: PolicyServiceError | SQLAlchemyError) -> Response:
    clear = translated(error)
    if isinstance(clear, Unavailable) or not isinstance(clear, PolicyServiceError):
        raise clear
    return service_problem(clear)
