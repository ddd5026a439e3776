"""Steps that move the periods of versions, and what holds of these whatever was done."""

from itertools import pairwise

from policy_service.domain.acting import Act
from policy_service.domain.instants import Instant
from policy_service.services.house import House
from policy_service.services.policy_life import scheduling
from policy_service.services.policy_life.settling import settle_states
from policy_service.storage.policy_period_store import PolicyPeriodStore
from policy_service.storage.policy_store import PolicyVersion
from tests.services.policy_life.living import ID, MAX, NOW, do


def settle(house: House, at: Instant) -> None:
    """Let words follow the periods."""
    with house.database.writing() as session:
        settle_states(house, session, Act("clock", at))


def unscheduled(house: House, version: PolicyVersion, at: Instant = NOW) -> PolicyVersion:
    """Take a scheduled version off."""
    return do(house, MAX, scheduling.unschedule, ID, version.number, "", at=at)


def retired(
    house: House, number: int, ends: Instant | None = None, at: Instant = NOW, confirm: bool = True
) -> PolicyVersion:
    """Retire a version, at an instant or at once."""
    return do(house, MAX, scheduling.retire, ID, number, ends, "no longer needed", confirm, at=at)


def whole(house: House) -> None:
    """Assert that periods lie one behind the other, and never two upon one instant."""
    with house.database.reading() as session:
        periods = PolicyPeriodStore(session).periods(ID)
    for version, following in pairwise(periods):
        assert version.effective_from < following.effective_from  # type: ignore[operator]
        ends = [following.effective_from, *([version.retires_at] if version.retires_at else [])]
        assert min(ends) == version.effective_until  # type: ignore[type-var]
    assert periods[-1].retires_at == periods[-1].effective_until
