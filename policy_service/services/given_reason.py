"""Why a person did something, and what they say besides, in their own words: short enough to be read."""

import re
from typing import Final

from policy_service.domain.errors import RequestError

SHORTEST: Final = 3
LONGEST: Final = 500
_CONTROL_CHARACTER: Final = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")


def given_reason(text: str) -> str:
    """Return the reason without white space around it; RequestError R440 if it is none."""
    reason = text.strip()
    if SHORTEST <= len(reason) <= LONGEST and not _CONTROL_CHARACTER.search(reason):
        return reason
    raise RequestError(
        "R440",
        f"A reason of {len(reason)} characters was given, or one with control characters.",
        remedy=f"Say why in one line of {SHORTEST} to {LONGEST} characters.",
    )


def further_words(text: str) -> str:
    """Return what may be said besides, without white space around it; RequestError R422 if it is more than a line."""
    words = text.strip()
    if len(words) <= LONGEST and not _CONTROL_CHARACTER.search(words):
        return words
    raise RequestError(
        "R422",
        f"A text of {len(words)} characters was given, or one with control characters.",
        remedy=f"Write one line of at most {LONGEST} characters.",
    )
