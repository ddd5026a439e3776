"""How long the parts of a command took."""

from dataclasses import dataclass, field
from time import perf_counter, process_time


@dataclass(slots=True)
class Stopwatch:
    """Seconds of the parts of a command, one after the other; `started` are those of the program's own start.

    It is None where something else was done before.
    """

    started: float | None = field(default_factory=process_time)
    parts: dict[str, float] = field(default_factory=dict)
    _since: float = field(default_factory=perf_counter)

    def ended(self, part: str) -> float:
        """Take down that a part has ended, and return the seconds since the one before it did."""
        now = perf_counter()
        self.parts[part] = self.parts.get(part, 0.0) + now - self._since
        self._since = now
        return self.parts[part]
