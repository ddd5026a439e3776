"""What goes wrong with a pull is kept with it; what passes is tried again."""

import pytest

from policy_service.background.duties import pull_if_due
from policy_service.connectors.errors import ConnectorError
from policy_service.domain.instants import SECOND
from policy_service.domain.permissions import Role
from policy_service.services.background_jobs import work_one
from policy_service.services.connections import runs, setting_up
from policy_service.services.connections.scheduling import PULL_CONNECTION, wake
from policy_service.services.connections.setting_up import Changes
from policy_service.services.house import House
from policy_service.services.job_cancelling import may_cancel
from policy_service.services.running_jobs import JobStopped
from policy_service.storage.connection_store import ConnectionStore
from policy_service.storage.errors import Conflict
from policy_service.storage.job_store import JobStore
from policy_service.storage.notice_store import NoticeStore
from tests.services.connections.scheduled import change, pulled_every_half_hour, state
from tests.services.connections.small_system import SYSTEM, Pulling
from tests.services.decisions.live import person

BUSY = ConnectorError("X104", "Too often.", remedy="Wait.", is_passing=True, retry_after=1_000.0)
REFUSED = ConnectorError("X110", "Refused.", remedy="Correct it.")
MINUTE = 60 * SECOND


@pytest.fixture
def pulling(bare: House) -> Pulling:
    """Give a house with a connection that is pulled every half hour, and a system with one invoice."""
    return pulled_every_half_hour(bare)


def fail(pulling: Pulling, error: ConnectorError) -> str:
    """Pull while the system refuses; return the state of the run."""
    pulling.system.error = error
    with pytest.raises(ConnectorError):
        pulling.pull()
    pulling.system.error = None
    with pulling.house.database.reading() as session:
        last = runs.runs(session, "small", SYSTEM)[0]
    assert (error.code, error.message, error.remedy) == (last.code, last.error, last.remedy)
    return last.state


def due(pulling: Pulling) -> bool:
    """Whether a pull is asked for now by itself."""
    pull_if_due(pulling.house, lambda: pulling.at)
    with pulling.house.database.reading() as session:
        return any(not job.is_ended for job in JobStore(session).page(10, kind=PULL_CONNECTION))


def work(pulling: Pulling) -> bool:
    """Do the pull that waits."""
    return work_one(pulling.house, [PULL_CONNECTION], "worker", lambda: pulling.at)


