"""Simulations done: over the ledger as it is when they begin, to files that are kept for a while."""

import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from time import perf_counter
from typing import Any, Final, TypeAlias

from policy_service.domain.instants import DAY, Instant
from policy_service.services.house import House
from policy_service.services.running_jobs import RunningJob
from policy_service.settings import Settings
from policy_service.storage.simulation_store import Outcome, SimulationStore
from simulations.behind.writing import every_cause, write_behind
from simulations.executors.choosing import ExecutorKind, Workforce
from simulations.executors.port import Executor
from simulations.jobs.asked import Question, fields_named, question_of
from simulations.jobs.in_short import seek_in_short, simulation_in_short, sweep_in_short
from simulations.jobs.watch import Watch, watched
from simulations.ledger_snapshot.snapshot import Snapshot
from simulations.report.contents import Report, report_bytes
from simulations.report.customer_files import write_rows
from simulations.report.summary import summary_of
from simulations.runs.compiling import load_compiled
from simulations.runs.destinations import Destinations, write_results
from simulations.runs.disagreement import Disagreement
from simulations.runs.errors import not_confirmed, not_written
from simulations.runs.replaying import Means
from simulations.runs.simulation import Simulation, Step, check, simulate
from simulations.runs.stressed_simulation import simulate_stressed
from simulations.search.asked import Asked
from simulations.search.goal_search import search_goal, search_report, search_rows
from simulations.search.sweep import sweep, sweep_report, sweep_rows
from simulations.stored.current_snapshot import StoredSnapshot, current_snapshot
from simulations.stored.results import checkpoints_folder, write_result
from simulations.stress.applying import Stressed, stressed

#: What a job does before it computes, and after.
_BEFORE: Final = ("ledger", "code")
_AFTER: Final = ("files",)
_STEPS: Final[Mapping[str, tuple[str, ...]]] = {
    "simulation": (*_BEFORE, *Step, "behind", *_AFTER),
    "sweep": (*_BEFORE, "runs", *_AFTER),
    "seek": (*_BEFORE, "runs", *_AFTER),
}

#: From so many orders on processes do the work, beside that in which requests are answered.
_LARGE: Final = 200_000

#: Fills a folder with the files of a result.
_Write: TypeAlias = Callable[[Path], None]


@dataclass(frozen=True, slots=True)
class _Found:
    """What a run came to: its key, how many orders the live engines decided again, which otherwise, and its files.

    `in_short` are the figures that lists of runs show, `summary` is what is kept of a simulation beside these.
    """

    key: str
    orders: int
    disagreements: Sequence[Disagreement]
    write: _Write
    in_short: Mapping[str, Any]
    summary: Mapping[str, Any] | None = None


def do_simulation(house: House, job: RunningJob) -> Mapping[str, object]:
    """Do a simulation, a sweep or a search that somebody asked for, keep its files, and return what it is known by.

    A job whose worker died is done again, from the beginning or from what it had reached. What the live engines do
    not confirm has failed (EngineFault E014), and leaves no result.
    """
    with house.database.reading() as session:
        kept = SimulationStore(session).load(job.job_id)
        texts = SimulationStore(session).texts(job.job_id)
    question = question_of(kept.kind, kept.request, *texts)
    with watched(house, job, _STEPS[kept.kind]) as watch:
        ledger_at = job.now()
        with current_snapshot(house, partial(watch.tell, "ledger")) as history:
            with watch.ending(), fields_named():
                found = _found(house, question, history, watch)
            if found.disagreements:
                raise not_confirmed(found.orders, found.disagreements)
            outcome = _kept(house, job, found, history.snapshot.hash, ledger_at)
    with house.database.writing() as session:
        store = SimulationStore(session)
        store.tell(job.job_id, "files", 1, 1)
        store.finish(job.job_id, job.now(), outcome)
    return {"key": outcome.run_key, "ledger_hash": outcome.ledger_hash, "in_short": found.in_short}


def _kept(house: House, job: RunningJob, found: _Found, ledger_hash: str, ledger_at: Instant) -> Outcome:
    try:
        files = write_result(house.settings, job.job_id, found.write)
    except OSError as error:
        raise not_written("result", error.strerror or type(error).__name__) from error
    expires_at = job.now() + house.settings.simulation_result_days * DAY
    return Outcome(found.key, ledger_hash, ledger_at, files, expires_at, found.summary)


