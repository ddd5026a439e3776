"""The files of a finished run: its report as JSON and as a workbook, and the table of all customers."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Final, TypeAlias

from simulations.report.contents import report_bytes
from simulations.report.customer_files import write_csv, write_parquet
from simulations.report.page.writing import write_page
from simulations.report.workbook import write_workbook
from simulations.runs.simulation import Simulation
from simulations.runs.whole_files import check_files, write_whole

_Write: TypeAlias = Callable[[Simulation, str, Path], None]


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
    check_files(list(destinations.named().values()))


def write_results(simulation: Simulation, destinations: Destinations) -> None:
    """Write all files or none, as `write_whole` does; RequestError R513 names the one that cannot be written."""
    language = destinations.language
    write_whole({file: partial(_WRITERS[kind], simulation, language) for kind, file in destinations.named().items()})


def _write_json(simulation: Simulation, _: str, file: Path) -> None:
    file.write_bytes(report_bytes(simulation.report) + b"\n")


_WRITERS: Final[Mapping[str, _Write]] = {
    "json": _write_json,
    "csv": lambda simulation, _, file: write_csv(file, simulation.comparison, simulation.circumstances),
    "parquet": lambda simulation, _, file: write_parquet(file, simulation.comparison, simulation.circumstances),
    "xlsx": lambda simulation, _, file: write_workbook(file, simulation.comparison, simulation.circumstances),
    "html": lambda simulation, language, file: write_page(
        file, simulation.comparison, simulation.circumstances, language
    ),
}
