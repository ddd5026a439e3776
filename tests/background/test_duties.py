"""What is done beside answering is done when it is due, and doing it twice changes nothing."""

import json
from dataclasses import replace
from itertools import count
from threading import Event

import pytest
from structlog.testing import capture_logs

from policy_service.background.duties import (
    LONG,
    FurtherWork,
    clean,
    count_portfolio,
    run_day_if_due,
    seal,
    settle,
    work,
)
from policy_service.background.process import Background
from policy_service.background.warming import AHEAD, warm
from policy_service.domain.errors import EngineFault
from policy_service.domain.instants import DAY, SECOND
from policy_service.engines.durable.engine import DurableEngine
from policy_service.services.compiled_policies import TRIED_AGAIN_AFTER
from policy_service.services.daily_run.job import RUN_DAY
from policy_service.services.house import House
from policy_service.storage.idempotency_store import Asked, IdempotencyStore, KeptAnswer
from policy_service.storage.job_store import JobStore
from policy_service.storage.policy_store import PolicyStore
from policy_service.storage.seals import broken_seals, stored_seals
from tests.services.decisions.live import TODAY, act, ask, asked, at, enforce
from tests.services.house import policy_with

KEY = "k" * 32


def sealing(house: House) -> House:
    house.settings = replace(house.settings, seal_key=KEY)
    return house


def state(house: House, number: int) -> str:
    with house.database.reading() as session:
        return PolicyStore(session).version("house", number).state


def schedule(house: House, since: int) -> int:
    """Store another version that counts from then on, and whose state does not say so yet."""
    return enforce(house, policy_with("standing", "credit_limit: 800", "credit_limit: 900"), since)


def test_heads_are_sealed_and_each_seal_goes_to_the_log(house: House) -> None:
    ask(sealing(house), asked())
    with capture_logs() as logs:
        seal(house, lambda: 1)
    with house.database.reading() as session:
        seals = stored_seals(session)
        assert [] == list(broken_seals(session, [KEY.encode()]))
    logged = [line for line in logs if line["event"] == "chain_sealed"]
    assert seals
    assert [(one.log, one.writer, one.sequence, one.mac) for one in seals] == [
        (line["log"], line["writer"], line["sequence"], line["mac"]) for line in logged
    ]


def test_the_portfolio_is_counted_and_not_again_while_nothing_changes(house: House) -> None:
    with capture_logs() as logs:
        count_portfolio(house, lambda: act().at)
        count_portfolio(house, lambda: act().at)
    assert [3] == [line["customers"] for line in logs if line["event"] == "portfolio_counted"]


def test_what_has_not_grown_is_not_sealed_again(house: House) -> None:
    ask(sealing(house), asked())
    seal(house, lambda: 1)
    with capture_logs() as logs:
        seal(house, lambda: 2)
    assert [] == logs


def test_nothing_is_sealed_without_a_key(house: House) -> None:
    ask(house, asked())
    seal(house, lambda: 1)
    with house.database.reading() as session:
        assert () == stored_seals(session)


def test_the_states_of_versions_follow_their_periods(house: House) -> None:
    number = schedule(house, at() + DAY)
    with house.database.writing() as session:
        store = PolicyStore(session)
        version = store.version("house", number)
        store.change_state("house", number, version.revision, "scheduled", act(), version.effective_from)
    settle(house, lambda: at() + DAY - 1)
    assert ("active", "scheduled") == (state(house, 1), state(house, number))
    settle(house, lambda: at() + DAY)
    settle(house, lambda: at() + DAY + 1)
    assert ("retired", "active") == (state(house, 1), state(house, number))


def test_versions_that_begin_soon_are_compiled_before(house: House) -> None:
    schedule(house, at() + AHEAD + SECOND)
    assert 1 == warm(house, at())
    assert 2 == warm(house, at() + SECOND)
    assert 1 == warm(house, at() + AHEAD + SECOND)


