"""A search asked for on the command line: read, checked, run with progress, written, shown."""

from collections.abc import Sequence
from datetime import date
from time import perf_counter

from policy_service.cli import output
from policy_service.domain.days import day_number
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
from simulations.cli.seek_summary import show_search
from simulations.search.conditions import read_conditions
from simulations.search.dials import dials_of
from simulations.search.goal_search import search_goal, search_report, search_rows
from simulations.search.seeking import MOST_DIALS, Verdict

_MET, _NOT_MET = 0, 1


def run_search(
    asked: SearchAsked,
    parameters: Sequence[str],
    goals: Sequence[str],
    kept: Sequence[str],
    judge_from: date | None,
    most_runs: int,
) -> int:
    """Run, write and show the search; return the exit code."""
    policy = policy_asked(asked)
    dials = dials_of(parameters, policy, MOST_DIALS)
    wanted, keeping = read_conditions(goals, policy), read_conditions(kept, policy)
    history = history_asked(asked, policy)
    with output.progress(said("seeking", asked.language)) as advance:
        found = search_goal(
            history,
            dials,
            wanted,
            keeping,
            judged_from=None if judge_from is None else day_number(judge_from),
            most_runs=most_runs,
            threads=asked.runs_at_a_time,
            advance=advance,
            clock=perf_counter,
        )
    write_answer(asked, lambda: search_report(found), lambda: search_rows(found))
    show_search(found, asked.language)
    say_what_was_written(asked)
    if not is_confirmed(found.sample):
        return NOT_CONFIRMED
    return _MET if found.judged.verdict in (Verdict.MET, Verdict.ALREADY_MET) else _NOT_MET
