"""Problem details (RFC 9457): the one shape of every error under /v1."""

from http import HTTPStatus

from flask import Flask, Response, jsonify
from werkzeug.exceptions import HTTPException

from policy_service.domain.errors import EngineFault, PolicyServiceError, RequestError

PROBLEM_TYPE = "application/problem+json"

_STATUS = {"R404": 404}
_REMEDIES = {
    400: "Send one JSON object in UTF-8; /v1/openapi.json describes it.",
    404: "The paths are listed in /v1/openapi.json.",
    405: "Use a method named in the header Allow.",
    413: "Send fewer facts; a question is a few hundred bytes.",
    415: "Set the header Content-Type: application/json.",
    500: "Ask again; if it stays, tell the operator the time of the request.",
}


def register_problems(app: Flask) -> None:
    """Answer every error of `app` as application/problem+json with its code and remedy."""
    app.register_error_handler(PolicyServiceError, _service_problem)
    app.register_error_handler(HTTPException, _http_problem)


def _service_problem(error: PolicyServiceError) -> Response:
    match error:
        case RequestError():
            status = _STATUS.get(error.code, 422)
        case EngineFault():
            status = 500
        case _:
            status = 422
    place = str(error.place)
    detail = f"{place}: {error.message}" if place else error.message
    return problem(status, error.code, detail, error.remedy)


def _http_problem(error: HTTPException) -> Response:
    data = getattr(error, "data", None) or {}
    status = error.code or 500
    if messages := data.get("messages"):
        answer = problem(status, "R422", "The request does not fit its schema.", "See `errors`.", messages)
    else:
        answer = problem(status, f"H{status}", error.description or error.name, _REMEDIES.get(status, ""))
    for name, value in error.get_headers():
        if name not in ("Content-Type", "Content-Length"):
            answer.headers[name] = value
    return answer


def problem(status: int, code: str, detail: str, remedy: str, errors: object = None) -> Response:
    """Return the problem as a response; `code` has a heading in docs/reference/errors.md."""
    body: dict[str, object] = {
        "type": f"/docs/errors#{code.lower()}",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "detail": detail,
        "code": code,
        "remedy": remedy,
    }
    if errors is not None:
        body["errors"] = errors
    answer = jsonify(body)
    answer.status_code = status
    answer.mimetype = PROBLEM_TYPE
    return answer
