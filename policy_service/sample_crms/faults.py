"""The script of what goes wrong, by number of the call or by path, and how often."""

import re
from dataclasses import dataclass, field
from typing import Final

from policy_service.sample_crms.table import Row

#: What is answered instead of doing what was asked.
INSTEAD: Final = frozenset(
    {
        "status",
        "error_in_200",
        "throttled",
        "authentication_failure",
        "redirect",
        "not_modified",
        "no_content",
        "not_json",
        "unanswered",
    }
)
#: What happens before it is done.
BEFORE: Final = frozenset({"expired_token", "expired_page_tokens"})
#: What the answer holds.
SHAPES: Final = frozenset(
    {
        "api_domain",
        "ids_as_numbers",
        "blanks",
        "page_context_array",
        "old_payments_key",
        "flat_payment",
        "money_as_numbers",
        "without_names",
        "partial_write",
        "slow_deep_offsets",
        "code_and_msg",
    }
)
#: How the answer, which is right in itself, gets to the caller.
DELIVERIES: Final = frozenset(
    {"slow", "stalled", "broken", "truncated", "oversized", "compressed_bomb", "wrong_content_type"}
)
#: What happens to rows after it was answered.
AFTER: Final = frozenset({"changing"})
KINDS: Final = INSTEAD | BEFORE | SHAPES | DELIVERIES | AFTER
_KEYS: Final = frozenset({"kind", "method", "path", "query", "call", "skip", "times"})


class NoSuchFault(Exception):
    """A script that no stand-in understands."""


@dataclass(slots=True)
class Fault:
    """What goes wrong: at one call by its number, or at calls whose method, path and query fit.

    Of those that fit the first `skip` go well, then `times` go wrong (none: all that follow).
    """

    kind: str
    method: str
    path: re.Pattern[str]
    query: re.Pattern[str]
    call: int | None
    skip: int
    times: int | None
    options: Row
    met: int = 0
    done: int = 0

    def strikes(self, call: int, method: str, path: str, query: str) -> bool:
        """Tell whether it strikes this call, and count it."""
        if self.call not in {None, call} or self.method not in {"", method}:
            return False
        if not self.path.search(path) or not self.query.search(query):
            return False
        self.met += 1
        if self.met <= self.skip or (self.times is not None and self.done >= self.times):
            return False
        self.done += 1
        return True

    def told(self) -> Row:
        """Return how far it has come."""
        return {"kind": self.kind, "path": self.path.pattern, "met": self.met, "done": self.done}


@dataclass(slots=True)
class Script:
    """The faults that are to come."""

    faults: list[Fault] = field(default_factory=list)

    def add(self, written: list[Row]) -> None:
        """Add faults; NoSuchFault, and nothing is added, if one of them is none."""
        self.faults += [_read(one) for one in written]

    def striking(self, call: int, method: str, path: str, query: str) -> list[Fault]:
        """Return the faults of this call."""
        return [fault for fault in self.faults if fault.strikes(call, method, path, query)]


def _read(written: Row) -> Fault:
    kind = written.get("kind")
    if not isinstance(kind, str) or kind not in KINDS:
        raise NoSuchFault(f"There is no fault {kind!r}; there are {', '.join(sorted(KINDS))}.")
    try:
        return Fault(
            kind=kind,
            method=str(written.get("method", "")),
            path=re.compile(str(written.get("path", ""))),
            query=re.compile(str(written.get("query", ""))),
            call=_count(written, "call"),
            skip=_count(written, "skip") or 0,
            times=None if "times" in written and written["times"] is None else (_count(written, "times") or 1),
            options={name: value for name, value in written.items() if name not in _KEYS},
        )
    except re.error as error:
        raise NoSuchFault(f"The path of {kind} is no pattern: {error}.") from error


def _count(written: Row, name: str) -> int | None:
    found = written.get(name)
    if found is None:
        return None
    if isinstance(found, bool) or not isinstance(found, int) or found < 0:
        raise NoSuchFault(f"{name} of a fault is a whole number, not {found!r}.")
    return found
