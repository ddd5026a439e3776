"""What an import found: the ledger, every row left out and why, what is worth a look, and the counts."""

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

from policy_service.domain.entries import Ledger
from policy_service.ledger.columns import Table
from policy_service.ledger.reasons import EXPLANATIONS, Reason, Remark


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing wrong with a row: the column, why, and what was found."""

    column: str
    reason: Reason
    found: str


@dataclass(frozen=True, slots=True)
class Quarantined:
    """A row left out: where it stands, the fault it is left out for, and any further ones."""

    file: str
    line: int
    table: Table
    row: str
    fault: Fault
    further: tuple[Fault, ...] = ()

    @property
    def column(self) -> str:
        """The column at fault."""
        return self.fault.column

    @property
    def reason(self) -> Reason:
        """The code of the reason."""
        return self.fault.reason

    @property
    def found(self) -> str:
        """What was found there."""
        return self.fault.found

    @property
    def meaning(self) -> str:
        """The reason in one sentence."""
        return EXPLANATIONS[self.reason].meaning

    @property
    def remedy(self) -> str:
        """What to do about it."""
        return EXPLANATIONS[self.reason].remedy

    def __str__(self) -> str:
        return _sentence(self.file, self.line, self.column, self.found, self.reason)


@dataclass(frozen=True, slots=True)
class LedgerWarning:
    """Something imported all the same; line 0 speaks of the whole file."""

    file: str
    line: int
    column: str
    reason: Remark
    found: str

    @property
    def meaning(self) -> str:
        """The reason in one sentence."""
        return EXPLANATIONS[self.reason].meaning

    @property
    def remedy(self) -> str:
        """What to do about it."""
        return EXPLANATIONS[self.reason].remedy

    def __str__(self) -> str:
        return _sentence(self.file, self.line, self.column, self.found, self.reason)


@dataclass(frozen=True, slots=True)
class FileCounts:
    """The rows of one file: read = accepted + quarantined + repeated."""

    file: str
    table: Table
    read: int
    accepted: int
    quarantined: int
    repeated: int


#: Told a table and texts of keys (`entry_keys.key_text`), returns for each the file and the line that it stands in.
Places: TypeAlias = Callable[[Table, Collection[str]], Mapping[str, tuple[str, int]]]


def nowhere(_table: Table, _keys: Collection[str]) -> Mapping[str, tuple[str, int]]:
    """Return no place: of entries that come from no file."""
    return {}


@dataclass(frozen=True, slots=True)
class ImportResult:
    """The ledger with the report on all that is not, or not quite, in it; both in order of files and lines.

    `places` tells where an entry of the ledger stands in the files.
    """

    ledger: Ledger
    quarantined: Sequence[Quarantined]
    warnings: tuple[LedgerWarning, ...]
    counts: tuple[FileCounts, ...]
    places: Places = field(default=nowhere, compare=False)


Plain: TypeAlias = str | int | list["Plain"] | dict[str, "Plain"]


def summary(result: ImportResult) -> dict[str, Plain]:
    """Return the counts per file, and every row left out and every warning with place, reason and remedy."""
    return {
        "base_currency": result.ledger.base_currency.code,
        "customers": len(result.ledger.histories),
        "invoices": sum(len(history.invoices) for history in result.ledger.histories.values()),
        "files": [_counts(counts) for counts in result.counts],
        "quarantined": [_note(one) for one in result.quarantined],
        "quarantined_by_code": _by_code(result.quarantined),
        "warnings": [_note(one) for one in result.warnings],
        "warnings_by_code": _by_code(result.warnings),
    }


def _counts(counts: FileCounts) -> dict[str, Plain]:
    return {
        "file": counts.file,
        "table": counts.table.value,
        "read": counts.read,
        "accepted": counts.accepted,
        "quarantined": counts.quarantined,
        "repeated": counts.repeated,
    }


def _note(one: Quarantined | LedgerWarning) -> dict[str, Plain]:
    return {
        "file": one.file,
        "line": one.line,
        "column": one.column,
        "code": one.reason.value,
        "reason": one.meaning,
        "found": one.found,
        "remedy": one.remedy,
    }


def _by_code(notes: Iterable[Quarantined | LedgerWarning]) -> dict[str, Plain]:
    return dict(sorted(Counter(note.reason.value for note in notes).items()))


def _sentence(file: str, line: int, column: str, found: str, reason: Reason | Remark) -> str:
    explanation = EXPLANATIONS[reason]
    place = file + (f" line {line}" if line else "") + (f" column {column}" if column else "")
    return f"{place}: {found}. {explanation.meaning} {explanation.remedy} [{reason.value}]"
