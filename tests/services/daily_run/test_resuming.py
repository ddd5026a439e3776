"""A run that ends in the middle is taken up where it ended, and comes to the same as one that never did."""

import random
import shutil
from collections.abc import Callable
from contextlib import AbstractContextManager, suppress
from pathlib import Path
from typing import Any, Final

import pytest

from policy_service.domain.errors import RequestError
from policy_service.services.house import House
from policy_service.storage.audit_store import AuditStore
from policy_service.storage.case_store import CaseStore
from policy_service.storage.database import Database
from policy_service.storage.decision_store import DecisionStore
from policy_service.storage.effect_store import EffectStore
from policy_service.storage.morning_store import MorningStore
from policy_service.storage.outbox import Outbox
from policy_service.storage.standing_store import StandingStore
from tests.nursery import Born, born
from tests.services.daily_run.busy import DAYS, FIRST, LAST, furnish
from tests.services.daily_run.diary import all_that_happened, run, run_all
from tests.services.decisions.live import open_house

#: Where a run can break off: in the middle of whatever stores something, or asks for something.
_STORING: Final[tuple[tuple[type, str], ...]] = (
    (MorningStore, "begin"),
    (MorningStore, "put"),
    (MorningStore, "finish"),
    (CaseStore, "open"),
    (CaseStore, "add_steps"),
    (CaseStore, "close"),
    (EffectStore, "add"),
    (EffectStore, "end"),
    (StandingStore, "add"),
    (DecisionStore, "append"),
    (AuditStore, "append"),
    (Outbox, "wanting"),
)


class PowerCut(BaseException):
    """The run ends here."""


@pytest.fixture(scope="module")
def expected(migrated_file: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """Give what days come to that nobody disturbs."""
    file = shutil.copy(migrated_file, tmp_path_factory.mktemp("calm") / "policy.db")
    house = open_house(Database(f"sqlite:///{file}"))
    furnish(house)
    run_all(house, DAYS)
    happened = all_that_happened(house)
    house.close()
    return happened


def test_a_run_broken_off_anywhere_and_taken_up_comes_to_the_same(
    house: House, expected: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    furnish(house)
    chance, cuts = random.Random(1), 0
    for day in DAYS:
        while True:
            with monkeypatch.context() as patches:
                _cut_after(chance.randint(1, 40), patches)
                try:
                    run(house, day)
                    break
                except PowerCut:
                    cuts += 1
    assert expected == all_that_happened(house)
    assert cuts > 5


def _cut_after(calls: int, patches: pytest.MonkeyPatch) -> None:
    left = [calls]
    for store, name in _STORING:
        patches.setattr(store, name, _counting(getattr(store, name), left))


def _counting(call: Callable[..., Any], left: list[int]) -> Callable[..., Any]:
    def counted(*args: Any, **kwargs: Any) -> Any:
        came = call(*args, **kwargs)
        left[0] -= 1
        if left[0] == 0:
            raise PowerCut
        return came

    return counted


def child(url: str) -> AbstractContextManager[Born]:
    """Give a process that runs the days, killed at the latest when the block ends."""
    return born("tests.services.daily_run.child", url, FIRST, LAST)


def test_a_process_killed_while_it_runs_days_is_taken_up_by_another(
    house: House, url: str, expected: dict[str, Any]
) -> None:
    furnish(house)
    _kill_while_running(url, random.Random(3), times=1)
    _run_the_rest(house)
    assert expected == all_that_happened(house)
    _chains_hold(house)


@pytest.mark.long
def test_a_process_killed_twenty_times_loses_and_repeats_nothing(
    house: House, url: str, expected: dict[str, Any]
) -> None:
    furnish(house)
    _kill_while_running(url, random.Random(5), times=20)
    _run_the_rest(house)
    assert expected == all_that_happened(house)
    _chains_hold(house)


def _kill_while_running(url: str, chance: random.Random, times: int) -> None:
    for _ in range(times):
        with child(url) as process:
            for _ in range(chance.randint(1, 9)):
                if process.said() in ("", "finished"):
                    break
            process.kill()


def _run_the_rest(house: House) -> None:
    for day in DAYS:
        # Days before the last one run are refused.
        with suppress(RequestError):
            run(house, day)


def _chains_hold(house: House) -> None:
    with house.database.reading() as session:
        assert [] == list(DecisionStore(session).verify())
        assert [] == list(AuditStore(session).verify())


def test_two_processes_that_run_the_same_days_at_once_do_each_customer_once(
    house: House, url: str, expected: dict[str, Any]
) -> None:
    furnish(house)
    with child(url) as one, child(url) as other:
        ends = [_last_said(process) for process in (one, other)]
    assert ["finished", "finished"] == ends
    assert expected == all_that_happened(house)
    _chains_hold(house)


def _last_said(process: Born) -> str:
    return process.stdout.read().split("\n")[-2]
