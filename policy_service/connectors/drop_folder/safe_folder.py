"""A folder below the one that the operator allows, and files in it: no link is followed, nothing outside is opened."""

import os
import stat
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Final

from policy_service.connectors.errors import ConnectorError

MOST_BYTES: Final = 512 * 1024 * 1024
_MOST_NAMES: Final = 10_000
_CHUNK: Final = 1 << 20
_FOLDER: Final = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
#: What is no file may not keep us waiting until it is found out.
_FILE: Final = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC


@dataclass(frozen=True, slots=True)
class Look:
    """What tells a file as it is now from what it was and will be: `changed` in nanoseconds."""

    name: str
    size: int
    changed: int
    number: int


@contextmanager
def opened_folder(root: Path | None, folder: str) -> Iterator[int]:
    """Give the folder; ConnectorError X131 unless it is one below the root, reached without a link."""
    parts = PurePosixPath(folder).parts
    if root is None or not parts or ".." in parts or "\0" in folder or PurePosixPath(folder).is_absolute():
        raise _no_folder(folder)
    try:
        found = os.open(root, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    except OSError:
        raise _no_folder(folder) from None
    try:
        for part in parts:
            try:
                below = os.open(part, _FOLDER, dir_fd=found)
            except OSError:
                raise _no_folder(folder) from None
            os.close(found)
            found = below
        yield found
    finally:
        os.close(found)


def last_look(folder: int, fits: Callable[[str], bool]) -> Look | None:
    """Return the file that fits and is the last by name, none if none does.

    ConnectorError X132 if it is a link or no file, X133 if it is too large, or the folder has too many names.
    """
    names = []
    with os.scandir(folder) as entries:
        for count, entry in enumerate(entries):
            if count >= _MOST_NAMES:
                raise _too_much(f"the folder has more than {_MOST_NAMES} files")
            names += [entry.name] if fits(entry.name) else []
    if not names:
        return None
    name = max(names)
    try:
        return _look(name, os.stat(name, dir_fd=folder, follow_symlinks=False))
    except FileNotFoundError:
        # Somebody has just taken it away.
        return None


def copied(folder: int, look: Look, to: Path) -> bool:
    """Copy the file, and return whether it stayed as it was looked at; X132 and X133 as for `last_look`."""
    try:
        opened = os.open(look.name, _FILE, dir_fd=folder)
    except FileNotFoundError:
        return False
    except OSError:
        raise _no_file(look.name) from None
    with os.fdopen(opened, "rb") as source, to.open("wb") as target:
        if _look(look.name, os.fstat(opened)) != look:
            return False
        left = look.size
        while left and (chunk := source.read(min(left, _CHUNK))):
            target.write(chunk)
            left -= len(chunk)
        return not left and _look(look.name, os.fstat(opened)) == look


def _look(name: str, found: os.stat_result) -> Look:
    if not stat.S_ISREG(found.st_mode):
        raise _no_file(name)
    if found.st_size > MOST_BYTES:
        raise _too_much(f"{name} has more than {MOST_BYTES} bytes")
    return Look(name, found.st_size, found.st_mtime_ns, found.st_ino)


def _no_folder(folder: str) -> ConnectorError:
    return ConnectorError(
        "X131",
        f"{folder[:200]!r} is no folder below the one that is allowed for files that are dropped.",
        remedy="Name one below DROP_FOLDER_ROOT, without links and without '..', that the service may read.",
    )


def _no_file(name: str) -> ConnectorError:
    return ConnectorError(
        "X132",
        f"{name!r} is a link, or no file that the service may read.",
        remedy="Put the file itself into the folder.",
    )


def _too_much(found: str) -> ConnectorError:
    return ConnectorError(
        "X133",
        f"The drop folder holds too much: {found}.",
        remedy="Move old files away; divide what is too large.",
    )
