"""Snapshots in folders: written whole or not at all, and mapped into memory when read.

Every file is an uncompressed Arrow file, so that its columns are memory of the file and nothing is copied: a snapshot
of any size is read in the time that opening its files takes. What was written is on the disk before the folder has
its name.
"""

import json
import mmap
import shutil
from collections.abc import Mapping
from pathlib import Path
from tempfile import mkdtemp
from typing import Any, Final

import pyarrow as pa

from simulations.ledger_snapshot.content import content_hash_of, digests
from simulations.ledger_snapshot.errors import SnapshotError, in_the_way, no_snapshot, not_written
from simulations.ledger_snapshot.layout import FILES, batch_of, fields_of
from simulations.ledger_snapshot.manifest import FileOfSnapshot, Manifest, read_manifest, write_manifest
from simulations.ledger_snapshot.snapshot import Snapshot
from simulations.on_disk import onto_disk

_REPORT: Final = "import.json"


def write_snapshot(snapshot: Snapshot, folder: Path, report: Mapping[str, Any] | None = None) -> None:
    """Write the snapshot into `folder`, which is made, with the report of its import if there is one.

    A folder that holds the same snapshot is left as it is. SnapshotError S304 if it cannot be written, S305 if
    something else is there.
    """
    if folder.exists() and not _holds(folder, snapshot):
        raise in_the_way(folder.name)
    if folder.exists():
        return
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        partial = Path(mkdtemp(prefix=f".{folder.name}-", suffix=".partial", dir=folder.parent))
    except OSError as error:
        raise not_written(folder.name, str(error.strerror)) from error
    try:
        _write_files(snapshot, partial, report)
        _put_into_place(partial, folder, snapshot)
    except OSError as error:
        raise not_written(folder.name, error.strerror or str(error)) from error
    finally:
        shutil.rmtree(partial, ignore_errors=True)


def read_snapshot(folder: Path) -> Snapshot:
    """Return the snapshot in `folder`, its columns mapped into memory and read-only.

    SnapshotError S302 for a folder that holds none, or a file that is cut short or another; S303 for another format.
    What is in the columns is not looked at: `verify_snapshot` does.
    """
    manifest = read_manifest(folder)

    def mapped(file: str) -> pa.RecordBatch:
        return _mapped(folder, file, manifest)

    try:
        fields = fields_of(mapped)
    except (KeyError, ValueError, pa.ArrowException) as error:
        raise no_snapshot(folder.name, "The files do not hold the columns of a snapshot.") from error
    return Snapshot(
        currency=manifest.currency,
        hash=manifest.hash_of_snapshot,
        has_orders_file=manifest.has_orders_file,
        quarantined=manifest.quarantined,
        **fields,
    )


def verify_snapshot(folder: Path) -> Snapshot:
    """Return the snapshot after reading all of it: SnapshotError S302 names the first column that was changed."""
    snapshot, expected = read_snapshot(folder), read_manifest(folder).digests
    try:
        found = digests(snapshot)
    except ValueError as error:
        raise no_snapshot(folder.name, "The texts are not what was written.") from error
    for name, digest in found.items():
        if expected.get(name) != digest:
            raise no_snapshot(folder.name, f"The column {name} is not what was written.")
    return snapshot


def import_report(folder: Path) -> Mapping[str, Any] | None:
    """Return the report of the import that a snapshot was made by: rows left out, warnings, counts; none without."""
    try:
        report: Mapping[str, Any] = json.loads((folder / _REPORT).read_text(encoding="utf-8"))
    except FileNotFoundError:
        return None
    except (OSError, ValueError) as error:
        raise no_snapshot(f"{folder.name}/{_REPORT}", "The report of the import is damaged.") from error
    return report


def _holds(folder: Path, snapshot: Snapshot) -> bool:
    try:
        return read_manifest(folder).hash_of_snapshot == snapshot.hash
    except SnapshotError:
        return False


def _write_files(snapshot: Snapshot, folder: Path, report: Mapping[str, Any] | None) -> None:
    files = {file: _write_batch(batch_of(snapshot, file), folder / f"{file}.arrow") for file in FILES}
    if report is not None:
        (folder / _REPORT).write_text(json.dumps(report, ensure_ascii=False), encoding="utf-8")
    of_columns = digests(snapshot)
    content = content_hash_of(snapshot.currency, snapshot.has_orders_file, of_columns)
    manifest = Manifest(
        snapshot.currency,
        content,
        snapshot.has_orders_file,
        snapshot.quarantined,
        files,
        of_columns,
        None if snapshot.hash == content else snapshot.hash,
    )
    write_manifest(folder, manifest)
    for path in (*folder.iterdir(), folder):
        onto_disk(path)


def _write_batch(batch: pa.RecordBatch, path: Path) -> FileOfSnapshot:
    with pa.OSFile(str(path), "wb") as file, pa.ipc.new_file(file, batch.schema) as writer:
        writer.write_batch(batch)
    return FileOfSnapshot(path.stat().st_size, batch.num_rows)


def _put_into_place(partial: Path, folder: Path, snapshot: Snapshot) -> None:
    partial.chmod(0o755)
    try:
        partial.rename(folder)
    except OSError:
        # Another process may have been faster.
        if not _holds(folder, snapshot):
            raise
    onto_disk(folder.parent)


def _mapped(folder: Path, file: str, manifest: Manifest) -> pa.RecordBatch:
    path = folder / f"{file}.arrow"
    name = f"{folder.name}/{path.name}"
    try:
        expected, size = manifest.files[file], path.stat().st_size
        if size != expected.bytes:
            raise no_snapshot(name, f"The file has {size} bytes, and was written with {expected.bytes}.")
        batch = pa.ipc.open_file(pa.BufferReader(_in_memory(path))).get_batch(0)
    except OSError as error:
        raise no_snapshot(name, f"The file cannot be read ({error.strerror or 'it is no Arrow file'}).") from error
    except (KeyError, ValueError, pa.ArrowException) as error:
        raise no_snapshot(name, "The file is no part of this snapshot.") from error
    if batch.num_rows != expected.rows:
        raise no_snapshot(name, f"The file has {batch.num_rows} rows, and was written with {expected.rows}.")
    return batch


def _in_memory(path: Path) -> pa.Buffer:
    # Mapped by Arrow itself, a file is announced to the system whole each time a column is looked at, page by page.
    with path.open("rb") as file:
        return pa.py_buffer(mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ))
