"""Customers with their versions and groups: who is whose parent, and the root of every group."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from policy_service.domain.entries import Customer
from policy_service.ledger.cells import shown
from policy_service.ledger.group_roots import circular_in, roots_of
from policy_service.ledger.reasons import Remark
from policy_service.ledger.report import LedgerWarning
from policy_service.ledger.tables import State, TableRows


@dataclass(frozen=True, slots=True)
class Customers:
    """The versions of each customer in order of `valid_from`, and the root of each customer's group."""

    versions: Mapping[str, Sequence[Customer]]
    roots: Mapping[str, str]
    warnings: tuple[LedgerWarning, ...]


def group_customers(rows: TableRows[Customer]) -> Customers:
    """Return the accepted customers; a parent that is unknown or circular is warned of.

    An unknown one is taken out. A circular one stays, as a circle that closes on a day is none before it: `roots_of`
    reads it as none. The roots follow the parents of the last version of each customer; those of a day are `roots_of`
    its parents.
    """
    lines = {
        (entry.customer_id, entry.valid_from): line
        for entry, line, state in zip(rows.entries, rows.lines, rows.states, strict=True)
        if state == State.ACCEPTED
    }
    versions = _versions(rows)
    circular = circular_in({name: entries[-1].parent_id for name, entries in versions.items()})
    warnings = []
    for name, entries in versions.items():
        for index, entry in enumerate(entries):
            is_circular = entry.parent_id == name or (entry is entries[-1] and name in circular)
            remark = _remark(entry, is_circular, versions)
            if remark:
                line = lines[name, entry.valid_from]
                found = f"the parent of {shown(name)} is {shown(entry.parent_id)}"
                warnings.append(LedgerWarning(rows.file, line, "parent_id", remark, found))
            if remark is Remark.UNKNOWN_PARENT:
                entries[index] = replace(entry, parent_id="")
    return Customers(
        versions, roots_of({name: entries[-1].parent_id for name, entries in versions.items()}), (*warnings,)
    )


def _versions(rows: TableRows[Customer]) -> dict[str, list[Customer]]:
    versions: dict[str, list[Customer]] = {}
    for entry in rows.accepted():
        versions.setdefault(entry.customer_id, []).append(entry)
    for entries in versions.values():
        entries.sort(key=lambda entry: entry.valid_from or date.min)
    return {name: versions[name] for name in sorted(versions)}


def _remark(entry: Customer, is_circular: bool, known: Mapping[str, object]) -> Remark | None:
    if entry.parent_id and is_circular:
        return Remark.CIRCULAR_PARENT
    if entry.parent_id and entry.parent_id not in known:
        return Remark.UNKNOWN_PARENT
    return None
