"""The worker as a process: it answers what a full run reports, to several people, and is begun anew when killed."""

import os
import signal
import stat
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from policy_service.background.kept_process import KeptProcess
from policy_service.domain.errors import PolicyServiceError
from policy_service.language.printing.canonical import canonical_text
from simulations.ledger_snapshot.content import content_hash
from simulations.ledger_snapshot.files import write_snapshot
from simulations.ledger_snapshot.from_ledger import snapshot_of
from simulations.ledger_snapshot.snapshot import Snapshot
from simulations.warm.answering import Answers
from simulations.warm.asking import ImpactAsked
from simulations.warm.client import impact
from simulations.warm.messages import SOCKET, Message
from simulations.warm.questions import Texts, as_asked
from tests.simulations.plain.cases import policy_of
from tests.simulations.plain.random_histories import Shape, history_of
from tests.simulations.warm.asked import full_answer, shown

_POLICY = policy_of("sme_simple")
assert _POLICY is not None
POLICY = _POLICY
TEXT = canonical_text(POLICY)
EDIT = {"materiality": "500.00"}
ASSUMED = {
    "from": None,
    "to": None,
    "mode": "closed",
    "held_orders": "lost",
    "release_days": 30,
    "payment_behaviour": "keep_delay",
    "costs": {"yearly_rate": "0.08", "margin": "0.20", "loss_given_default": "1", "cost_per_step": "0"},
}
SECONDS = 60.0


def ledger(seed: int) -> Snapshot:
    made = replace(snapshot_of(history_of(seed, Shape(customers=2, has_groups=False))), currency=POLICY.currency)
    return replace(made, hash=content_hash(made))


def question(person: str = "li", text: str = TEXT, parameters: Mapping[str, str] = EDIT) -> ImpactAsked:
    return ImpactAsked(person, "a", text, TEXT, {**ASSUMED, "candidate": {"parameters": parameters}, "baseline": {}})


@dataclass
class Clock:
    seconds: float = 0.0

    def elapsed(self) -> float:
        return self.seconds


@dataclass
class Kept:
    """A worker over a small ledger, the folder that it listens in, and the clock of whoever keeps it."""

    folder: Path
    clock: Clock
    process: KeptProcess


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Kept]:
    """Give a worker that listens."""
    folder, clock = tmp_path_factory.mktemp("w"), Clock()
    write_snapshot(ledger(5), folder / "ledger")
    policy = (sys.executable, "-c", "from policy_service.cli.main import main; main()")
    words = ("simulation-worker", "--supervised", "--ledger", str(folder / "ledger"))
    process = KeptProcess((*policy, *words), clock.elapsed)
    with pytest.MonkeyPatch.context() as patched:
        patched.setenv("SIMULATION_DIR", str(folder))
        try:
            process.look(is_wanted=True)
            until(lambda: answers(folder))
            yield Kept(folder, clock, process)
        finally:
            process.end()


@pytest.fixture
def folder(kept: Kept) -> Path:
    """Give the folder of simulations in which a worker listens."""
    return kept.folder


def until(is_so: Callable[[], bool]) -> None:
    end = time.monotonic() + SECONDS
    while not is_so():
        assert time.monotonic() < end
        time.sleep(0.02)


def answers(folder: Path) -> bool:
    try:
        return bool(impact(folder, question(), SECONDS))
    except PolicyServiceError as error:
        if error.code == "R560":
            return False
        raise


def test_its_answer_is_what_a_full_run_reports(folder: Path) -> None:
    told = impact(folder, question(), SECONDS)
    snapshot = ledger(5)
    assert shown(full_answer(snapshot, as_asked(question().message(), snapshot, Texts()))) == shown(told)


def test_nobody_else_may_open_its_socket(folder: Path) -> None:
    assert 0o600 == stat.S_IMODE((folder / SOCKET).stat().st_mode)


def test_two_people_are_answered_each_by_what_they_ask(folder: Path) -> None:
    ones = [question("li"), question("wu", parameters={})]
    with ThreadPoolExecutor(2) as pool:
        told = list(pool.map(lambda one: impact(folder, one, SECONDS), ones))
    keys = [one["run"]["policies"]["candidate"]["parameters"] for one in told]
    assert [{"materiality": 50_000}, {}] == keys


def test_what_cannot_be_simulated_is_refused_as_a_simulation_refuses_it(folder: Path) -> None:
    other = policy_of("manufacturer_cn")
    assert other is not None
    with pytest.raises(PolicyServiceError) as error:
        impact(folder, question(text=canonical_text(other), parameters={}), SECONDS)
    assert "R512" == error.value.code


def test_a_killed_worker_is_begun_anew_after_a_while(kept: Kept) -> None:
    first = kept.process.pid
    assert first is not None
    os.kill(first, signal.SIGKILL)
    until(lambda: kept.process.pid is None)
    kept.process.look(is_wanted=True)
    assert (None, 1) == (kept.process.pid, kept.process.failed)
    kept.clock.seconds += 2
    kept.process.look(is_wanted=True)
    assert kept.process.pid not in (None, first)
    until(lambda: answers(kept.folder))


def test_a_worker_that_is_not_wanted_any_more_leaves_no_socket(kept: Kept) -> None:
    kept.process.look(is_wanted=False)
    assert (None, False) == (kept.process.pid, (kept.folder / SOCKET).exists())


class Changing:
    """A ledger that changes when it is told to."""

    def __init__(self) -> None:
        self.seed = 5

    def name(self) -> str:
        return str(self.seed)

    @contextmanager
    def held(self) -> Iterator[Snapshot]:
        yield ledger(self.seed)


def ledger_of(told: Message) -> str:
    return str(told["answer"]["run"]["ledger_hash"])


def test_a_ledger_that_changes_is_answered_about_as_it_is() -> None:
    changing = Changing()
    desk = Answers(changing, 1, 64, time.monotonic, SECONDS)
    message = question().message()
    before = ledger_of(desk.answer(message, lambda: None))
    changing.seed = 6
    assert [ledger(5).hash, ledger(6).hash] == [before, ledger_of(desk.answer(message, lambda: None))]


def test_an_answer_that_takes_too_long_is_given_up_between_two_steps() -> None:
    ticks = iter(range(100))
    desk = Answers(Changing(), 1, 64, lambda: float(next(ticks)), 3.0)
    assert "R561" == desk.answer(question().message(), lambda: None)["error"]["code"]
