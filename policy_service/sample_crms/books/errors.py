"""How Zoho Books refuses: a code that is not 0 and a message, whatever the HTTP status."""

from policy_service.sample_crms.speaking import Refusal, answer

INVALID_ID = 2
INVALID_URL = 5
INVALID_TOKEN = 14
NOT_AUTHORIZED = 57
PER_MINUTE = 44
PER_DAY = 45
#: The text names no code for these two.
NO_ORGANIZATION = 6
INVALID_VALUE = 15


def refusal(status: int, code: int, message: str) -> Refusal:
    """Return the refusal with a code."""
    return Refusal(answer(status, {"code": code, "message": message}), f"{code}: {message}")


def invalid(message: str) -> Refusal:
    """Return the refusal of a value or a parameter."""
    return refusal(400, INVALID_VALUE, message)
