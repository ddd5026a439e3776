"""A drop folder as a connector: each file is a listing of all rows that there are."""

import hashlib
import shutil
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory, mkdtemp
from typing import Final, NoReturn
from weakref import finalize

import msgspec

from policy_service.connectors.drop_folder.rows import open_dropped, read_rows
from policy_service.connectors.drop_folder.safe_folder import Look, copied, last_look, opened_folder
from policy_service.connectors.drop_folder.watched import Watched, read_watched
from policy_service.connectors.errors import ConnectorError
from policy_service.connectors.http.refusals import stopped
from policy_service.connectors.means import Account, Means
from policy_service.connectors.port import (
    Change,
    Page,
    RemoteField,
    RemoteObject,
    RemoteRow,
    Task,
    Wanted,
    Written,
)

PAGE_ROWS: Final = 2_000
_LONGEST_CURSOR: Final = 4_000
_MICROSECOND: Final = 1_000


class Place(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Where reading stands: what a cursor says.

    The file is told by `name`, `size`, `changed` (nanoseconds) and `number`; `row` is how many of its rows were
    brought, `is_done` whether all were; `listing` names the listing that the file is. `fields` stands for the columns
    that were asked for, and for how the file is read.
    """

    v: int = 1
    fields: str = ""
    name: str = ""
    size: int = 0
    changed: int = 0
    number: int = 0
    listing: int = 0
    row: int = 0
    is_done: bool = True


@dataclass(slots=True)
class _Reading:
    """A file that is open, its remaining rows, and at which row these begin."""

    look: Look
    fields: str
    folder: Path
    rows: Iterator[RemoteRow]
    row: int = 0


class DropFolder:
    """Files in one folder below the operator's.

    Its settings are `folder`, `files` (see `read_watched`) and `settle_seconds`: a file counts once it is as it was
    so long before. It has no secrets.
    """

    def __init__(self, account: Account, means: Means) -> None:
        self._folder = account.settings["folder"]
        self._settle = float(account.settings["settle_seconds"])
        self._watched = {watched.object_name: watched for watched in read_watched(account.settings["files"])}
        self._means = means
        self._readings: dict[str, _Reading] = {}
        # Files are read from copies of our own: who drops them may write, replace or link them at any time.
        self._copies = Path(mkdtemp(prefix="dropped-"))
        self._closing = finalize(self, shutil.rmtree, self._copies, ignore_errors=True)

    def close(self) -> None:
        """Delete the copies of files."""
        self._closing()

    def check(self) -> str:
        """Return the folder, and the file of each object that is there now."""
        with opened_folder(self._means.drop_root, self._folder) as folder:
            looks = {name: last_look(folder, watched.fits) for name, watched in self._watched.items()}
        found = ", ".join(f"{name} from {look.name if look else 'no file yet'}" for name, look in looks.items())
        return f"Folder {self._folder}: {found}"

    def objects(self) -> tuple[RemoteObject, ...]:
        """Return the objects that settings name."""
        return tuple(RemoteObject(name, watched.pattern) for name, watched in self._watched.items())

    def fields(self, object_name: str) -> tuple[RemoteField, ...]:
        """Return the columns of the object's file, none where there is no file yet."""
        watched = self._watched_of(object_name)
        look = self._look(watched)
        with TemporaryDirectory(dir=self._copies) as own:
            path = self._copy(look, Path(own)) if look else None
            header = open_dropped(path, watched, 0).sheet.header if path else ()
        return tuple(RemoteField(name, name, is_writable=False) for name in header if name)

    def page(self, wanted: Wanted, cursor: str) -> Page:
        """Return the next rows of the file that is there, nothing where it has not changed or is still written to.

        Beside the errors of its parts ConnectorError X126 for a cursor that is none, X109 if the work is to stop.
        """
        watched = self._watched_of(wanted.object_name)
        before = _place(cursor)
        nothing = Page((), _text(before), is_last=True)
        look = self._look(watched)
        if look is None:
            return nothing
        place = before
        fields = _fields(watched, wanted)
        if (before.name, before.size, before.changed, before.number, before.fields) != (*_told(look), fields):
            if not self._is_settled(watched, look):
                return nothing
            listing = max(self._means.now(), before.listing + 1)
            place = Place(1, fields, *_told(look), listing=listing, is_done=False)
        if place.is_done:
            return nothing
        reading = self._reading(watched, look, wanted, place)
        # What changed just now is not what was looked at: the next pull looks again.
        return nothing if reading is None else self._next(reading, place)

    def write(self, object_name: str, changes: Sequence[Change]) -> tuple[Written, ...]:  # noqa: ARG002
        """Raise ConnectorError X136: nothing is written into the folder."""
        _refuse_writing()

    def assign(self, tasks: Sequence[Task]) -> tuple[Written, ...]:  # noqa: ARG002
        """Raise ConnectorError X136: nobody is told by a folder."""
        _refuse_writing()

    def _next(self, reading: _Reading, place: Place) -> Page:
        rows = tuple(islice(reading.rows, PAGE_ROWS))
        reading.row += len(rows)
        is_end = len(rows) < PAGE_ROWS
        if is_end:
            shutil.rmtree(reading.folder, ignore_errors=True)
        further = msgspec.structs.replace(place, row=reading.row, is_done=is_end)
        return Page(rows, _text(further), is_last=is_end, listing=str(place.listing), ends_listing=is_end)

    def _reading(self, watched: Watched, look: Look, wanted: Wanted, place: Place) -> _Reading | None:
        known = self._readings.pop(watched.object_name, None)
        if known is None or (known.look, known.fields, known.row) != (look, place.fields, place.row):
            own = self._copies / watched.object_name
            shutil.rmtree(own, ignore_errors=True)
            own.mkdir()
            path = self._copy(look, own)
            if path is None:
                return None
            dropped = open_dropped(path, watched, look.changed // _MICROSECOND)
            # Rows are told apart by those before them, so that these are read again after a crash.
            rows = islice(read_rows(dropped, wanted.fields), place.row, None)
            known = _Reading(look, place.fields, own, rows, place.row)
        self._readings[watched.object_name] = known
        return known

    def _copy(self, look: Look, own: Path) -> Path | None:
        """Return the path of a copy, none if the file is no longer what was looked at."""
        with opened_folder(self._means.drop_root, self._folder) as folder:
            return own / look.name if copied(folder, look, own / look.name) else None

    def _look(self, watched: Watched) -> Look | None:
        with opened_folder(self._means.drop_root, self._folder) as folder:
            return last_look(folder, watched.fits)

    def _is_settled(self, watched: Watched, look: Look) -> bool:
        if not self._means.wait(self._settle):
            raise stopped("the drop folder")
        return self._look(watched) == look

    def _watched_of(self, object_name: str) -> Watched:
        if object_name not in self._watched:
            raise ConnectorError(
                "X137",
                f"The drop folder has no files of {object_name[:100]!r}.",
                remedy="Name them in the files of the connection, or take the object out of the mapping.",
            )
        return self._watched[object_name]


def _fields(watched: Watched, wanted: Wanted) -> str:
    """Return what stands for the columns that are asked for, and for how the file is read."""
    told = "\n".join((watched.key, watched.delimiter, *sorted(wanted.fields)))
    return hashlib.sha256(told.encode()).hexdigest()[:16]


def _told(look: Look) -> tuple[str, int, int, int]:
    return (look.name, look.size, look.changed, look.number)


def _place(cursor: str) -> Place:
    if not cursor:
        return Place()
    try:
        place = msgspec.json.decode(cursor[: _LONGEST_CURSOR + 1], type=Place)
    except (msgspec.MsgspecError, ValueError):
        raise _no_cursor() from None
    if place.v != 1 or place.row < 0 or place.listing < 0:
        raise _no_cursor()
    return place


def _text(place: Place) -> str:
    return msgspec.json.encode(place).decode()


def _no_cursor() -> ConnectorError:
    message = "The place where the pull is to go on cannot be read."
    return ConnectorError(
        "X126", message, remedy="Pull again: what was noted is forgotten, and the pull begins with the first row."
    )


def _refuse_writing() -> NoReturn:
    raise ConnectorError(
        "X136", "Nothing is written into a drop folder.", remedy="Switch writing back off for this connection."
    )
