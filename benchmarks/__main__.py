"""`python -m benchmarks`: measure and print; `--write` makes docs/reference/benchmarks.md of it."""

import os
import platform
from collections.abc import Callable
from pathlib import Path

import click

from benchmarks import (
    compile_time,
    console_lists,
    decisions_over_http,
    facts_and_files,
    impact_of_edits,
    live_decision,
    memory,
    pull_speed,
    replay_speed,
    table_sizes,
)
from benchmarks.counts import LONG, QUICK, Counts
from benchmarks.report import Section, promises

BENCHMARKS: dict[str, Callable[[Counts], Section]] = {
    "live": live_decision.run,
    "rows": table_sizes.run,
    "compile": compile_time.run,
    "memory": memory.run,
    "facts": facts_and_files.run,
    "http": decisions_over_http.run,
    "replay": replay_speed.run,
    "edits": impact_of_edits.run,
    "console": console_lists.run,
    "pull": pull_speed.run,
}
DOCUMENT = Path(__file__).parents[1] / "docs" / "reference" / "benchmarks.md"
_HEAD = """# Benchmarks

Written by `./run benchmark --write`, so that it says what was measured. {machine}.

Times are medians of interleaved rounds, ratios medians of the ratios within a round: a busy machine slows all
contenders of a round alike, so ratios hold where times do not, and need not be the quotients of the times shown.
`./run benchmark --only NAME` measures one of {names}; `--quick` shows that all of it works; `--long` decides a
million times, 200,000 times over HTTP, and replays 100 million orders in ten ledgers."""


@click.command()
@click.option("--only", type=click.Choice(list(BENCHMARKS)), multiple=True, help="Measure just this; may be repeated.")
@click.option("--quick", is_flag=True, help="Tiny sizes, to see that everything works.")
@click.option(
    "--long", "is_long", is_flag=True, help="A million decisions for memory, 200,000 over HTTP, 100 million orders."
)
@click.option("--write", is_flag=True, help="Write docs/reference/benchmarks.md; needs every benchmark.")
def main(only: tuple[str, ...], quick: bool, is_long: bool, write: bool) -> None:
    """Measure decisions, facts, files, replays, edits, lists and pulls against peers in the same run."""
    if write and (only or quick):
        raise click.UsageError("--write documents a whole run at full size: leave out --only and --quick.")
    counts = QUICK if quick else LONG if is_long else Counts()
    sections = []
    for name in only or BENCHMARKS:
        section = BENCHMARKS[name](counts)
        sections.append(section)
        click.echo(f"{section}\n")
    if not quick:  # Sizes as tiny as these say nothing about speed.
        click.echo(promises(sections))
    if write:
        DOCUMENT.parent.mkdir(parents=True, exist_ok=True)
        DOCUMENT.write_text(document(sections), "utf-8")


def document(sections: list[Section]) -> str:
    """Return the page that documents a run."""
    head = _HEAD.format(machine=machine(), names=", ".join(f"`{name}`" for name in BENCHMARKS))
    return "\n\n".join([head, promises(sections), *map(str, sections)]) + "\n"


def machine() -> str:
    """Return what anyone may know of this machine."""
    python = f"{platform.python_implementation()} {platform.python_version()}"
    return f"{os.cpu_count()} processors ({platform.machine()}), {platform.system()}, {python}"


if __name__ == "__main__":
    main()
