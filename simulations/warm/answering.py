"""What the worker answers out of: the installation's ledger as it is, and the runs kept over it."""

from collections import OrderedDict
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, Protocol

from policy_service.domain.errors import PolicyServiceError
from simulations.ledger_snapshot.files import read_snapshot
from simulations.ledger_snapshot.snapshot import Snapshot
from simulations.replay.options import Options
from simulations.runs.simulation import Clock
from simulations.warm.curves import WarmCurves
from simulations.warm.errors import no_memory, took_too_long
from simulations.warm.impact import answer_of
from simulations.warm.messages import Message
from simulations.warm.questions import Texts, as_asked, curve_asked
from simulations.warm.warm_runs import WarmRuns

#: Assumptions whose runs are kept; each of them has a baseline of its own.
_ASSUMPTIONS_KEPT: Final = 2


class LedgerKept(Protocol):
    """Where the worker has its ledger from."""

    def name(self) -> str:
        """Return what the ledger as it is now is known by: another one whenever it changes."""
        ...

    def held(self) -> AbstractContextManager[Snapshot]:
        """Give the ledger as it is now, which stays readable while the block runs."""
        ...


@dataclass(frozen=True, slots=True)
class LedgerOfFolder:
    """A ledger that lies in a folder, prepared by `policy snapshot`, and does not change."""

    folder: Path

    def name(self) -> str:
        """Return the folder."""
        return str(self.folder)

    @contextmanager
    def held(self) -> Iterator[Snapshot]:
        """Give its snapshot."""
        yield read_snapshot(self.folder)


@dataclass(slots=True)
class Answers:
    """Answers about one ledger at a time; `megabytes` bound what is kept of runs."""

    ledger: LedgerKept
    threads: int
    megabytes: int
    clock: Clock
    seconds: float
    _texts: Texts = field(default_factory=Texts)
    _runs: "OrderedDict[Options, tuple[WarmRuns, WarmCurves]]" = field(default_factory=OrderedDict)
    _name: str = ""
    _snapshot: Snapshot | None = None
    _holding: ExitStack = field(default_factory=ExitStack)

    def answer(self, message: Message, go_on: Callable[[], None]) -> Message:
        """Return the answer to a question, or the error that keeps it from being answered; nothing is raised."""
        until = self.clock() + self.seconds

        def may_go_on() -> None:
            go_on()
            if self.clock() > until:
                raise took_too_long(self.seconds)

        try:
            return {"answer": self._answer(message, may_go_on)}
        except PolicyServiceError as error:
            return refusal(error)
        except MemoryError:
            # What is kept is made anew; the next question has room.
            self._forget()
            return refusal(no_memory())

    def close(self) -> None:
        """Let the ledger go."""
        self._forget()

    def _answer(self, message: Message, go_on: Callable[[], None]) -> Mapping[str, object]:
        snapshot = self._current()
        if message.get("asks") == "curve":
            curve = curve_asked(message, snapshot, self._texts)
            return self._runs_of(snapshot, curve.options)[1].answer(curve, go_on)
        asked = as_asked(message, snapshot, self._texts)
        return answer_of(self._runs_of(snapshot, asked.options)[0].answer(asked, go_on))

    def _runs_of(self, snapshot: Snapshot, options: Options) -> tuple[WarmRuns, WarmCurves]:
        found = self._runs.pop(options, None)
        if found is None:
            while len(self._runs) >= _ASSUMPTIONS_KEPT:
                self._runs.popitem(last=False)
            runs = WarmRuns(snapshot, self.threads, self.megabytes * 2**20 // _ASSUMPTIONS_KEPT, self.clock)
            found = runs, WarmCurves(runs, self.clock)
        self._runs[options] = found
        return found

    def _current(self) -> Snapshot:
        name = self.ledger.name()
        if self._snapshot is None or name != self._name:
            self._forget()
            self._snapshot = self._holding.enter_context(self.ledger.held())
            self._name = name
        return self._snapshot

    def _forget(self) -> None:
        self._runs.clear()
        self._snapshot = None
        self._holding.close()


def refusal(error: PolicyServiceError) -> Message:
    """Return an error as it is told to another process."""
    return {"error": {"code": error.code, "message": error.message, "remedy": error.remedy}}
