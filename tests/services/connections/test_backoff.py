"""What failed over there is tried again ever later, and never sooner than the other system asked for."""

import pytest

from policy_service.connectors.errors import ConnectorError
from policy_service.domain.instants import SECOND
from policy_service.services.connections.backoff import try_again_at
from policy_service.storage.errors import Unavailable

UNAVAILABLE = Unavailable("S207", "The database is away.", remedy="Wait.")


def busy(retry_after: float | None) -> ConnectorError:
    return ConnectorError("X104", "Too often.", remedy="Wait.", is_passing=True, retry_after=retry_after)


@pytest.mark.parametrize(("failures", "seconds"), [(1, 60), (2, 120), (9, 15_360), (10, 21_600), (10_000, 21_600)])
def test_the_pause_doubles_from_a_minute_to_six_hours(failures: int, seconds: int) -> None:
    assert 7 + seconds * SECOND == try_again_at(7, failures, UNAVAILABLE, 0.0)


def test_chance_makes_it_up_to_twice_as_long() -> None:
    assert 90 * SECOND == try_again_at(0, 1, UNAVAILABLE, 0.5)


@pytest.mark.parametrize(("asked", "seconds"), [(None, 60), (1.0, 60), (300.0, 300), (1e9, 21_600)])
def test_it_is_as_long_as_the_other_system_asks_up_to_six_hours(asked: float | None, seconds: int) -> None:
    assert seconds * SECOND == try_again_at(0, 1, busy(asked), 0.0)