def test_what_passes_is_tried_again_later_and_later(pulling: Pulling) -> None:
    assert "failed" == fail(pulling, BUSY)
    assert pulling.at + 1_000 * SECOND == state(pulling).next_at
    waits = []
    for _ in range(3):
        fail(pulling, ConnectorError("X102", "Not reached.", remedy="Wait.", is_passing=True))
        waits.append(((state(pulling).next_at or 0) - pulling.at) // SECOND)
    assert [180, 360, 720] == waits
    assert 4 == state(pulling).failures
    pulling.pull()
    assert (0, pulling.at + 30 * MINUTE) == (state(pulling).failures, state(pulling).next_at)


def test_what_a_person_has_to_correct_waits_for_a_person(pulling: Pulling) -> None:
    fail(pulling, REFUSED)
    pulling.at += 10 * 24 * 60 * MINUTE
    assert (None, True) == (state(pulling).next_at, state(pulling).is_stopped)
    assert not due(pulling)
    setting_up.check(pulling.house, "small", SYSTEM, pulling.act())
    assert due(pulling)
    assert work(pulling)
    assert not state(pulling).is_stopped


def test_a_connection_is_pulled_by_its_schedule_and_when_it_is_woken(pulling: Pulling) -> None:
    assert due(pulling)
    assert work(pulling)
    assert not due(pulling)
    pulling.at += 29 * MINUTE
    assert not due(pulling)
    pulling.at += MINUTE
    assert due(pulling)
    assert work(pulling)
    pulling.at += MINUTE
    with pulling.house.database.writing() as session:
        wake(session, ConnectionStore(session).load("small"), pulling.at)
    assert due(pulling)
    change(pulling, Changes(is_on=False))
    assert work(pulling)
    pulling.at += 60 * MINUTE
    assert not due(pulling)


def test_a_pull_asked_for_twice_is_one(pulling: Pulling) -> None:
    with pulling.house.database.writing() as session:
        first = setting_up.ask_pull(pulling.house, session, "small", SYSTEM, pulling.act())
        assert first == setting_up.ask_pull(pulling.house, session, "small", SYSTEM, pulling.act())
        assert may_cancel(first, SYSTEM)
        assert not may_cancel(first, person("vic", Role.VIEWER))
    assert work(pulling)
    with pulling.house.database.writing() as session:
        done = JobStore(session).load(first.job_id)
        assert ("done", 3) == (done.state, done.result["added"])
        assert first.job_id != setting_up.ask_pull(pulling.house, session, "small", SYSTEM, pulling.act()).job_id


def test_only_one_pulls_a_connection_at_a_time(pulling: Pulling) -> None:
    codes = list[str]()

    def meanwhile(_rows: int) -> None:
        # Once, between two transactions: within one of them the other would wait for its end.
        if codes:
            return
        with pytest.raises(Conflict) as refused:
            runs.pull_now(pulling.house, "small", SYSTEM, pulling.act(), "other", lambda _: None)
        codes.append(refused.value.code)

    runs.pull_now(pulling.house, "small", SYSTEM, pulling.act(), "one", meanwhile)
    assert ["X167"] == codes


def test_a_pull_that_was_taken_over_writes_nothing_more(pulling: Pulling) -> None:
    def taken_over(_rows: int) -> None:
        pulling.at += 1_000 * SECOND
        runs.pull_now(pulling.house, "small", SYSTEM, pulling.act(), "other", lambda _: None)
        pulling.system.put("Accounts", "A1", name="Bea")

    with pytest.raises(Conflict):
        runs.pull_now(pulling.house, "small", SYSTEM, pulling.act(), "one", taken_over)
    ledger = pulling.ledger()
    assert ledger
    assert ["Ada"] == [one.name for one in ledger.histories["A1"].versions]


def test_a_pull_that_is_stopped_goes_on_where_it_was(pulling: Pulling) -> None:
    def stop(_rows: int) -> None:
        raise JobStopped

    with pytest.raises(JobStopped):
        runs.pull_now(pulling.house, "small", SYSTEM, pulling.act(), "one", stop)
    with pulling.house.database.reading() as session:
        assert ["stopped"] == [one.state for one in runs.runs(session, "small", SYSTEM)]
    assert 3 == pulling.pull().added


def test_a_pull_that_is_stopped_does_not_say_that_the_connection_is_well(pulling: Pulling) -> None:
    """Whoever cancels the pull of a connection that waits for a person has not corrected it."""
    fail(pulling, REFUSED)
    before = state(pulling)

    def stop(_rows: int) -> None:
        raise JobStopped

    with pytest.raises(JobStopped):
        runs.pull_now(pulling.house, "small", SYSTEM, pulling.act(), "one", stop)
    after = state(pulling)
    assert (True, 1, None) == (before.is_stopped, before.failures, before.next_at)
    assert (True, 1, None) == (after.is_stopped, after.failures, after.next_at)


def test_a_pull_whose_process_died_is_said_to_have_been_broken_off(pulling: Pulling) -> None:
    assert pulling.pull_and_die(6)
    pulling.pull()
    with pulling.house.database.reading() as session:
        assert [("done", ""), ("failed", "X168")] == [
            (one.state, one.code) for one in runs.runs(session, "small", SYSTEM)
        ]


@pytest.mark.parametrize("code", ["X114", "X126"])
def test_a_place_that_cannot_be_read_is_forgotten_so_that_the_next_pull_can_begin(pulling: Pulling, code: str) -> None:
    pulling.pull()
    fail(pulling, ConnectorError(code, "The place cannot be read.", remedy="Pull again."))
    pulling.system.rows["Invoices"].clear()
    run = pulling.pull()
    # Read from the first row on, so that what is there no longer is missed.
    assert (2, 1) == (run.rows, run.deleted)


def test_of_another_account_what_the_first_had_is_gone(pulling: Pulling) -> None:
    pulling.pull()
    pulling.system.rows = {}
    pulling.system.put("Accounts", "B1", name="Ben")
    change(pulling, Changes(settings={"domain": "com"}))
    run = pulling.pull()
    ledger = pulling.ledger()
    assert ledger
    assert ["B1"] == list(ledger.histories)
    assert (3, 1, 3) == (run.deleted, run.added, run.withdrawn)


def test_more_is_not_withdrawn_than_stays_unless_a_person_says_so(pulling: Pulling) -> None:
    for number in range(60):
        pulling.system.put("Accounts", f"M{number}", name="Many")
    pulling.pull()
    before = pulling.ledger()
    for number in range(55):
        pulling.system.delete("Accounts", f"M{number}")
    with pytest.raises(ConnectorError) as refused:
        pulling.pull()
    assert "X166" == refused.value.code
    assert before == pulling.ledger()
    run = runs.pull_now(pulling.house, "small", SYSTEM, pulling.act(), "her", lambda _: None, withdraws_much=True)
    after = pulling.ledger()
    assert after
    assert (55, {f"M{number}" for number in range(55, 60)}) == (
        run.withdrawn,
        {name for name in after.histories if name.startswith("M")},
    )


def test_what_is_told_of_during_a_pull_is_looked_for_after_it(pulling: Pulling) -> None:
    """Also where the duty has taken the time at which it was woken for its own, as the job runs already."""
    with pulling.house.database.reading() as session:
        connection = ConnectionStore(session).load("small")

    heard = list[int]()

    def told(rows: int) -> None:
        heard.append(rows)
        if len(heard) == 1:
            with pulling.house.database.writing() as session:
                NoticeStore(session, connection.connection_id).count(pulling.at)

    change(pulling, Changes(schedule_minutes=0))
    runs.pull_now(pulling.house, "small", SYSTEM, pulling.act(), "one", lambda _: None)
    assert None is state(pulling).next_at
    began = pulling.at
    runs.pull_now(pulling.house, "small", SYSTEM, pulling.act(), "two", told)
    assert began <= (state(pulling).next_at or 0) <= pulling.at


def test_being_told_of_changes_does_not_make_it_another_account(pulling: Pulling) -> None:
    pulling.pull()
    before = state(pulling).account
    change(pulling, Changes({"domain": "cn", "notices": "on"}))
    pulling.pull()
    assert before == state(pulling).account
    change(pulling, Changes({"domain": "eu", "notices": "on"}))
    pulling.pull()
    assert before != state(pulling).account
