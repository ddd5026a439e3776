"""Files that are written whole or not at all: each beside its place, and moved there when all of them are whole."""

import os
import shutil
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from tempfile import mkstemp
from typing import TypeAlias

from policy_service.domain.errors import RequestError
from simulations.on_disk import onto_disk
from simulations.runs.errors import not_written

#: Writes a file at that path.
Write: TypeAlias = Callable[[Path], None]


def check_files(files: Sequence[Path]) -> None:
    """Refuse, before anything is run, what cannot be written to; RequestError R513 names it."""
    for number, file in enumerate(files):
        if file.is_dir():
            raise not_written(file.name, "it is a folder")
        if file.resolve() in {other.resolve() for other in files[:number]}:
            raise not_written(file.name, "another result goes there, too")
        with _refusing(file):
            _partial(file).unlink()


def write_whole(files: Mapping[Path, Write]) -> None:
    """Write all files or none; RequestError R513 names the one that cannot be written.

    What stood there before stays as it is until all are whole. What is no file (a pipe, a device) is written into.
    """
    beside: dict[Path, Path] = {}
    try:
        for file, write in files.items():
            with _refusing(file):
                beside[file] = _partial(file)
                write(beside[file])
                onto_disk(beside[file])
        # What may still fail comes before what cannot be taken back.
        for file, partial in sorted(beside.items(), key=lambda one: not _is_device(one[0])):
            with _refusing(file):
                _put(partial, file)
    finally:
        for partial in beside.values():
            partial.unlink(missing_ok=True)


def _partial(file: Path) -> Path:
    folder = None if _is_device(file) else file.resolve().parent
    descriptor, name = mkstemp(prefix=f".{file.name}-", suffix=".partial", dir=folder)
    os.close(descriptor)
    return Path(name)


def _is_device(file: Path) -> bool:
    return file.exists() and not file.is_file()


def _put(partial: Path, file: Path) -> None:
    if _is_device(file):
        with partial.open("rb") as whole, file.open("wb") as device:
            shutil.copyfileobj(whole, device)
    else:
        partial.chmod(0o644)
        partial.replace(file.resolve())


@contextmanager
def _refusing(file: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise _refusal(file, error) from error


def _refusal(file: Path, error: OSError) -> RequestError:
    return not_written(file.name, error.strerror or str(error)[:200])
