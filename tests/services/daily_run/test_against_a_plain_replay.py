"""The daily run comes to the firings, cases and effects of a replay of the same days, whatever days are missed."""

import random

import pytest

from policy_service.services.house import House
from policy_service.storage.database import Database
from tests.services.daily_run.diary import cases, counted, days, fired, ladder_policy, open_books, run_all
from tests.services.daily_run.plain_replay import random_books, replayed
from tests.services.decisions.live import open_house

DAYS = days("2025-03-01", "2025-03-09")


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("steps", [False, True], ids=["jump", "step"])
def test_a_run_comes_to_what_a_replay_comes_to(sqlite_url: str, seed: int, steps: bool) -> None:
    _compare(open_house(Database(sqlite_url)), seed, steps=steps)


@pytest.mark.long
@pytest.mark.parametrize("seed", range(3, 25))
@pytest.mark.parametrize("steps", [False, True], ids=["jump", "step"])
def test_many_runs_come_to_what_replays_come_to(house: House, seed: int, steps: bool) -> None:
    _compare(house, seed, steps=steps)


def _compare(house: House, seed: int, *, steps: bool) -> None:
    jotted = random_books(seed)
    expected = replayed(jotted, DAYS, steps=steps)
    open_books(house, jotted, ladder_policy(("mode: jump", "mode: step" if steps else "mode: jump")))
    chance = random.Random(seed)
    run_all(house, [DAYS[0], *(day for day in DAYS[1:-1] if chance.random() < 0.6), DAYS[-1]])

    assert expected.fired == fired(house)
    found = cases(house)
    assert sorted(expected.opened) == sorted((case.customer_id, case.opened_on) for case in found)
    assert sorted(expected.closed) == sorted((case.customer_id, case.closed_on) for case in found if case.closed_on)
    assert len(expected.begun) == sum(counted(house, "effects_begun").values())
    assert {day for _, day in expected.begun} == set(counted(house, "effects_begun"))
    assert {day for _, day in expected.ended} == set(counted(house, "effects_ended"))
