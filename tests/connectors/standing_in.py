"""A world around a connector in which waiting takes no time, and the clock goes on by it."""

from dataclasses import dataclass, field

from policy_service.connectors.means import Means, Token
from policy_service.domain.instants import SECOND, Instant

#: 1 March 2026, noon.
NOON: Instant = 1_772_366_400 * SECOND


@dataclass(slots=True)
class Kept:
    """A token kept in memory, and how often one was kept."""

    token: Token | None = None
    times: int = 0

    def load(self) -> Token | None:
        return self.token

    def keep(self, token: Token | None) -> None:
        self.token = token
        self.times += 1


@dataclass(slots=True)
class World:
    """What is handed to a connector; `stops_after` waits the work is to stop, `luck` is what chance says."""

    origins: tuple[str, ...] = ()
    kept: Kept = field(default_factory=Kept)
    luck: float = 0.5
    seconds: float = 0.0
    waits: list[float] = field(default_factory=list)
    stops_after: int | None = None

    @property
    def means(self) -> Means:
        return Means(
            now=lambda: NOON + round(self.seconds * SECOND),
            monotonic=lambda: self.seconds,
            wait=self.wait,
            chance=lambda: self.luck,
            token=self.kept,
            origins=self.origins,
        )

    def wait(self, seconds: float) -> bool:
        if self.stops_after is not None and len(self.waits) >= self.stops_after:
            return False
        self.waits.append(seconds)
        self.seconds += seconds
        return True
