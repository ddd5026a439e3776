"""The history that a command was named: ledger files, or a snapshot that was prepared of them."""

from pathlib import Path

from policy_service.cli.ledger_options import say_what_was_left_out, the_ledger
from policy_service.domain.values import Currency
from policy_service.language.definitions.dictionary import FactDictionary
from simulations.ledger_snapshot.files import read_snapshot
from simulations.ledger_snapshot.from_ledger import snapshot_of
from simulations.ledger_snapshot.manifest import MANIFEST
from simulations.ledger_snapshot.snapshot import Snapshot
from simulations.runs.errors import mapped_already


def named_history(
    folder: Path | None, mapping: str | None, base: Currency, declared: FactDictionary | None
) -> Snapshot:
    """Return the snapshot in the folder, mapped into memory, or that of the ledger files there.

    Ledger files are read in the currency `base`, and the customer file is held to a policy's own facts, `declared`.
    RequestError R406 if no ledger is named, R517 for a mapping of a snapshot; SnapshotError S302 or S303.
    """
    if folder is None or not is_prepared(folder):
        # Of the imported ledger nothing is kept: it is much larger than its snapshot.
        result = the_ledger(folder, mapping, base, declared)
        say_what_was_left_out(result)
        return snapshot_of(result.ledger, len(result.quarantined))
    if mapping is not None:
        raise mapped_already(folder.name)
    return read_snapshot(folder)


def is_prepared(folder: Path | None) -> bool:
    """Return whether that is the folder of a snapshot."""
    return folder is not None and (folder / MANIFEST).is_file()