def test_a_version_that_cannot_be_compiled_is_not_tried_with_every_look(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    schedule(house, at() + SECOND)
    tried: list[object] = []

    def refuse(engine: DurableEngine) -> None:
        tried.append(engine)
        raise EngineFault("E011", "The rule engine refused it.")

    monkeypatch.setattr(DurableEngine, "_open", refuse)
    for second in range(3):
        warm(house, at() + second * SECOND)
    assert 1 == len(tried)
    warm(house, at() + TRIED_AGAIN_AFTER)
    assert 2 == len(tried)


def test_a_day_is_asked_for_once_and_run_by_the_worker(house: House) -> None:
    clock = lambda: at(TODAY, 7)  # noqa: E731
    run_day_if_due(house, clock)
    run_day_if_due(house, clock)
    with house.database.reading() as session:
        (job,) = JobStore(session).page(10, kind=RUN_DAY)
    assert ("waiting", TODAY.isoformat()) == (job.state, job.arguments["day"])
    work(house, LONG, "worker", clock, lambda: True)
    with house.database.reading() as session:
        done = JobStore(session).load(job.job_id)
    assert ("done", "") == (done.state, done.error)
    run_day_if_due(house, clock)
    with house.database.reading() as session:
        assert 1 == len(JobStore(session).page(10, kind=RUN_DAY))


def test_no_day_is_asked_for_before_its_hour(house: House) -> None:
    run_day_if_due(house, lambda: at(TODAY, 5))
    with house.database.reading() as session:
        assert () == JobStore(session).page(10)


def test_work_ends_when_somebody_else_takes_over(house: House) -> None:
    run_day_if_due(house, lambda: at(TODAY, 7))
    work(house, LONG, "worker", lambda: at(TODAY, 7), lambda: False)
    with house.database.reading() as session:
        assert ["waiting"] == [job.state for job in JobStore(session).page(10)]


def test_a_job_that_the_end_of_its_process_interrupts_is_left_to_another(house: House) -> None:
    run_day_if_due(house, lambda: at(TODAY, 7))
    looks = count()

    def now_or_end() -> int:
        if next(looks) == 3:
            raise SystemExit
        return at(TODAY, 7)

    with pytest.raises(SystemExit):
        work(house, LONG, "worker", now_or_end, lambda: True)
    with house.database.reading() as session:
        (job,) = JobStore(session).page(10)
    assert ("running", "worker", "") == (job.state, job.leased_by, job.error)
    work(house, LONG, "other", lambda: at(TODAY, 8), lambda: True)
    with house.database.reading() as session:
        assert "done" == JobStore(session).load(job.job_id).state


def test_a_service_that_runs_has_every_duty_going(house: House) -> None:
    """What is never begun is never done: answers would pile up, days would not be run."""
    background = Background(house)
    background.start()
    going = {thread.name for thread in background.threads if thread.is_alive()}
    background.stop()
    assert {"settle", "daily_run", "rechecks", "jobs", "webhooks", "seals", "cleaning"} <= going


def test_answers_that_need_not_be_given_again_are_forgotten(house: House) -> None:
    given = Asked("ada", "key", "POST /v1/x", "0" * 64)
    with house.database.writing() as session:
        store = IdempotencyStore(session)
        store.take(given, at())
        store.keep(given, KeptAnswer(201, {}, json.dumps({}).encode()), at())
    clean(house, lambda: at() + 30 * DAY)
    with house.database.writing() as session:
        assert 0 == IdempotencyStore(session).forget_expired(at() + 30 * DAY)


def test_what_stands_upon_the_service_has_its_jobs_done_and_its_leavings_removed(house: House) -> None:
    """Simulations, say: on a worker of their own, so that nothing waits for them."""
    done = Event()

    def do(*_: object) -> dict[str, object]:
        done.set()
        return {}

    with house.database.writing() as session:
        JobStore(session).add("further", {}, act())
    background = Background(house, (FurtherWork("further", {"further": do}, lambda *_: None, lambda *_: None),))
    background.start()
    assert {"further", "further_cleaning", "further_looking_back"} <= {thread.name for thread in background.threads}
    assert done.wait(60)
    background.stop()
