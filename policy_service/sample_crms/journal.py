"""What was asked of a stand-in, what it refused, and what was written to it."""

from collections import Counter, deque
from dataclasses import dataclass, field
from typing import Final

from policy_service.sample_crms.table import Row

#: The last so many calls, refusals and writes are kept.
KEPT: Final = 20_000


def _kept() -> deque[Row]:
    return deque(maxlen=KEPT)


@dataclass(slots=True)
class Journal:
    """Counts since the start or the last reset; calls are numbered from 1."""

    calls: int = 0
    credits: int = 0
    most_active: int = 0
    workflows: int = 0
    token_requests: int = 0
    deep_offsets: int = 0
    #: The numbers of the calls that have begun and not ended.
    active: set[int] = field(default_factory=set)
    by_path: Counter[str] = field(default_factory=Counter)
    log: deque[Row] = field(default_factory=_kept)
    refused: deque[Row] = field(default_factory=_kept)
    written: deque[Row] = field(default_factory=_kept)
    sent: deque[Row] = field(default_factory=_kept)

    def begin(self, method: str, path: str) -> int:
        """Count a call that begins, and return its number."""
        self.calls += 1
        self.active.add(self.calls)
        self.most_active = max(self.most_active, len(self.active))
        self.by_path[f"{method} {path}"] += 1
        return self.calls

    def end(self, number: int, method: str, path: str, status: int, reason: str) -> None:
        """Note how a call ended; `reason` says why it was refused."""
        self.log.append({"call": number, "method": method, "path": path, "status": status})
        if reason:
            self.refused.append({"call": number, "method": method, "path": path, "status": status, "reason": reason})

    def write(self, object_name: str, row_id: str, how: str, values: Row, fires_workflows: bool) -> None:
        """Note what was written to a row; what fires the user's workflows is counted."""
        self.workflows += fires_workflows
        entry: Row = {"object": object_name, "id": row_id, "how": how, "values": values, "workflows": fires_workflows}
        self.written.append(entry)

    def told(self) -> Row:
        """Return the counts, the refusals and the last calls."""
        return {
            "calls": self.calls,
            "credits": self.credits,
            "token_requests": self.token_requests,
            "deep_offsets": self.deep_offsets,
            "most_active": self.most_active,
            "workflows": self.workflows,
            "by_path": dict(self.by_path),
            "refused": list(self.refused),
            "log": list(self.log)[-1000:],
        }
