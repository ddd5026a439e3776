"""A sweep asked for on the command line: read, checked, run with progress, written, shown."""

from collections.abc import Sequence
from time import perf_counter

from policy_service.cli import output
from simulations.cli.search_wording import said
from simulations.cli.searching import (
    NOT_CONFIRMED,
    SearchAsked,
    history_asked,
    is_confirmed,
    policy_asked,
    say_what_was_written,
    write_answer,
)
from simulations.cli.sweep_summary import show_sweep
from simulations.search.dials import dials_of
from simulations.search.figures import unit_of
from simulations.search.sweep import MOST_DIALS, sweep, sweep_report, sweep_rows

_DONE = 0


def run_sweep(asked: SearchAsked, parameters: Sequence[str], figures: Sequence[str], most_runs: int) -> int:
    """Run, write and show the sweep; return the exit code."""
    policy = policy_asked(asked)
    dials = dials_of(parameters, policy, MOST_DIALS)
    for name in figures:
        unit_of(name, policy)
    history = history_asked(asked, policy)
    with output.progress(said("sweeping", asked.language)) as advance:
        found = sweep(
            history, dials, most_runs=most_runs, threads=asked.runs_at_a_time, advance=advance, clock=perf_counter
        )
    write_answer(asked, lambda: sweep_report(found), lambda: sweep_rows(found))
    show_sweep(found, figures, asked.language)
    say_what_was_written(asked)
    return _DONE if is_confirmed(found.sample) else NOT_CONFIRMED
