"""Versions compiled before they begin, in every process, so that the first decision under one need not wait."""

from typing import Final

import structlog

from policy_service.domain.errors import PolicyServiceError
from policy_service.domain.instants import SECOND, Instant
from policy_service.services.compiled_policies import CAPACITY
from policy_service.services.house import House
from policy_service.storage.policy_periods_ahead import beginning, counting

#: Versions that begin within so long are compiled now.
AHEAD: Final = 600 * SECOND

log = structlog.get_logger()


def warm(house: House, at: Instant) -> int:
    """Compile the versions that count now or begin soon, as many as a process keeps; return how many there are.

    Versions that are compiled already cost one look. What cannot be compiled is known as such, and refers.
    """
    with house.database.reading() as session:
        wanted = (*beginning(session, at, at + AHEAD), *counting(session, at))[:CAPACITY]
        for policy_id, number in wanted:
            try:
                house.policies.version(session, policy_id, number, at)
            except PolicyServiceError as error:
                log.error("policy_not_ready", policy=policy_id, number=number, code=error.code, error=str(error))
    return len(wanted)
