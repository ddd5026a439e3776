"""How long, how often and how much: the bounds of a channel, and the waits between its tries."""

from collections.abc import Mapping
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from typing import Final

from policy_service.connectors.means import Means
from policy_service.domain.instants import SECOND, Instant

_LONGEST_NUMBER: Final = 9
_LONGEST_DATE: Final = 40


@dataclass(frozen=True, slots=True)
class Limits:
    """The bounds of each call; times in seconds, sizes in bytes.

    `seconds_of_step` bounds each reading and writing, `seconds_of_try` one request with its answer, `seconds_in_all`
    a call with its tries and the waits between them. `longest_wait` bounds each of these waits: a system that asks for
    a longer one is not waited for here. `bytes_of_answer` bounds an answer as it travels and as it is unpacked.
    """

    seconds_to_connect: float = 10.0
    seconds_of_step: float = 30.0
    seconds_of_try: float = 120.0
    seconds_in_all: float = 600.0
    tries: int = 6
    first_wait: float = 1.0
    longest_wait: float = 120.0
    bytes_of_answer: int = 32 * 1024 * 1024


def retry_after(headers: Mapping[str, str], now: Instant) -> float | None:
    """Return how many seconds the answer asks to wait, at least 0; none where it does not say so."""
    given = headers.get("retry-after", "").strip()
    if given.isascii() and given.isdigit() and len(given) <= _LONGEST_NUMBER:
        return float(given)
    if not given or len(given) > _LONGEST_DATE:
        return None
    try:
        moment = parsedate_to_datetime(given)
    except (ValueError, TypeError, OverflowError):
        return None
    if moment.tzinfo is None:
        return None
    try:
        return max(0.0, moment.timestamp() - now / SECOND)
    except (ValueError, OverflowError):
        return None


def seconds_before(failed: int, asked: float | None, limits: Limits, means: Means) -> float:
    """Return how long to wait after `failed` tries: what was asked, or a share left to chance of a span that doubles.

    Chance keeps those apart that failed together.
    """
    span: float = min(limits.longest_wait, limits.first_wait * 2.0 ** (failed - 1))
    if asked is not None:
        return asked + means.chance() * limits.first_wait
    return means.chance() * span
