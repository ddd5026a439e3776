"""How Zoho CRM refuses: one body for all, and the HTTP status of each code."""

from policy_service.sample_crms.speaking import Refusal, answer
from policy_service.sample_crms.table import Row


def body(code: str, message: str, details: Row | None = None) -> Row:
    """Return the body of an error."""
    return {"code": code, "details": details or {}, "message": message, "status": "error"}


def refusal(status: int, code: str, message: str, details: Row | None = None) -> Refusal:
    """Return the refusal with a code."""
    return Refusal(answer(status, body(code, message, details)), f"{code}: {message} {details or ''}".strip())


def invalid(message: str, **details: object) -> Refusal:
    """Return the refusal of a value."""
    return refusal(400, "INVALID_DATA", message, details)


def exceeded(message: str, **details: object) -> Refusal:
    """Return the refusal of too much."""
    return refusal(400, "LIMIT_EXCEEDED", message, details)


def missing(param: str) -> Refusal:
    """Return the refusal of a request without a parameter that it needs."""
    return refusal(400, "REQUIRED_PARAM_MISSING", "One of the expected parameter is missing", {"param": param})
