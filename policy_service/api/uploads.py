"""Files as they are uploaded: taken in streams, kept under names of ours, never larger than settings allow."""

import hashlib
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import wraps
from pathlib import Path
from typing import Any, Final, TypeVar

from flask import current_app, request
from werkzeug.datastructures import FileStorage
from werkzeug.exceptions import UnsupportedMediaType

from policy_service.api.edge import house_of
from policy_service.domain.errors import RequestError
from policy_service.ledger.columns import Table
from policy_service.ledger.mapping import LedgerMapping
from policy_service.services.house import House
from policy_service.services.ledger_in.importing import discard

_ENDINGS: Final = (".csv", ".xlsx", ".parquet")
#: The part that holds the one file of a mapping.
_MAPPED: Final = "file"
_FILE_NAME: Final = re.compile(r"[\w][\w .()-]{0,119}", re.UNICODE)
#: File systems count bytes, of which a Chinese character has three.
_NAME_BYTES: Final = 255
_MEGABYTE: Final = 1024 * 1024
_CHUNK: Final = 1024 * 1024

#: How the description says that a part holds a file.
_FILE: Final = {"type": "string", "format": "binary", "contentMediaType": "application/octet-stream"}

View = TypeVar("View", bound=Callable[..., Any])


@dataclass(frozen=True, slots=True)
class Upload:
    """Files that came: the folder they lie in, their names, and the SHA-256 of all that was sent."""

    folder: Path
    source: str
    content: str


def parts_with_files() -> Mapping[str, Mapping[str, str]]:
    """Return the parts of an upload that hold files, as the description of the API gives them."""
    endings = ", ".join(_ENDINGS)
    tables = {table.value: {**_FILE, "description": f"Its rows; the file's name ends in {endings}."} for table in Table}
    return tables | {_MAPPED: {**_FILE, "description": "With `mapping` the one file, of its own shape."}}


def allows_uploads(view: View) -> View:
    """Let the request of a view be as large as UPLOAD_MEGABYTES says; stand it above whatever reads the form."""

    @wraps(view)
    def answered(*args: Any, **kwargs: Any) -> Any:
        request.max_content_length = house_of(current_app).settings.upload_megabytes * _MEGABYTE
        return view(*args, **kwargs)

    return answered  # type: ignore[return-value]


def name_by_part(part: str, file: FileStorage) -> str:
    """Return under which name the file of a part is kept, where parts are named by tables; RequestError R487."""
    given = file.filename or ""
    ending = Path(given).suffix.lower()
    if part in frozenset(Table) and ending in _ENDINGS:
        return f"{part}{ending}"
    if part == _MAPPED:
        return of_its_own_shape(part, file)
    raise _no_file(part, given)


def name_by_file(part: str, file: FileStorage) -> str:
    """Return under which name a file is kept that is itself named by its table; RequestError R487."""
    given = file.filename or ""
    name = Path(given.replace("\\", "/")).name.lower()
    if Path(name).suffix in _ENDINGS and Path(name).stem in frozenset(Table):
        return name
    raise _no_file(part, given)


def of_its_own_shape(part: str, file: FileStorage) -> str:
    """Return under which name the file of a mapping is kept: its own; RequestError R487."""
    given = file.filename or ""
    if _FILE_NAME.fullmatch(given) and ".." not in given and len(given.encode()) <= _NAME_BYTES:
        return given
    raise _no_file(part, given)


def take_upload(house: House, name_of: Callable[[str, FileStorage], str] = name_by_part) -> Upload:
    """Return the files of the request under way, written into a folder of their own under the names of `name_of`.

    415 unless it is a form with files; RequestError R487 for a part that
    is no file of the ledger. Nothing is left behind by what is refused.
    """
    if request.mimetype != "multipart/form-data":
        raise UnsupportedMediaType("Send the files as multipart/form-data, a part for each table.")
    folder = house.settings.upload_dir / house.new_id()
    folder.mkdir(parents=True, mode=0o700)
    try:
        content = hashlib.sha256()
        names = list(_written(folder, content, name_of))
        if not names:
            raise RequestError("R487", "No file came.", remedy="Send parts such as customers and invoices.")
        for name in ("mapping", "differing"):
            content.update(f"\0{name}={request.form.get(name, '')}".encode())
        return Upload(folder, ", ".join(names)[:400], content.hexdigest())
    except BaseException:
        discard(folder)
        raise


def holds_standings(upload: Upload, mapping: LedgerMapping | None) -> bool:
    """Return whether the files say grades and limits, which not everybody may record who may write the ledger."""
    is_named = any(path.stem == Table.STANDINGS for path in upload.folder.iterdir())
    return is_named or (mapping is not None and Table.STANDINGS in mapping.columns)


def _written(folder: Path, content: "hashlib._Hash", name_of: Callable[[str, FileStorage], str]) -> Iterator[str]:
    for part, file in sorted(request.files.items(multi=True), key=lambda item: item[0]):
        path = folder / name_of(part, file)
        if path.exists():
            raise RequestError("R487", f"The part {part[:60]!r} came twice.", remedy="Send one file for each table.")
        content.update(f"\0{path.name}\0".encode())
        with path.open("wb") as kept:
            while chunk := file.stream.read(_CHUNK):
                content.update(chunk)
                kept.write(chunk)
        yield path.name


def _no_file(part: str, given: str) -> RequestError:
    return RequestError(
        "R487",
        f"The part {part[:60]!r} with the file {given[:60]!r} is no file of the ledger.",
        remedy=f"Name parts {', '.join(Table)} and files .csv, .xlsx or .parquet; with a mapping the part is `file`.",
    )
