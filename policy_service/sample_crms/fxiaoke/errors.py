"""How Fxiaoke refuses: HTTP 200, and an errorCode that is not 0."""

from policy_service.sample_crms.speaking import Refusal, answer
from policy_service.sample_crms.table import Row

CORP_TOKEN = 20016
#: The text names no code for any of these: one must treat every code that is not 0 as an error.
THROTTLED = 30001
BAD_REQUEST = 30002
NOT_ALLOWED = 30003
NOT_THERE = 30004
BAD_SECRET = 30005


def body(code: int, message: str) -> Row:
    """Return the body of an error."""
    return {"errorCode": code, "errorMessage": message, "errorDescription": message}


def refusal(code: int, message: str) -> Refusal:
    """Return the refusal with a code."""
    return Refusal(answer(200, body(code, message)), f"{code}: {message}")


def bad(message: str) -> Refusal:
    """Return the refusal of a request that is not as it should be."""
    return refusal(BAD_REQUEST, message)
