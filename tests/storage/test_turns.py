"""Turns: who came first goes first."""

import threading
import time

from policy_service.storage.database import Database
from policy_service.storage.turns import Turns


def test_who_waits_goes_before_whoever_comes_back_at_once() -> None:
    """The daily run writes without a pause; an order that comes meanwhile waits for one customer, not for all."""
    turns, order, has_begun = Turns(), [], threading.Event()

    def busy_thread() -> None:
        for number in range(50):
            with turns.turn(60):
                order.append(f"busy {number}")
                has_begun.set()
                # The guest takes its time to come, the first turn lasts until then.
                gives_up = time.monotonic() + 60
                while not number and not turns._waiting and time.monotonic() < gives_up:
                    time.sleep(0.001)

    busy = threading.Thread(target=busy_thread)
    busy.start()
    has_begun.wait()
    with turns.turn(60):
        order.append("guest")
    busy.join()
    assert order.index("guest") == 1
    assert len(order) == 51


def test_whose_patience_ends_goes_without_and_keeps_nobody_waiting() -> None:
    turns = Turns()
    with turns.turn(1) as first, turns.turn(0.01) as second:
        assert (first, second) == (True, False)
    with turns.turn(0.01) as third:
        assert third


def test_never_two_at_once_and_everybody_has_a_turn() -> None:
    turns, inside, most, taken = Turns(), 0, 0, 0

    def go() -> None:
        nonlocal inside, most, taken
        for _ in range(200):
            with turns.turn(300):
                inside += 1
                most, taken = max(most, inside), taken + 1
                inside -= 1

    threads = [threading.Thread(target=go) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (most, taken) == (1, 1600)


def test_a_turn_that_failed_is_over(sqlite_url: str) -> None:
    database = Database(sqlite_url, patience=1)
    for _ in range(3):
        try:
            with database.writing():
                raise ValueError
        except ValueError:
            pass
    database.close()
