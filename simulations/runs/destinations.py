"""The files of a finished run: its report as JSON and as a workbook, and the table of all customers."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Final, TypeAlias

from simulations.report.contents import report_bytes
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


# What a kind of file needs is loaded by a run that writes one: a workbook's library takes as long to load as a policy.
def _write_csv(simulation: Simulation, _: str, file: Path) -> None:
    from simulations.report.customer_files import write_csv  # noqa: PLC0415

    write_csv(file, simulation.comparison, simulation.circumstances)


def _write_parquet(simulation: Simulation, _: str, file: Path) -> None:
    from simulations.report.customers_in_parquet import write_parquet  # noqa: PLC0415

    write_parquet(file, simulation.comparison, simulation.circumstances)


def _write_workbook(simulation: Simulation, _: str, file: Path) -> None:
    from simulations.report.workbook import write_workbook  # noqa: PLC0415

    write_workbook(file, simulation.comparison, simulation.circumstances)


def _write_page(simulation: Simulation, language: str, file: Path) -> None:
    from simulations.report.page.writing import write_page  # noqa: PLC0415

    write_page(file, simulation.comparison, simulation.circumstances, language)


_WRITERS: Final[Mapping[str, _Write]] = {
    "json": _write_json,
    "csv": _write_csv,
    "parquet": _write_parquet,
    "xlsx": _write_workbook,
    "html": _write_page,
}
