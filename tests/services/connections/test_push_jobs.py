"""The write-back as a job: asked for, done by a worker, cancelled; and who may ask for it."""

import pytest

from policy_service.domain.errors import AccessError, RequestError
from policy_service.domain.permissions import Role
from policy_service.services.background_jobs import work_one
from policy_service.services.connections.writing_back_looking import ask_push, pushes
from policy_service.services.connections.writing_back_schedule import PUSH_CONNECTION, ask_for_due_pushes
from policy_service.services.connections.writing_back_switch import look_at, write_back_now
from policy_service.services.house import House
from policy_service.services.job_cancelling import cancel_job
from policy_service.storage.job_store import Job, JobStore
from tests.services.connections.pushing import Pushing
from tests.services.connections.small_system import MAPPING, SYSTEM, SmallSystem
from tests.services.decisions.live import enforce, person
from tests.services.house import house_policy


@pytest.fixture
def pushing(bare: House) -> Pushing:
    """Give a house that has pulled and reviewed a customer."""
    enforce(bare, house_policy())
    system = SmallSystem()
    system.put("Accounts", "A1", name="Ada", worth="250000", Grade=None)
    made = Pushing(bare, system)
    made.pull()
    made.review("A1")
    return made


def work(pushing: Pushing) -> bool:
    return work_one(pushing.house, (PUSH_CONNECTION,), "worker", lambda: pushing.at)


def ask(pushing: Pushing, *, is_dry: bool = False) -> Job:
    with pushing.house.database.writing() as session:
        return ask_push(pushing.house, session, "small", SYSTEM, pushing.act(), is_dry=is_dry)


def job(pushing: Pushing, job_id: str) -> Job:
    with pushing.house.database.reading() as session:
        return JobStore(session).load(job_id)


def test_a_job_plans_and_another_one_writes(pushing: Pushing) -> None:
    dry = ask(pushing, is_dry=True)
    assert work(pushing)
    done = job(pushing, dry.job_id)
    assert ("done", True, 1, 0) == (done.state, *(done.result[name] for name in ("is_dry", "planned", "written")))
    assert [] == pushing.system.writes
    pushing.switch_on()
    asked = ask(pushing)
    assert asked.job_id == ask(pushing).job_id, "one that waits is that one"
    assert work(pushing)
    assert ("done", 1) == ((done := job(pushing, asked.job_id)).state, done.result["written"])
    assert "Gold" == pushing.there("A1")["Grade"]


def test_the_duty_asks_once_it_is_switched_on(pushing: Pushing) -> None:
    assert 0 == ask_for_due_pushes(pushing.house, pushing.act())
    pushing.switch_on()
    assert 1 == ask_for_due_pushes(pushing.house, pushing.act())
    assert work(pushing)
    assert not work(pushing)
    pushing.later(2)
    assert 1 == ask_for_due_pushes(pushing.house, pushing.act()), "by its own schedule"


def test_a_job_that_waits_can_be_cancelled(pushing: Pushing) -> None:
    pushing.switch_on()
    asked = ask(pushing)
    with pushing.house.database.writing() as session:
        cancel_job(pushing.house, session, asked.job_id, SYSTEM, pushing.act())
    assert not work(pushing)
    assert [] == pushing.system.writes


def test_who_may_not_write_the_ledger_asks_for_nothing(pushing: Pushing) -> None:
    nobody = person("ana", Role.ANALYST)
    run = pushing.push(is_dry=True)
    with pytest.raises(AccessError), pushing.house.database.writing() as session:
        ask_push(pushing.house, session, "small", nobody, pushing.act(), is_dry=True)
    with pytest.raises(AccessError), pushing.house.database.writing() as session:
        look_at(pushing.house, session, run.push_id, nobody, pushing.act())


def test_only_a_dry_run_of_this_mapping_can_be_looked_at(pushing: Pushing) -> None:
    pushing.switch_on()
    run = pushing.push()
    dry = pushing.push(is_dry=True)
    pushing.keep(pushing.connection().mapping.replace("Gold", "Golden"))
    for push_id in (run.push_id, dry.push_id):
        with pytest.raises(RequestError) as refused, pushing.house.database.writing() as session:
            look_at(pushing.house, session, push_id, SYSTEM, pushing.act())
        assert "X196" == refused.value.code


def test_a_mapping_that_writes_nothing_back_has_nothing_to_push(pushing: Pushing) -> None:
    pushing.keep(MAPPING)
    with pytest.raises(Exception, match="X190"):
        ask(pushing, is_dry=True)
    with pushing.house.database.reading() as session:
        assert not write_back_now(session, "small", SYSTEM).writes_anything


def test_a_run_says_who_made_it_and_who_looked(pushing: Pushing) -> None:
    pushing.switch_on()
    with pushing.house.database.reading() as session:
        latest = pushes(session, "small", SYSTEM)
    assert [(True, "done", "shop", "shop")] == [(one.is_dry, one.state, one.person, one.looked_by) for one in latest]
