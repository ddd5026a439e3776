"""How the command line writes: tables for people, canonical JSON for programs, progress on long work."""

import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from io import TextIOWrapper
from pathlib import Path

import click
import msgspec
from rich.console import Console
from rich.markup import escape

from policy_service.domain.days import parse_day
from policy_service.domain.errors import Place, PolicyServiceError

#: Tables want room: what is not a terminal (a file, a pipe) is taken to be this wide.
WIDTH_OF_A_FILE = 140

out = Console(highlight=False, width=None if sys.stdout.isatty() else WIDTH_OF_A_FILE)
err = Console(stderr=True, highlight=False, soft_wrap=True)

#: Told how much is done, and of how much.
Advance = Callable[[int, int], None]


class DayParameter(click.ParamType[date]):
    """An option that takes a calendar day."""

    name = "YYYY-MM-DD"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> date:
        """Return the day; fail with what was found."""
        day = value if isinstance(value, date) else parse_day(str(value))
        return day or self.fail(f"{value!r} is no calendar day. Write it as 2026-03-01.", param, ctx)


DAY = DayParameter()


def write_json(data: object) -> None:
    """Write `data` as one indented JSON text with a stable order of keys."""
    sys.stdout.write(msgspec.json.format(msgspec.json.encode(data, order="sorted"), indent=2).decode() + "\n")
    sys.stdout.flush()


def show_errors(errors: Sequence[PolicyServiceError]) -> None:
    """Write each error with its place, remedy and code on the error stream."""
    for error in errors:
        err.print(f"[red]error[/red] {escape(str(error))}")


def error_as_data(error: PolicyServiceError) -> dict[str, object]:
    """Return an error with its code, place, message and remedy as plain data."""
    place = place_as_data(error.place)
    return {"code": error.code, "place": place, "message": error.message, "remedy": error.remedy}


def place_as_data(place: Place) -> dict[str, object]:
    """Return where something stands as plain data; of the file its name alone."""
    return {"file": Path(place.file).name, "line": place.line, "row": place.row, "cell": place.cell}


def plural(count: int, one: str, many: str = "") -> str:
    """Return the count with its noun."""
    return f"{count:,} {one if count == 1 else many or one + 's'}"


def survive_narrow_encodings() -> None:
    """Let what the terminal's encoding lacks be written as an escape, not end the run."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


@contextmanager
def progress(title: str) -> Iterator[Advance]:
    """Show a bar with the time left on the error stream; silent where nobody watches."""
    if not err.is_terminal:
        yield lambda _done, _total: None
        return
    # Bars take a while to load.
    from rich.progress import (  # noqa: PLC0415
        BarColumn,
        Progress,
        TaskProgressColumn,
        TextColumn,
        TimeRemainingColumn,
    )

    columns = (TextColumn("{task.description}"), BarColumn(), TaskProgressColumn(), TimeRemainingColumn())
    with Progress(*columns, console=err, transient=True) as bars:
        task = bars.add_task(title, total=None)
        yield lambda done, total: bars.update(task, completed=done, total=total)
