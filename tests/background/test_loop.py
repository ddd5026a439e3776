"""A duty that fails is tried again later and later, and stops nothing else."""

from itertools import count
from threading import Event, Thread

from structlog.testing import capture_logs

from policy_service.background.duties import Duty
from policy_service.background.loop import LONGEST_PAUSE, PAUSE_WITHOUT_DATABASE, Went, done, keep_doing, pause
from policy_service.domain.errors import RequestError
from policy_service.storage.errors import unreachable


def test_the_pause_doubles_with_each_failure_up_to_a_minute() -> None:
    duty = Duty("a", 1.0, lambda: None)
    assert [1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 60.0, 60.0] == [pause(duty, failed) for failed in range(8)]
    assert [90.0, 90.0] == [pause(Duty("b", 90.0, lambda: None), failed) for failed in (0, 9)]
    assert LONGEST_PAUSE == pause(duty, 500)


def test_an_error_is_logged_with_its_code_and_a_fault_with_its_traceback() -> None:
    def refused() -> None:
        raise RequestError("R421", "No version counts.")

    def broken() -> None:
        raise KeyError("x")

    def away() -> None:
        raise unreachable("no answer")

    with capture_logs() as logs:
        went = [done(Duty(do.__name__, 1.0, do)) for do in (refused, broken, away, lambda: None)]
    assert [Went.WRONG, Went.WRONG, Went.NOT_NOW, Went.WELL] == went
    assert [("refused", "R421", None), ("broken", None, True), ("away", "S202", None)] == [
        (line["duty"], line.get("code"), line.get("exc_info")) for line in logs
    ]


def test_it_goes_on_behind_a_failure_until_stopped() -> None:
    stopped, numbers, finished = Event(), count(), list[int]()

    def sometimes() -> None:
        number = next(numbers)
        if number == 0:
            raise KeyError
        finished.append(number)
        stopped.set()

    pauses = iter([0.0, 0.0, 0.0])
    thread = Thread(target=keep_doing, args=(Duty("a", 0.001, sometimes), stopped, lambda: next(pauses) == 0.0))
    thread.start()
    thread.join(60)
    assert [1] == finished
    assert not thread.is_alive()


def test_while_the_database_is_away_it_is_tried_every_two_seconds() -> None:
    pauses = list[float]()

    class Stopped(Event):
        def wait(self, timeout: float | None = None) -> bool:
            assert timeout is not None
            pauses.append(timeout)
            return len(pauses) == 5

    def away() -> None:
        raise unreachable("no answer")

    keep_doing(Duty("a", 1.0, away), Stopped(), lambda: True)
    assert [1.0] + 4 * [PAUSE_WITHOUT_DATABASE] == pauses


def test_what_leaves_at_the_end_of_the_process_ends_in_order() -> None:
    def leave() -> None:
        raise SystemExit

    with capture_logs() as logs:
        keep_doing(Duty("a", 0.001, leave), Event(), lambda: True)
    assert [] == logs


def test_it_is_not_done_while_another_process_may() -> None:
    stopped, asked = Event(), list[int]()

    def may() -> bool:
        asked.append(1)
        if len(asked) == 3:
            stopped.set()
        return False

    keep_doing(Duty("a", 0.001, lambda: asked.append(100)), stopped, may)
    assert [1, 1, 1] == asked
