"""Work for executors, which the processes that do it find by its name."""

import os
import signal
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from time import sleep

from policy_service.domain.errors import FactError, MissingFact
from simulations.executors.port import Executor, Stop, Work, never

#: The piece at which something happens.
BAD = 3


@dataclass(frozen=True)
class Doubling:
    """Every piece doubled; what was begun is noted in the folder."""

    folder: Path

    def opened(self) -> Callable[[int], int]:
        return self.do

    def do(self, piece: int) -> int:
        with (self.folder / "begun").open("a") as noted:
            noted.write(f"{piece} {os.getpid()}\n")
        self.happen(piece)
        return 2 * piece

    def happen(self, piece: int) -> None:
        """Do nothing else."""


class DyingOnce(Doubling):
    """Whoever is the first to do the bad piece is killed."""

    def happen(self, piece: int) -> None:
        if piece == BAD and begun(self.folder)[BAD] == 1:
            os.kill(os.getpid(), signal.SIGKILL)


class Deadly(Doubling):
    """Whoever does the bad piece is killed."""

    def happen(self, piece: int) -> None:
        if piece == BAD:
            os.kill(os.getpid(), signal.SIGKILL)


class Failing(Doubling):
    """The bad piece cannot be done, for a reason with more to it than a text."""

    def happen(self, piece: int) -> None:
        if piece == BAD:
            raise MissingFact(("net_worth",), FactError("F999", "Nobody knows."))


class Unspeakable(Doubling):
    """The bad piece fails with an exception that no other process can be told of."""

    def happen(self, piece: int) -> None:
        if piece == BAD:
            raise ValueError(lambda: piece)


class Endless(Doubling):
    """The bad piece takes longer than anybody waits."""

    def happen(self, piece: int) -> None:
        if piece == BAD:
            sleep(600)


@dataclass(frozen=True)
class Closed:
    """Work that cannot be opened."""

    def opened(self) -> Callable[[int], int]:
        raise FactError("F999", "Nobody is let in.")


def begun(folder: Path) -> Counter[int]:
    """Return how often each piece was begun."""
    return Counter(int(line.split()[0]) for line in _lines(folder))


def processes_of(folder: Path) -> set[int]:
    """Return the processes that began pieces."""
    return {int(line.split()[1]) for line in _lines(folder)}


def done_by(executor: Executor, work: Work[int, int], pieces: int = 8, stop: Stop = never) -> dict[int, int]:
    """Return the results by place."""
    found: dict[int, int] = {}

    def take(place: int, result: int) -> None:
        assert place not in found
        found[place] = result

    executor.run(work, range(pieces), take, stop)
    return found


def doubled(pieces: int = 8) -> dict[int, int]:
    """Return what `done_by` is to return of work that doubles."""
    return {piece: 2 * piece for piece in range(pieces)}


def _lines(folder: Path) -> list[str]:
    return (folder / "begun").read_text().splitlines()
