"""What a check found: code, severity, place, one plain sentence, remedy."""

from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum

from policy_service.domain.decisions import Values
from policy_service.domain.errors import Place


class Severity(StrEnum):
    """An error keeps a policy from being published; a warning wants a look; a note is for information."""

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"


@dataclass(frozen=True, slots=True)
class Span:
    """One side of a box: the values of one column, as text a manager reads ("[30..60)", "A", "unknown")."""

    column: str
    text: str


@dataclass(frozen=True, slots=True)
class Finding:
    """One finding; `box` holds the sides of the region it speaks of, `example` a point inside it.

    `covers` tells whether facts, by name, lie in the region (or match the row spoken of); None where the
    finding speaks of no region.
    """

    code: str
    severity: Severity
    place: Place
    message: str
    remedy: str = ""
    rule_set: str = ""
    rows: tuple[str, ...] = ()
    box: tuple[Span, ...] = ()
    example: tuple[tuple[str, int], ...] = ()
    covers: Callable[[Values], bool] | None = field(default=None, compare=False, repr=False)
