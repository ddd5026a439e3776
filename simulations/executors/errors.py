"""What keeps pieces of a run from being done."""

from policy_service.domain.errors import Place, PolicyServiceError, RequestError, SettingsError

_SCHEDULER = Place("--scheduler, SIMULATION_SCHEDULER")


def stopped() -> RequestError:
    """Return the refusal R518 of a run that was told to stop."""
    return RequestError("R518", "The run was stopped before it had ended.", remedy="Start it again.")


def kills_workers(place: int, pieces: int, times: int) -> PolicyServiceError:
    """Return the error R519 of a piece that no worker survives."""
    return PolicyServiceError(
        "R519",
        f"Chunk {place + 1} of {pieces} was begun {times} times, and every time the process that worked on it died.",
        place=Place("worker"),
        remedy="Look whether the machine ran out of memory; take fewer processes, or --executor in-process.",
    )


def no_dask() -> SettingsError:
    """Return the error R520 of an installation without Dask."""
    return SettingsError(
        "R520",
        "Dask is not installed.",
        place=_SCHEDULER,
        remedy="Install the extra `dask` of this package, here and wherever the workers run.",
    )


def no_scheduler(address: str, found: str) -> SettingsError:
    """Return the error R521 of a scheduler that cannot be spoken to."""
    return SettingsError(
        "R521",
        f"There is no Dask scheduler at {address[:200]} ({found[:200]}).",
        place=_SCHEDULER,
        remedy="Name the address that `dask scheduler` prints, such as tcp://10.0.0.5:8786.",
    )


def no_workers(address: str) -> SettingsError:
    """Return the error R522 of a cluster in which nobody works."""
    return SettingsError(
        "R522",
        f"The Dask scheduler at {address[:200]} has no workers.",
        place=_SCHEDULER,
        remedy="Start some: `dask worker` with the scheduler's address.",
    )


def no_address() -> SettingsError:
    """Return the error R526 of a cluster that was not named."""
    return SettingsError(
        "R526",
        "The run is to be done by a Dask cluster, and none is named.",
        place=_SCHEDULER,
        remedy="Name its scheduler with --scheduler or SIMULATION_SCHEDULER, such as tcp://10.0.0.5:8786.",
    )
