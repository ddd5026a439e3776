"""How Fxiaoke refuses: HTTP 200, and an errorCode that is not 0."""

from policy_service.sample_crms.speaking import Refusal, answer
from policy_service.sample_crms.table import Row

CORP_TOKEN = 20016
#: One must treat every code that is not 0 as an error: these two are in no list of codes that is known.
THROTTLED = 30001
NOT_THERE = 32001
#: As Fxiaoke's list of codes has them.
BAD_REQUEST = 32000
NOT_ALLOWED = 20014
BAD_SECRET = 10006


def body(code: int, message: str) -> Row:
    """Return the body of an error."""
    return {"errorCode": code, "errorMessage": message, "errorDescription": message}


def refusal(code: int, message: str) -> Refusal:
    """Return the refusal with a code."""
    return Refusal(answer(200, body(code, message)), f"{code}: {message}")


def bad(message: str) -> Refusal:
    """Return the refusal of a request that is not as it should be."""
    return refusal(BAD_REQUEST, message)
