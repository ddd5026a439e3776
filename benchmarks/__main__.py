"""`python -m benchmarks`: measure and print; `--write` makes docs/reference/benchmarks.md of it."""

from collections.abc import Callable
from datetime import UTC, datetime

import click

from benchmarks import (
    compile_time,
    console_lists,
    decisions_over_http,
    facts_and_files,
    impact_of_edits,
    live_decision,
    measured,
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


@click.command()
@click.option("--only", type=click.Choice(list(BENCHMARKS)), multiple=True, help="Measure just this; may be repeated.")
@click.option("--quick", is_flag=True, help="Tiny sizes, to see that everything works.")
@click.option(
    "--long", "is_long", is_flag=True, help="A million decisions for memory, 200,000 over HTTP, 100 million orders."
)
@click.option("--write", is_flag=True, help="Write what was measured into docs/reference/benchmarks.md.")
def main(only: tuple[str, ...], quick: bool, is_long: bool, write: bool) -> None:
    """Measure decisions, facts, files, replays, edits, lists and pulls against peers in the same run."""
    if write and quick:
        raise click.UsageError("--write documents measurements at full size: leave out --quick.")
    counts = QUICK if quick else LONG if is_long else Counts()
    sections = []
    for name in only or BENCHMARKS:
        section = BENCHMARKS[name](counts)
        sections.append(section)
        click.echo(f"{section}\n")
        if write:
            # Each at once: what comes after it may be broken off.
            today = datetime.now(tz=UTC).date().isoformat()
            measured.write(name, measured.Measured(today, measured.machine(), section), tuple(BENCHMARKS))
    if not quick:  # Sizes as tiny as these say nothing about speed.
        click.echo(promises(sections))


if __name__ == "__main__":
    main()
