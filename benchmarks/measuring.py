"""Time by interleaved rounds: a busy machine slows all contenders of a round alike, so ratios hold."""

import resource
import statistics
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

Contender = Callable[[], object]
Clock = Callable[[], float]
_MOST_CALLS: Final = 8
_SHORTEST: Final = 1e-9


@dataclass(frozen=True, slots=True)
class Timing:
    """Seconds of each round, each of which did `items` things."""

    rounds: tuple[float, ...]
    items: int

    @property
    def microseconds(self) -> float:
        """The median over the rounds, for one item."""
        return statistics.median(self.rounds) / self.items * 1e6

    @property
    def per_second(self) -> float:
        """How many items a second, at the median."""
        return self.items / statistics.median(self.rounds)

    def ratio_to(self, other: "Timing") -> float:
        """Return the median, over the rounds, of this one's time per item over the other's in the same round."""
        pairs = zip(self.rounds, other.rounds, strict=True)
        return statistics.median(ours / theirs for ours, theirs in pairs) * other.items / self.items


def interleaved(
    contenders: Mapping[str, Contender], rounds: int, items: int, clock: Clock = time.perf_counter
) -> dict[str, Timing]:
    """Return each contender's timing: after one round to warm up, all run in turn in every round.

    Each call of a contender does `items` things. The order turns from round to round, and a fast contender
    is called several times in a round: one that was over in a blink would escape what slows the others.
    """
    seconds: dict[str, list[float]] = {name: [] for name in contenders}
    warm_up = {name: seconds_of(contender, clock) for name, contender in contenders.items()}
    longest = max(warm_up.values())
    calls = {name: min(max(round(longest / max(took, _SHORTEST)), 1), _MOST_CALLS) for name, took in warm_up.items()}
    order = list(contenders)
    for _ in range(rounds):
        for name in order:
            seconds[name].append(sum(seconds_of(contenders[name], clock) for _ in range(calls[name])))
        order.append(order.pop(0))
    return {name: Timing(tuple(measured), items * calls[name]) for name, measured in seconds.items()}


def seconds_of(work: Contender, clock: Clock = time.perf_counter) -> float:
    """Return how long one call takes."""
    started = clock()
    work()
    return clock() - started


def processor_time() -> float:
    """Return the seconds that processors worked for this process and the children it waited for.

    A clock for figures that are no ratios: what else the machine does hardly shows in them.
    """
    children = resource.getrusage(resource.RUSAGE_CHILDREN)
    return time.process_time() + children.ru_utime + children.ru_stime
