"""Whether a process can answer: what it lacks, in words for whoever runs it."""

import os
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import structlog
from sqlalchemy.orm import Session

from policy_service.domain.errors import PolicyServiceError
from policy_service.domain.instants import Instant
from policy_service.services.compiled_policies import NoPolicyInForce
from policy_service.services.house import House
from policy_service.services.wanted_worker import keeps_dying
from policy_service.storage.migrate import require_current

#: With less room than this nothing more is promised.
_ROOM: Final = 64 * 1024 * 1024

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Readiness:
    """What stops a process from answering, and what no process can answer for now."""

    missing: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()


def readiness(house: House, at: Instant) -> Readiness:
    """Return whether the process can answer at the instant: nothing is missing then.

    A policy that is not compiled yet is compiled first.
    """
    found = _of_database(house, at)
    return Readiness((*_lacks_of_disk(house), *found.missing), (*found.warnings, *_warnings_of_simulations(house)))


def _of_database(house: House, at: Instant) -> Readiness:
    try:
        require_current(house.database)
        with house.database.reading() as session:
            return _of_policy(house, session, at)
    except PolicyServiceError as error:
        # Anybody may ask: what the driver says, with its hosts and files, stays in the log.
        log.warning("database_not_ready", code=error.code, found=error.message)
        return Readiness((f"The database cannot be used as it is ({error.code}).",))


def _of_policy(house: House, session: Session, at: Instant) -> Readiness:
    try:
        effective = house.policies.effective(session, house.settings.default_policy, at)
    except NoPolicyInForce as error:
        # Other processes have none either, and whoever activates one has to get in.
        log.warning("no_policy_in_force", code=error.code, found=error.message)
        return Readiness(warnings=(f"No policy is in force: every order is refused ({error.code}).",))
    if effective.fault:
        log.warning("policy_not_ready", policy=effective.policy.id, number=effective.number, fault=effective.fault)
        return Readiness(("The policy in force cannot be compiled.",))
    return Readiness()


def _warnings_of_simulations(house: House) -> tuple[str, ...]:
    if keeps_dying(house.settings.simulation_dir):
        return ("The simulation worker dies again and again: the impact of edits is not shown (R560).",)
    return ()


def _lacks_of_disk(house: House) -> tuple[str, ...]:
    url = house.database.url
    if not house.database.is_sqlite or url.database is None:
        return ()
    folder = Path(url.database).resolve().parent
    if not os.access(folder, os.W_OK):
        return ("The folder of the database cannot be written to.",)
    if shutil.disk_usage(folder).free < _ROOM:
        return ("The disk of the database is nearly full.",)
    return ()
