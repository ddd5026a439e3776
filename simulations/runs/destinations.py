"""The files of a finished run: each written beside its place, and moved there when all of them are whole."""

import os
import shutil
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import mkstemp
from typing import Final, TypeAlias

from xlsxwriter.exceptions import XlsxWriterException

from policy_service.domain.errors import RequestError
from simulations.report.contents import report_bytes
from simulations.report.customer_files import write_csv, write_parquet
from simulations.report.page.writing import write_page
from simulations.report.workbook import write_workbook
from simulations.runs.errors import not_written
from simulations.runs.simulation import Simulation

_Write: TypeAlias = Callable[[Path, Simulation, str], None]


@dataclass(frozen=True, slots=True)
class Destinations:
    """Where a run's report goes, as JSON, workbook and page, and the table of all customers; none: not written.

    `language` ("en" or "zh") is that of the page.
    """

    json: Path | None = None
    csv: Path | None = None
    parquet: Path | None = None
    xlsx: Path | None = None
    html: Path | None = None
    language: str = "en"

    def named(self) -> Mapping[str, Path]:
        """Return those that are to be written, by kind."""
        every = {"json": self.json, "csv": self.csv, "parquet": self.parquet, "xlsx": self.xlsx, "html": self.html}
        return {kind: file for kind, file in every.items() if file is not None}


def check_destinations(destinations: Destinations) -> None:
    """Refuse, before anything is run, what cannot be written to; RequestError R513 names it."""
    files = list(destinations.named().values())
    for number, file in enumerate(files):
        if file.is_dir():
            raise not_written(file.name, "it is a folder")
        if file.resolve() in {other.resolve() for other in files[:number]}:
            raise not_written(file.name, "another result goes there, too")
        with _refusing(file):
            _partial(file).unlink()


def write_results(simulation: Simulation, destinations: Destinations) -> None:
    """Write all files or none; RequestError R513 names the one that cannot be written.

    What stood there before stays as it is until all are whole. What is no file (a pipe, a device) is written into.
    """
    beside: dict[Path, Path] = {}
    try:
        for kind, file in destinations.named().items():
            with _refusing(file):
                beside[file] = _partial(file)
                _WRITERS[kind](beside[file], simulation, destinations.language)
                _onto_disk(beside[file])
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
    except (OSError, XlsxWriterException) as error:
        raise _refusal(file, error) from error


def _refusal(file: Path, error: Exception) -> RequestError:
    said = error.strerror if isinstance(error, OSError) else None
    return not_written(file.name, said or str(error)[:200])


def _onto_disk(path: Path) -> None:
    with path.open("rb") as file:
        os.fsync(file.fileno())


def _write_json(file: Path, simulation: Simulation, _: str) -> None:
    file.write_bytes(report_bytes(simulation.report) + b"\n")


_WRITERS: Final[Mapping[str, _Write]] = {
    "json": _write_json,
    "csv": lambda file, simulation, _: write_csv(file, simulation.comparison, simulation.circumstances),
    "parquet": lambda file, simulation, _: write_parquet(file, simulation.comparison, simulation.circumstances),
    "xlsx": lambda file, simulation, _: write_workbook(file, simulation.comparison, simulation.circumstances),
    "html": lambda file, simulation, language: write_page(
        file, simulation.comparison, simulation.circumstances, language
    ),
}
