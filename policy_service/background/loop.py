"""One duty done again and again until it is stopped; what goes wrong in it stops nothing else."""

from collections.abc import Callable
from threading import Event
from typing import Final

import structlog

from policy_service.background.duties import Duty
from policy_service.domain.errors import PolicyServiceError

#: After an error a duty waits twice as long each time, at most so many seconds.
LONGEST_PAUSE: Final = 60.0

log = structlog.get_logger()


def keep_doing(duty: Duty, stopped: Event, may: Callable[[], bool]) -> None:
    """Do the duty whenever it is its time and `may` says so, until stopped."""
    failed = 0
    while not stopped.wait(pause(duty, failed)):
        if not may():
            failed = 0
            continue
        failed = 0 if done_well(duty) else failed + 1


def pause(duty: Duty, failed: int) -> float:
    """Return the seconds until the duty is next done, after so many failures in a row."""
    return duty.every if not failed else max(duty.every, min(2.0**failed, LONGEST_PAUSE))


def done_well(duty: Duty) -> bool:
    """Do the duty once; return whether no error came of it. Any error is logged."""
    try:
        duty.do()
    except PolicyServiceError as error:
        log.warning("duty_failed", duty=duty.name, code=error.code, error=str(error))
        return False
    except Exception:
        log.exception("duty_failed", duty=duty.name)
        return False
    return True
