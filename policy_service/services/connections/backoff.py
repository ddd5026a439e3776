"""Backoff: after how long what failed over there is tried again."""

from typing import Final

from policy_service.connectors.errors import ConnectorError
from policy_service.domain.instants import SECOND, Instant

#: In seconds.
_FIRST_PAUSE: Final = 60
_LONGEST_PAUSE: Final = 6 * 3_600
#: From here on the longest pause is reached, and nobody computes with larger powers.
_MOST_DOUBLINGS: Final = 20


def try_again_at(at: Instant, failures: int, error: Exception, chance: float) -> Instant:
    """Return when to try again what failed at an instant for this error, after so many failures in a row, from 1.

    The pause is a minute, after each further failure twice as long, six hours at most; `chance`, from 0 below 1, makes
    it up to twice that, so that what failed together does not come back together. It is not shorter than what the
    other system asked for, up to six hours.
    """
    doubled: int = _FIRST_PAUSE * 2 ** min(failures - 1, _MOST_DOUBLINGS)
    asked = (error.retry_after if isinstance(error, ConnectorError) else None) or 0.0
    return at + round(max(min(doubled, _LONGEST_PAUSE) * (1 + chance), min(asked, _LONGEST_PAUSE)) * SECOND)
