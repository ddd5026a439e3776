"""What the service's background does for simulations: their jobs, the removal of old results, and looking back."""

from collections.abc import Callable, Mapping
from functools import partial
from typing import Final

from policy_service.background.duties import FurtherWork
from policy_service.domain.acting import Act
from policy_service.domain.instants import DAY, SECOND, Instant, business_day, start_of_day
from policy_service.services.house import House
from policy_service.services.running_jobs import RunningJob
from policy_service.storage.models.simulations import SIMULATION_KINDS
from policy_service.storage.prediction_store import PredictionStore
from policy_service.storage.simulation_store import SimulationStore
from simulations.stored.results import remove_result, remove_strays

_AT_ONCE: Final = 100


def clean(house: House, at: Instant) -> None:
    """Remove the files of results whose time is over, and what attempts that ended otherwise left."""
    with house.database.reading() as session:
        over = SimulationStore(session).expired(at, _AT_ONCE)
    for job_id in over:
        # First nobody is told of the files any more.
        with house.database.writing() as session:
            SimulationStore(session).forget_files(job_id)
        remove_result(house.settings, job_id)
    remove_strays(house.settings, (at - DAY) / SECOND, partial(_has_files, house))


def _has_files(house: House, job_id: str) -> bool:
    with house.database.reading() as session:
        return SimulationStore(session).has_files(job_id)


def _do(house: House, job: RunningJob, _act: Act) -> Mapping[str, object]:
    # What simulations stand on takes a second or two to load, which a service that runs none need not wait for.
    from simulations.jobs.doing import do_simulation  # noqa: PLC0415

    return do_simulation(house, job)


def look_back(house: House, now: Callable[[], Instant]) -> None:
    """Work out what happened since versions with a prediction began; once a day."""
    at = now()
    today = start_of_day(business_day(at, house.settings.zone), house.settings.zone)
    with house.database.reading() as session:
        if not PredictionStore(session).to_look_at(today, at):
            return
    from simulations.predictions import looking_back  # noqa: PLC0415

    looking_back.look_back(house, now)


#: What the composition root hands to the background.
SIMULATION_WORK: Final = FurtherWork("simulations", dict.fromkeys(SIMULATION_KINDS, _do), clean, look_back)
