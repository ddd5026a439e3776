"""One duty done again and again until it is stopped; what goes wrong in it stops nothing else."""

from collections.abc import Callable
from enum import Enum
from threading import Event
from typing import Final

import structlog

from policy_service.background.duties import Duty
from policy_service.domain.errors import PolicyServiceError
from policy_service.storage.errors import Unavailable

#: After an error a duty waits twice as long each time, at most so many seconds.
LONGEST_PAUSE: Final = 60.0
#: Where the database could not do it, the duty is tried again after so many: it may be back at any moment.
PAUSE_WITHOUT_DATABASE: Final = 2.0

log = structlog.get_logger()


class Went(Enum):
    """How it went."""

    WELL = "well"
    NOT_NOW = "not_now"
    WRONG = "wrong"


def keep_doing(duty: Duty, stopped: Event, may: Callable[[], bool]) -> None:
    """Do the duty whenever it is its time and `may` says so, until stopped."""
    seconds, failed = duty.every, 0
    while not stopped.wait(seconds):
        try:
            went = done(duty) if may() else Went.WELL
        except SystemExit:
            # Whoever looks at the clock while the process ends leaves what it was doing; this is in order.
            return
        failed = failed + 1 if went is Went.WRONG else 0
        seconds = max(duty.every, PAUSE_WITHOUT_DATABASE) if went is Went.NOT_NOW else pause(duty, failed)


def pause(duty: Duty, failed: int) -> float:
    """Return the seconds until the duty is next done, after so many failures in a row."""
    return duty.every if not failed else max(duty.every, min(2.0**failed, LONGEST_PAUSE))


def done(duty: Duty) -> Went:
    """Do the duty once, and return how it went; any error is logged."""
    try:
        duty.do()
    except PolicyServiceError as error:
        log.warning("duty_failed", duty=duty.name, code=error.code, error=str(error))
        return Went.NOT_NOW if isinstance(error, Unavailable) else Went.WRONG
    except Exception:
        log.exception("duty_failed", duty=duty.name)
        return Went.WRONG
    return Went.WELL
