"""Folders that processes hold while they read them, so that none is removed under a reader; a dead one holds nothing.

Readers share the lock of a file in the folder; whoever removes the folder needs it alone.
"""

import fcntl
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

_HELD: Final = ".held"
_REMOVED: Final = ".removed"


@contextmanager
def held(folder: Path) -> Iterator[bool]:
    """Hold the folder against removal while the block runs; False, and nothing held, if there is no such folder."""
    lock = _opened(folder)
    if lock is None:
        yield False
        return
    try:
        # Whoever removes the folder has the lock for a moment only, and the folder has another name by then.
        fcntl.flock(lock, fcntl.LOCK_SH)
        yield _is_of(lock, folder)
    finally:
        os.close(lock)


def remove_unheld(folder: Path) -> None:
    """Remove the folder unless somebody holds it."""
    lock = _opened(folder)
    if lock is None:
        return
    try:
        if _took(lock) and _is_of(lock, folder):
            # What a removal cut short leaves must not be taken for the folder.
            removed = folder.with_name(f".{folder.name}{_REMOVED}")
            shutil.rmtree(removed, ignore_errors=True)
            folder.rename(removed)
            shutil.rmtree(removed, ignore_errors=True)
    finally:
        os.close(lock)


@contextmanager
def alone(file: Path) -> Iterator[bool]:
    """Take the lock of that file if nobody has it, and keep it while the block runs; False if somebody has."""
    lock = os.open(file, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        yield _took(lock)
    finally:
        os.close(lock)


def _opened(folder: Path) -> int | None:
    try:
        return os.open(folder / _HELD, os.O_RDWR | os.O_CREAT, 0o600)
    except (FileNotFoundError, NotADirectoryError):
        return None


def _took(lock: int) -> bool:
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _is_of(lock: int, folder: Path) -> bool:
    try:
        return os.path.samestat(os.fstat(lock), (folder / _HELD).stat())
    except (FileNotFoundError, NotADirectoryError):
        return False
