"""Finished results: a folder of files for each, there whole or not at all, each file known by its hash."""

import os
import shutil
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from hashlib import file_digest
from pathlib import Path
from tempfile import mkdtemp
from typing import Final

from policy_service.settings import Settings
from policy_service.storage.simulation_store import KeptFile
from simulations.on_disk import onto_disk

#: A folder that is being filled.
_PARTIAL: Final = ".partial"


def results_folder(settings: Settings) -> Path:
    """Return the folder that the results of an installation lie in."""
    return settings.simulation_dir / "results"


def checkpoints_folder(settings: Settings) -> Path:
    """Return the folder in which runs keep what they have finished of themselves, until they have ended."""
    return settings.simulation_dir / "checkpoints"


def write_result(settings: Settings, job_id: str, write: Callable[[Path], None]) -> Sequence[KeptFile]:
    """Let `write` fill a folder, put it in its place under the id, and return its files by name.

    What an earlier attempt left there gives way. OSError if it cannot be written: then nothing of it is there.
    """
    with _partial(results_folder(settings), job_id) as partial:
        write(partial)
        files = [_kept(file) for file in sorted(partial.iterdir())]
        for path in (*partial.iterdir(), partial):
            onto_disk(path)
        remove_result(settings, job_id)
        partial.rename(_folder(settings, job_id))
        onto_disk(results_folder(settings))
    return files


def file_of(settings: Settings, job_id: str, kept: KeptFile) -> Path | None:
    """Return where a file lies; none if it is gone, or not what was written."""
    file = _folder(settings, job_id) / kept.name
    try:
        found = _kept(file)
    except OSError:
        return None
    return file if found == kept else None


def remove_result(settings: Settings, job_id: str) -> None:
    """Remove the files of a result, if there are any."""
    shutil.rmtree(_folder(settings, job_id), ignore_errors=True)


def remove_strays(settings: Settings, before: float, is_kept: Callable[[str], bool]) -> None:
    """Remove what attempts that ended otherwise left, as far as it is older than that time in seconds."""
    for folder in (*results_folder(settings).glob("*"), *checkpoints_folder(settings).glob("*")):
        with suppress(FileNotFoundError):
            if folder.stat().st_mtime < before and not is_kept(folder.name):
                shutil.rmtree(folder, ignore_errors=True)


def _folder(settings: Settings, job_id: str) -> Path:
    return results_folder(settings) / job_id


@contextmanager
def _partial(place: Path, job_id: str) -> Iterator[Path]:
    place.mkdir(parents=True, exist_ok=True, mode=0o700)
    partial = Path(mkdtemp(prefix=f".{job_id}-", suffix=_PARTIAL, dir=place))
    try:
        yield partial
    finally:
        shutil.rmtree(partial, ignore_errors=True)


def _kept(file: Path) -> KeptFile:
    with file.open("rb") as opened:
        digest = file_digest(opened, "sha256").hexdigest()
        return KeptFile(file.name, os.fstat(opened.fileno()).st_size, digest)
