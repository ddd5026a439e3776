"""Problem details (RFC 9457): the one shape of every error under /v1."""

from flask import Flask, Response, jsonify
from werkzeug.exceptions import HTTPException

from policy_service.domain.errors import EngineFault, PolicyServiceError, RequestError

_STATUS = {"R404": 404}


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
    return problem(status, error.code, error.message, error.remedy)


def _http_problem(error: HTTPException) -> Response:
    data = getattr(error, "data", None) or {}
    answer = problem(error.code or 500, f"H{error.code or 500}", error.description or error.name, "")
    if messages := data.get("messages"):
        answer = problem(error.code or 422, "R422", "The request does not fit its schema.", "See `errors`.", messages)
    for name, value in error.get_headers():
        if name not in ("Content-Type", "Content-Length"):
            answer.headers[name] = value
    return answer


def problem(status: int, code: str, detail: str, remedy: str, errors: object = None) -> Response:
    """Return the problem as a response; `code` has a heading in docs/reference/errors.md."""
    body: dict[str, object] = {
        "type": f"/docs/errors#{code.lower()}",
        "title": detail,
        "status": status,
        "code": code,
        "remedy": remedy,
    }
    if errors is not None:
        body["errors"] = errors
    answer = jsonify(body)
    answer.status_code = status
    answer.mimetype = "application/problem+json"
    return answer
