"""Problem details (RFC 9457): the one shape of every error, under every path."""

from http import HTTPStatus
from typing import Final

import structlog
from flask import Flask, Response, jsonify, request
from gunicorn.http.errors import ParseException
from marshmallow import Schema, fields
from werkzeug.exceptions import HTTPException, MethodNotAllowed, NotFound

from policy_service.api.rate_limits import TooOften
from policy_service.api.request_ids import request_id
from policy_service.chinese.wanted import wants_chinese
from policy_service.chinese.wording import in_chinese
from policy_service.domain.errors import (
    AccessError,
    EngineFault,
    PolicyServiceError,
    RequestError,
    SettingsError,
)
from policy_service.services.ledger_in.pushing import EntriesRefused
from policy_service.storage.errors import Conflict, NotStored, StorageError, Unavailable

PROBLEM_TYPE = "application/problem+json"

#: Codes whose status is not that of their kind.
_STATUS: Final = {
    "A401": 401,
    "A429": 429,
    "R404": 404,
    "R410": 400,
    "R411": 409,
    "R412": 409,
    "R413": 428,
    "R414": 400,
    "R419": 409,
    "R420": 409,
    "R430": 409,
    "R431": 409,
    "R432": 409,
    "R433": 409,
    "R434": 409,
    "R441": 409,
    "R442": 403,
    "R443": 403,
    "R447": 409,
    "R450": 404,
    "R451": 409,
    "R452": 409,
    "R453": 409,
    "R454": 409,
    "R455": 409,
    "R458": 409,
    "R463": 409,
    "R464": 409,
    "R465": 403,
    "R466": 409,
    "R469": 409,
    "R486": 404,
    "R550": 429,
    "R551": 404,
    "R552": 409,
    "R553": 409,
    "R475": 409,
    "R476": 503,
    # The simulation worker.
    "R560": 503,
    "R561": 503,
    "R562": 429,
    "R563": 409,
    "R564": 413,
    "R565": 503,
    "R566": 503,
    "R567": 503,
    "R568": 409,
    "R584": 409,
    "S219": 409,
    "S223": 422,
    # The installation's own faults.
    "S201": 500,
    "S203": 500,
    "S204": 500,
    "S214": 500,
    "S217": 500,
}
_REMEDIES = {
    400: "Send one JSON object in UTF-8; /v1/openapi.json describes it.",
    404: "The paths are listed in /v1/openapi.json.",
    405: "Use a method named in the header Allow.",
    406: "Leave the header Accept out, or name application/json; of batches application/x-ndjson.",
    413: "Send less at once.",
    414: "Send long texts in the body, or ask for less at once.",
    415: "Send it in that form, in UTF-8 and as it is; /v1/openapi.json says which each address takes.",
    416: "Ask without the header Range.",
    417: "Leave the header Expect out.",
    431: "Send fewer and shorter headers.",
    500: "Ask again; if it stays, tell the operator the request id.",
    501: "Send the body with Content-Length, or chunked.",
}
#: Seconds after which a request that could not be answered may be sent again.
_AGAIN_AFTER: Final = {
    "R550": 30,
    "S222": 1,
    "S207": 1,
    "S205": 60,
    "R476": 5,
    "R560": 3,
    "R561": 2,
    "R562": 1,
    "R565": 2,
    "R566": 60,
}
_AGAIN_AFTER_ANY_OTHER: Final = 5

log = structlog.get_logger()


class Problem(Schema):
    """What went wrong, after RFC 9457."""

    type = fields.String(metadata={"example": "/docs/errors#r404"})
    title = fields.String(metadata={"example": "Not Found"})
    status = fields.Integer(metadata={"example": 404})
    detail = fields.String(metadata={"example": "The ledger has no customer 'C9'."})
    code = fields.String(metadata={"example": "R404"})
    remedy = fields.String(metadata={"example": "Check the customer id."})
    request_id = fields.String(metadata={"example": "0198c1d2a3b4c5d6e7f8091a2b3c4d5e"})
    errors = fields.Dict(
        keys=fields.String(),
        metadata={
            "description": "What is wrong with the request, part by part. R422: by place (`json`, `query`, `form`) and "
            "field what does not fit the schema, messages in lists, items of lists by their numbers. R481: by the "
            "number of the entry, from 0, a list of its faults with `column`, `found`, `reason` and `remedy`.",
            "example": {"json": {"customer_id": ["Missing data for required field."]}},
        },
    )


def register_problems(app: Flask) -> None:
    """Answer every error of `app` as application/problem+json with its code and remedy."""
    app.register_error_handler(PolicyServiceError, service_problem)
    app.register_error_handler(HTTPException, _http_problem)
    app.register_error_handler(ParseException, _unreadable)
    app.register_error_handler(Exception, _unexpected)


