"""An executor for tests that stop a run at a certain piece."""

from collections.abc import Sequence
from dataclasses import dataclass

from simulations.executors.errors import stopped
from simulations.executors.port import Piece, Result, Stop, Take, Work


@dataclass(frozen=True, slots=True)
class OneByOne:
    """Does a chunk, and asks whether to stop before the next one: threads may have done them all by then."""

    shares_memory: bool = True
    may_fork: bool = False

    def run(self, work: Work[Piece, Result], pieces: Sequence[Piece], take: Take[Result], stop: Stop) -> None:
        """Do all pieces; as `Executor.run`."""
        do = work.opened()
        for place, piece in enumerate(pieces):
            if stop():
                raise stopped()
            take(place, do(piece))
