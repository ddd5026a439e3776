"""Errors that stop the work: each with a code that has a heading in docs/reference/errors.md.

PolicyServiceError
├── PolicyTextError        a policy, cell, fact or case file cannot be read        (codes L…)
├── LedgerError            an import is refused whole                              (codes D…)
├── FactError              a fact cannot be measured or was given wrongly          (codes F…)
├── EngineFault            overflow, a guard that tripped, engines that disagree   (codes E…)
│   └── UnsupportedCondition   an engine was handed a node it cannot run
├── RequestError           a question that cannot be answered as asked             (codes R…)
├── AccessError            somebody may not do what they ask                       (codes A…)
├── StorageError           the database cannot keep or give it (policy_service.storage.errors)  (codes S2…)
├── ConnectorError         another system refuses or fails (policy_service.connectors.errors)  (codes X…)
└── SettingsError          the installation is not set up right                    (codes S…)
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Place:
    """Where something stands: a file and, as far as known, line and column (from 1), row id and cell."""

    file: str = ""
    line: int = 0
    column: int = 0
    row: str = ""
    cell: str = ""

    def __str__(self) -> str:
        parts = [self.file] if self.file else []
        if self.line:
            parts.append(f"line {self.line}" + (f", column {self.column}" if self.column else ""))
        if self.row:
            parts.append(f"row {self.row}")
        if self.cell:
            parts.append(f"cell {self.cell}")
        return " ".join(parts)


NOWHERE = Place()


class PolicyServiceError(Exception):
    """Say what was found, where, and what to do about it."""

    def __init__(self, code: str, message: str, *, place: Place = NOWHERE, remedy: str = "") -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.place = place
        self.remedy = remedy

    def __str__(self) -> str:
        where = f"{self.place}: " if str(self.place) else ""
        remedy = f" {self.remedy}" if self.remedy else ""
        return f"{where}{self.message}{remedy} [{self.code}]"


class PolicyTextError(PolicyServiceError):
    """A policy text that cannot be read, or means nothing."""


class LedgerError(PolicyServiceError):
    """A ledger import that is refused whole."""


class FactError(PolicyServiceError):
    """A fact that cannot be measured, or a value given for it that does not fit."""


class MissingFact(FactError):
    """Facts that have no value, as something they are measured with is not known; `facts` are their names."""

    def __init__(self, facts: tuple[str, ...], error: FactError) -> None:
        super().__init__(error.code, error.message, place=error.place, remedy=error.remedy)
        self.facts = facts


class EngineFault(PolicyServiceError):
    """An engine could not decide; the order is referred to a person."""


class UnsupportedCondition(EngineFault):
    """An engine was handed a node it cannot run."""


class RequestError(PolicyServiceError):
    """A question that cannot be answered as asked."""


class AccessError(PolicyServiceError):
    """Somebody is not known, or may not do what they ask."""


class SettingsError(PolicyServiceError):
    """The installation is not set up right."""