def service_problem(error: PolicyServiceError) -> Response:
    """Return the problem that says an error of this service; what is the installation's own stays in the log."""
    status = status_of(error)
    place = str(error.place)
    detail = f"{place}: {error.message}" if place else error.message
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        log.error("request_failed", code=error.code, found=error.message)
    if isinstance(error, StorageError | SettingsError) and status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        # A driver's words may name hosts and files.
        detail = "The database cannot do it now." if status == HTTPStatus.SERVICE_UNAVAILABLE else "The service failed."
    errors = error.errors if isinstance(error, EntriesRefused) else None
    answer = problem(status, error.code, detail, error.remedy, errors)
    if (seconds := _again_after(error)) is not None:
        answer.headers["Retry-After"] = str(seconds)
    if status == HTTPStatus.UNAUTHORIZED:
        answer.headers["WWW-Authenticate"] = "Bearer"
    return answer


def status_of(error: PolicyServiceError) -> int:
    """Return the HTTP status of an error; a change refused for its revision is 412 if it named one."""
    if error.code == "S208" and "If-Match" in request.headers:
        return 412
    return _STATUS.get(error.code) or _status_of_kind(error)


def _again_after(error: PolicyServiceError) -> int | None:
    match error:
        case TooOften():
            return error.again_after
        case Unavailable():
            return _AGAIN_AFTER.get(error.code, _AGAIN_AFTER_ANY_OTHER)
        case _:
            return _AGAIN_AFTER.get(error.code)


def _status_of_kind(error: PolicyServiceError) -> int:
    match error:
        case Unavailable():
            return 503
        case Conflict():
            return 409
        case NotStored():
            return 404
        case AccessError():
            return 403
        case EngineFault() | SettingsError():
            return 500
        case RequestError() | _:
            return 422


def _http_problem(error: HTTPException) -> Response:
    data = getattr(error, "data", None) or {}
    status = error.code or 500
    if messages := data.get("messages"):
        errors = _with_names(messages)
        answer = problem(status, "R422", "The request does not fit its schema.", "See `errors`.", errors)
    else:
        answer = _response(http_problem_body(status, _found(error), request_id()))
    for name, value in error.get_headers():
        if name not in ("Content-Type", "Content-Length"):
            answer.headers[name] = value
    return answer


def _found(error: HTTPException) -> str:
    # The library's own words name neither the address nor the method.
    match error:
        case NotFound() if error.description == NotFound.description:
            return f"There is nothing at {request.path[:200]!r}."
        case MethodNotAllowed() if error.description == MethodNotAllowed.description:
            return f"The address {request.path[:200]!r} does not take {request.method[:20]}."
        case _:
            return error.description or error.name


def _with_names(messages: object) -> object:
    # The items of a list are named by their numbers, and JSON names by texts alone.
    if isinstance(messages, dict):
        return {str(name): _with_names(each) for name, each in messages.items()}
    return messages


def _unreadable(_error: ParseException) -> Response:
    # gunicorn reads a body no sooner than it is asked for, and finds only then that its chunks are none.
    return _response(http_problem_body(400, "The framing of the body cannot be read.", request_id()))


def _unexpected(error: Exception) -> Response:
    log.error("request_failed", code="H500", exc_info=error)
    return problem(500, "H500", "The service failed.", _REMEDIES[500])


def problem(status: int, code: str, detail: str, remedy: str, errors: object = None) -> Response:
    """Return the problem as a response; `code` has a heading in docs/reference/errors.md."""
    body = _body(status, code, detail, remedy, request_id())
    if errors is not None:
        body["errors"] = errors
    return _response(body)


def http_problem_body(status: int, detail: str, of_request: str) -> dict[str, object]:
    """Return the problem that says an error of HTTP itself; one without a heading of its own goes under 400 or 500."""
    known = status if status in _REMEDIES else 400 if status < HTTPStatus.INTERNAL_SERVER_ERROR else 500
    return _body(status, f"H{known}", detail, _REMEDIES[known], of_request)


def _body(status: int, code: str, detail: str, remedy: str, of_request: str) -> dict[str, object]:
    return {
        "type": f"/docs/errors#{code.lower()}",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "detail": detail,
        "code": code,
        "remedy": remedy,
        "request_id": of_request,
    }


def _response(body: dict[str, object]) -> Response:
    is_chinese = wants_chinese(request.accept_languages)
    said = {name: in_chinese(str(body[name])) for name in ("detail", "remedy")} if is_chinese else {}
    answer = jsonify(body | said)
    answer.status_code = int(str(body["status"]))
    answer.mimetype = PROBLEM_TYPE
    answer.headers["Content-Language"] = "zh" if is_chinese else "en"
    answer.vary.add("Accept-Language")
    return answer
