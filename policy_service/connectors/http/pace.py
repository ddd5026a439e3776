"""So many calls in so much time, whoever makes them: what a system allows one organisation."""

from collections import OrderedDict, deque
from threading import Lock
from typing import Final

from policy_service.connectors.means import Means

_MOST_KEPT: Final = 1_000


class Pace:
    """Lets at most `calls` through in any `seconds`; threads share one."""

    def __init__(self, calls: int, seconds: float) -> None:
        self._calls = calls
        self._seconds = seconds
        self._begun: deque[float] = deque()
        self._lock = Lock()

    def seconds_to_wait(self, now: float) -> float:
        """Return 0 and count a call that begins now, or return how long there is to wait before asking again."""
        with self._lock:
            # A clock that runs backwards is another one: what was counted by it says nothing.
            while self._begun and not now - self._seconds < self._begun[0] <= now:
                self._begun.popleft()
            if len(self._begun) >= self._calls:
                return self._begun[0] + self._seconds - now
            self._begun.append(now)
            return 0.0

    def wait(self, means: Means) -> bool:
        """Return once a call may begin, and count it; False if the work is to stop before that."""
        while (seconds := self.seconds_to_wait(means.monotonic())) > 0:
            if not means.wait(seconds):
                return False
        return True


class Paces:
    """The paces of one process by what they are counted for; those not used for longest are forgotten first."""

    def __init__(self) -> None:
        self._paces: OrderedDict[str, Pace] = OrderedDict()
        self._lock = Lock()

    def of(self, key: str, calls: int, seconds: float) -> Pace:
        """Return the pace of `key`, the same one each time."""
        with self._lock:
            pace = self._paces.setdefault(key, Pace(calls, seconds))
            self._paces.move_to_end(key)
            while len(self._paces) > _MOST_KEPT:
                self._paces.popitem(last=False)
            return pace
