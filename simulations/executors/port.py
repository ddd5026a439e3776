"""What an executor is: it does a piece of work after another, wherever, and hands over every result once."""

from collections.abc import Callable, Sequence
from typing import Protocol, TypeAlias, TypeVar

Piece = TypeVar("Piece")
Result = TypeVar("Result")
Piece_contra = TypeVar("Piece_contra", contravariant=True)
Result_co = TypeVar("Result_co", covariant=True)

#: Whether to stop, asked again and again while pieces are done.
Stop: TypeAlias = Callable[[], bool]
#: Takes the place of a piece among all, and its result.
Take: TypeAlias = Callable[[int, Result], None]
#: How often, in seconds, an executor that waits for results asks whether to stop.
PATIENCE = 0.1


class Work(Protocol[Piece_contra, Result_co]):
    """What is done with every piece; it, the pieces and their results can be pickled."""

    def opened(self) -> Callable[[Piece_contra], Result_co]:
        """Return what does a piece: called once by every process that does any, and used by its threads at once."""
        ...


class Executor(Protocol):
    """Who does pieces of work."""

    @property
    def shares_memory(self) -> bool:
        """Whether the work is done in this process; if not, it finds what it reads by the names of files."""
        ...

    @property
    def may_fork(self) -> bool:
        """Whether this process may be copied: nothing in it but the run has threads, connections or files at work."""
        ...

    def run(self, work: Work[Piece, Result], pieces: Sequence[Piece], take: Take[Result], stop: Stop) -> None:
        """Do all pieces, and hand over each result as it comes, in this thread and in any order.

        RequestError R518 once `stop` says so; what a piece raised, as it was raised.
        """
        ...


def never() -> bool:
    """Say that there is no need to stop."""
    return False
