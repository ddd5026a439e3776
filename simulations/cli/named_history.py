"""The history that a command was named: ledger files, or a snapshot that was prepared of them."""

from pathlib import Path
from typing import TYPE_CHECKING

from policy_service.domain.values import Currency
from policy_service.language.definitions.dictionary import FactDictionary
from simulations.ledger_snapshot.files import read_snapshot
from simulations.ledger_snapshot.manifest import MANIFEST
from simulations.ledger_snapshot.snapshot import Snapshot
from simulations.runs.errors import mapped_already

if TYPE_CHECKING:
    from policy_service.ledger.report import ImportResult


def named_history(
    folder: Path | None, mapping: str | None, base: Currency, declared: FactDictionary | None
) -> Snapshot:
    """Return the snapshot in the folder, mapped into memory, or that of the ledger files there.

    Ledger files are read in the currency `base`, and the customer file is held to a policy's own facts, `declared`.
    RequestError R406 if no ledger is named, R517 for a mapping of a snapshot; SnapshotError S302 or S303.
    """
    if folder is None or not is_prepared(folder):
        return _imported(folder, mapping, base, declared)
    if mapping is not None:
        raise mapped_already(folder.name)
    return read_snapshot(folder)


def _imported(folder: Path | None, mapping: str | None, base: Currency, declared: FactDictionary | None) -> Snapshot:
    # A snapshot is read without what imports ledgers, which takes as long to load as the snapshot to map.
    from policy_service.cli.ledger_files import say_what_was_left_out, the_ledger  # noqa: PLC0415

    # Of the imported ledger nothing is kept: it is much larger than its snapshot.
    result = the_ledger(folder, mapping, base, declared)
    say_what_was_left_out(result)
    return snapshot_of_import(result)


def snapshot_of_import(result: "ImportResult") -> Snapshot:
    """Return the snapshot of an imported ledger."""
    from simulations.ledger_snapshot.from_ledger import snapshot_of  # noqa: PLC0415 - as above

    return snapshot_of(result.ledger, len(result.quarantined))


def is_prepared(folder: Path | None) -> bool:
    """Return whether that is the folder of a snapshot."""
    return folder is not None and (folder / MANIFEST).is_file()