def _found(house: House, question: Question, history: StoredSnapshot, watch: Watch) -> _Found:
    snapshot = history.snapshot
    options = question.options(snapshot)
    check(snapshot, question.baseline, question.candidate, options, question.costs)
    watch.tell("code", 0, 1)
    baseline = () if question.baseline is None else (question.baseline.policy,)
    load_compiled(question.candidate.policy, *baseline)
    worse = stressed(snapshot, question.stress, options.begins) if question.stress else None
    if question.dials:
        searched = _searched(question, snapshot, worse, watch)
        watch.tell("files", 0, 1)
        return searched
    with workforce(house.settings, snapshot).at_work() as executor:
        return _simulated(house, question, history, worse, watch, executor)


def _simulated(
    house: House, question: Question, history: StoredSnapshot, worse: Stressed | None, watch: Watch, executor: Executor
) -> _Found:
    asked = (question.baseline, question.candidate, question.options(history.snapshot), question.costs)
    snapshot = worse.snapshot if worse else history.snapshot
    run = partial(simulate, snapshot) if worse is None else partial(simulate_stressed, worse)
    found = run(
        *asked,
        tell=watch.tell,
        clock=perf_counter,
        executor=executor,
        folder=history.folder,
        checkpoints=checkpoints_folder(house.settings),
        stop=lambda: watch.is_stopped,
    )
    means = Means(executor, None if worse else history.folder, stop=lambda: watch.is_stopped)
    watch.tell("behind", 0, 1)
    causes = every_cause(found.comparison, found.circumstances.causes, snapshot, means)

    def write(folder: Path) -> None:
        write_behind(folder, found.comparison, causes, snapshot, partial(watch.tell, "behind"))
        watch.tell("files", 0, 1)
        _write_simulation(found, folder)

    return _Found(
        found.comparison.key,
        found.circumstances.re_decided,
        found.disagreements,
        write,
        simulation_in_short(found.report, snapshot.currency.code),
        summary_of(found.report),
    )


def _searched(question: Question, snapshot: Snapshot, worse: Stressed | None, watch: Watch) -> _Found:
    history = worse.snapshot if worse else snapshot
    asked = Asked(history, question.candidate.policy, question.options(snapshot), question.costs, worse)
    told = partial(watch.tell, "runs")
    if question.kind == "sweep":
        found = sweep(
            asked,
            question.dials,
            most_runs=question.most_runs,
            threads=_threads(),
            advance=told,
            clock=perf_counter,
        )
        swept = sweep_report(found)
        write = partial(_write_search, swept, lambda: sweep_rows(found))
        return _Found(found.key, found.sample.orders, found.sample.disagreements, write, sweep_in_short(swept))
    sought = search_goal(
        asked,
        question.dials,
        question.goals,
        question.kept,
        judged_from=question.judge_from,
        most_runs=question.most_runs,
        threads=_threads(),
        advance=told,
        clock=perf_counter,
    )
    told_of = search_report(sought)
    write = partial(_write_search, told_of, lambda: search_rows(sought))
    return _Found(sought.key, sought.sample.orders, sought.sample.disagreements, write, seek_in_short(told_of))


def workforce(settings: Settings, snapshot: Snapshot) -> Workforce:
    """Return who does the chunks of a run: the cluster that settings name, else processes of this machine.

    A small ledger is done by threads sooner than a process has begun.
    """
    if settings.simulation_scheduler:
        return Workforce(ExecutorKind.DASK, scheduler=settings.simulation_scheduler)
    orders = len(snapshot.orders.date if snapshot.has_orders_file else snapshot.invoices.ordered)
    kind = ExecutorKind.IN_PROCESS if orders < _LARGE else ExecutorKind.PROCESSES
    return Workforce(kind, _threads(), _threads())


def _threads() -> int:
    return os.cpu_count() or 1


def _write_simulation(simulation: Simulation, folder: Path) -> None:
    write_results(
        simulation,
        Destinations(
            json=folder / "report.json",
            csv=folder / "customers.csv",
            parquet=folder / "customers.parquet",
            xlsx=folder / "report.xlsx",
            html=folder / "report.html",
        ),
    )
    write_results(simulation, Destinations(html=folder / "report.zh.html", language="zh"))


def _write_search(report: Report, rows: Callable[[], Iterable[Sequence[str]]], folder: Path) -> None:
    (folder / "report.json").write_bytes(report_bytes(report) + b"\n")
    write_rows(folder / "figures.csv", rows())
