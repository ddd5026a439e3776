"""Why an edit is not answered at once."""

from typing import Final

from policy_service.domain.errors import (
    EngineFault,
    FactError,
    LedgerError,
    Place,
    PolicyServiceError,
    PolicyTextError,
    RequestError,
)

_WORKER: Final = Place("simulation worker")
_KINDS: Final = {"R": RequestError, "L": PolicyTextError, "D": LedgerError, "F": FactError, "E": EngineFault}


def away() -> RequestError:
    """Return the error R560 of a worker that does not run; it is begun when it is asked for."""
    return RequestError(
        "R560", "The simulation worker is being started.", place=_WORKER, remedy="Ask again in a few seconds."
    )


def took_too_long(seconds: float) -> RequestError:
    """Return the error R561 of an answer that was not there in time."""
    return RequestError(
        "R561",
        f"The simulation worker had no answer within {seconds:g} seconds.",
        place=_WORKER,
        remedy="Ask again: the first run over a ledger takes longest, and is kept. Or ask for a simulation.",
    )


def too_many(waiting: int) -> RequestError:
    """Return the refusal R562 of somebody who has asked about too many drafts at once."""
    return RequestError(
        "R562",
        f"{waiting} questions of yours wait for the simulation worker.",
        place=_WORKER,
        remedy="Wait for their answers.",
    )


def outdated() -> RequestError:
    """Return the error R563 of a question about a text that the same person has edited since."""
    return RequestError(
        "R563", "A later text of this draft was asked about.", place=_WORKER, remedy="Take the later one's answer."
    )


def too_large(found: int, most: int) -> RequestError:
    """Return the refusal R564 of a message that is larger than any policy."""
    return RequestError(
        "R564",
        f"The question has {found} bytes, and {most} are taken.",
        place=_WORKER,
        remedy="Simulate a policy of this size by itself.",
    )


def busy() -> RequestError:
    """Return the error R565 of a worker with too many questions in all."""
    return RequestError(
        "R565", "Too many questions wait for the simulation worker.", place=_WORKER, remedy="Ask again in a while."
    )


def no_memory() -> RequestError:
    """Return the error R566 of a run that needs more memory than the worker may take."""
    return RequestError(
        "R566",
        "The simulation worker has not the memory for this run.",
        place=_WORKER,
        remedy="Raise SIMULATION_WORKER_MEGABYTES, or ask for a simulation.",
    )


def not_understood() -> RequestError:
    """Return the error R567 of a message that is none of the worker's."""
    return RequestError(
        "R567",
        "The simulation worker does not understand the question, or its answer is not understood.",
        place=_WORKER,
        remedy="Let service and worker be of one version: restart the service.",
    )


def no_worker() -> RequestError:
    """Return the refusal R568 of an installation that is to have no worker."""
    return RequestError(
        "R568",
        "This installation has no simulation worker.",
        place=_WORKER,
        remedy="Set SIMULATION_WORKER_MEGABYTES, or ask for a simulation.",
    )


def as_told(code: str, message: str, remedy: str) -> PolicyServiceError:
    """Return the error that another process told of."""
    return _KINDS.get(code[:1], PolicyServiceError)(code, message, place=_WORKER, remedy=remedy)
