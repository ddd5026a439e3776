"""What a piece of work took: seconds by the clock, and of the processors."""

import statistics
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from time import perf_counter, process_time


@dataclass(frozen=True, slots=True)
class Spent:
    """Seconds by the clock and of all processors, of each round."""

    wall: tuple[float, ...]
    processors: tuple[float, ...]

    def ratio_to(self, other: "Spent") -> float:
        """Return the median over the rounds of this one's time over the other's, by the clock."""
        return statistics.median(ours / theirs for ours, theirs in zip(self.wall, other.wall, strict=True))

    def processor_ratio_to(self, other: "Spent") -> float:
        """Return the same of the processors' time, in which what else the machine does hardly shows."""
        return statistics.median(ours / theirs for ours, theirs in zip(self.processors, other.processors, strict=True))

    @property
    def seconds(self) -> float:
        """The median by the clock."""
        return statistics.median(self.wall)

    @property
    def processor_seconds(self) -> float:
        """The median of the processors' time."""
        return statistics.median(self.processors)


def in_turn(contenders: Mapping[str, Callable[[], object]], rounds: int) -> dict[str, Spent]:
    """Return what each contender takes: all run in turn in every round, the first run to warm up is up to the caller.

    Of a contender that is over in a blink each round has the better of three runs.
    """
    taken: dict[str, list[tuple[float, float]]] = {name: [] for name in contenders}
    for _ in range(rounds):
        for name, contender in contenders.items():
            once = _once(contender)
            taken[name].append(once if once[0] >= 1 else min(once, _once(contender), _once(contender)))
    return {name: Spent(*zip(*pairs, strict=True)) for name, pairs in taken.items()}


def _once(work: Callable[[], object]) -> tuple[float, float]:
    wall, processors = perf_counter(), process_time()
    work()
    return perf_counter() - wall, process_time() - processors
