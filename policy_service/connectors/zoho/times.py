"""Instants as Zoho writes them: with an offset, with or without its colon, to the second."""

import datetime as dt
from typing import Final

from policy_service.connectors.port import Json
from policy_service.domain.instants import SECOND, Instant

_EPOCH: Final = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
_MICROSECOND: Final = dt.timedelta(microseconds=1)
_LONGEST: Final = 40


def instant_of(written: Json) -> Instant | None:
    """Return the instant that a text with an offset writes; none for anything else."""
    if not isinstance(written, str) or len(written) > _LONGEST or "T" not in written:
        return None
    try:
        moment = dt.datetime.fromisoformat(written.strip())
        return None if moment.tzinfo is None else (moment - _EPOCH) // _MICROSECOND
    except (ValueError, OverflowError):
        return None


def written(instant: Instant, offset: str = "+00:00") -> str:
    """Return the second in which the instant lies, in UTC, with the offset written so."""
    moment = _EPOCH + (instant // SECOND) * dt.timedelta(seconds=1)
    return f"{moment.replace(tzinfo=None).isoformat(timespec='seconds')}{offset}"
