"""A simulation asked for on the command line: read, checked, run with progress, written, shown."""

import gc
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Future
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING, Final

from rich.markup import escape

from policy_service.cli import output
from policy_service.cli.ledger_options import the_policy
from policy_service.language.definitions.dictionary import FactDictionary
from policy_service.language.policy import Policy
from simulations.accounting.costs import Costs
from simulations.cli.named_history import is_prepared, named_history, snapshot_of_import
from simulations.cli.summary import show_summary, show_times
from simulations.cli.timing import Stopwatch
from simulations.cli.wording import word
from simulations.comparison.run_key import RECORDED
from simulations.executors.choosing import Workforce
from simulations.ledger_snapshot.snapshot import Snapshot
from simulations.replay.options import Options
from simulations.report.punctuation import COLON
from simulations.runs.assumptions import Assumed, costs_of, options_of
from simulations.runs.destinations import Destinations, check_destinations, write_results
from simulations.runs.errors import not_confirmed
from simulations.runs.loading import is_compiled, load_from_cache
from simulations.runs.simulation import Baseline, Candidate, Simulation, Step, Tell, check, simulate
from simulations.stress.reading import Stress, read_stress

if TYPE_CHECKING:
    from policy_service.ledger.report import ImportResult
    from simulations.stress.applying import Stressed

_DONE, _NOT_CONFIRMED = 0, 1
#: How much of a bar each step is, of a hundred.
_SHARES: Final = {Step.REPLAYING: 80, Step.COMPARING: 5, Step.CAUSES: 5, Step.SAMPLE: 10}


@dataclass(frozen=True, slots=True)
class Asked:
    """What the command was asked for, as it was given."""

    ledger_folder: Path | None
    mapping: str | None
    baseline: str
    candidate: str
    assumed: Assumed
    capacities: Sequence[tuple[str, int]]
    stress: Sequence[str]
    files: Mapping[str, Path | None]
    workforce: Workforce
    checkpoints: Path | None
    language: str


def run_simulation(asked: Asked, loading: Future[None]) -> int:
    """Run, write and show the simulation; return the exit code.

    `loading` is the compiled code of every run on its way from the cache.
    """
    watch = Stopwatch()
    destinations = Destinations(**asked.files, language=asked.language)
    check_destinations(destinations)
    stresses = [read_stress(text) for text in asked.stress]
    candidate = Candidate(the_policy(asked.candidate))
    baseline = None if asked.baseline == RECORDED else Candidate(the_policy(asked.baseline))
    snapshot = named_history(asked.ledger_folder, asked.mapping, candidate.policy.currency, _facts(baseline, candidate))
    options = options_of(asked.assumed, snapshot)
    costs = replace(
        costs_of(asked.assumed, candidate.policy.currency), capacities=tuple(sorted(dict(asked.capacities).items()))
    )
    worse = _stressed(snapshot, stresses, options.begins) if stresses else None
    watch.ended("ledger")
    loading.result()
    folder = asked.ledger_folder if is_prepared(asked.ledger_folder) else None
    question = _Question(snapshot, baseline, candidate, options, costs, worse, folder)
    by = _Means(asked.workforce, asked.checkpoints)
    return _run_and_show(question, watch, destinations, by, asked.language)


def simulate_imported(
    result: "ImportResult", sides: tuple[Policy, Policy], window: tuple[int, int], page: Path, language: str
) -> int:
    """Simulate baseline and candidate over a window of an imported ledger, show it and write its page.

    Return the exit code.
    """
    watch = Stopwatch(started=None)
    destinations = Destinations(html=page, language=language)
    check_destinations(destinations)
    question = _Question(
        snapshot_of_import(result), Candidate(sides[0]), Candidate(sides[1]), Options(*window), Costs()
    )
    watch.ended("ledger")
    by = _Means(Workforce(threads=os.cpu_count() or 1))
    return _run_and_show(question, watch, destinations, by, language)


@dataclass(frozen=True, slots=True)
class _Question:
    """What is simulated: the words of `simulate`; `stress` is there if the ledger is not taken as recorded.

    `folder` is where the ledger as recorded is mapped from, if it is.
    """

    snapshot: Snapshot
    baseline: Baseline
    candidate: Candidate
    options: Options
    costs: Costs
    stress: "Stressed | None" = None
    folder: Path | None = None


@dataclass(frozen=True, slots=True)
class _Means:
    """Who does the run, and where finished chunks are kept."""

    workforce: Workforce
    checkpoints: Path | None = None


def _run_and_show(question: _Question, watch: Stopwatch, destinations: Destinations, by: _Means, language: str) -> int:
    # What can be refused at once is refused before anything is compiled.
    check(question.snapshot, question.baseline, question.candidate, question.options, question.costs)
    sides = (question.candidate, question.baseline)
    load_with_word([side.policy for side in sides if side], watch, language)
    with output.progress(word("simulating", language)) as advance, loaded_for_good():
        simulation = _simulated(question, by, _telling(advance, watch))
    watch.ended(list(Step)[-1])
    write_results(simulation, destinations)
    if question.stress is not None:
        _show_stress(simulation, question.stress, question.candidate.policy, language)
    show_summary(simulation, question.candidate.policy, language)
    for file in destinations.named().values():
        output.out.print(f"{word('written', language)}{COLON[language]}{escape(str(file))}")
    show_times(simulation.circumstances.seconds, watch, language)
    return _confirmed(simulation)


@contextmanager
def loaded_for_good() -> Iterator[None]:
    """Have garbage looked for only in what is made from now on."""
    gc.freeze()
    try:
        yield
    finally:
        gc.unfreeze()


# What stresses need is not waited for where none is asked for.
def _stressed(snapshot: Snapshot, stresses: Sequence[Stress], begins: int) -> "Stressed":
    from simulations.stress.applying import stressed  # noqa: PLC0415

    return stressed(snapshot, stresses, begins)


def _show_stress(simulation: Simulation, stress: "Stressed", policy: Policy, language: str) -> None:
    from simulations.cli.stress_summary import show_stress  # noqa: PLC0415

    show_stress(simulation, stress.effects, policy, language)


def _run_of(question: _Question) -> Callable[..., Simulation]:
    if question.stress is None:
        return partial(simulate, question.snapshot)
    from simulations.runs.stressed_simulation import simulate_stressed  # noqa: PLC0415

    return partial(simulate_stressed, question.stress)


def _simulated(question: _Question, by: _Means, tell: Tell) -> Simulation:
    with by.workforce.at_work() as executor:
        return _run_of(question)(
            question.baseline,
            question.candidate,
            question.options,
            question.costs,
            tell=tell,
            clock=perf_counter,
            executor=executor,
            folder=question.folder,
            checkpoints=by.checkpoints,
        )


def load_with_word(policies: Sequence[Policy], watch: Stopwatch, language: str) -> None:
    """Load the compiled code that these policies need; where it is to be compiled, say so, and how long it took."""
    if is_compiled(*policies):
        load_from_cache(*policies)
        watch.ended("compiled_code")
        return
    # What compiles is not waited for where all is compiled.
    from simulations.runs.compiling import load_compiled  # noqa: PLC0415

    output.err.print(word("compiling", language))
    with output.progress(word("compiling_bar", language)):
        load_compiled(*policies)
    output.err.print(word("compiled", language).format(seconds=watch.ended("compiled_code")))


def _facts(baseline: Baseline, candidate: Candidate) -> FactDictionary:
    return {**(baseline.policy.facts if baseline else {}), **candidate.policy.facts}


def _telling(advance: output.Advance, watch: Stopwatch) -> Tell:
    steps = list(_SHARES)
    at = steps[0]

    def tell(step: Step, done: int, total: int) -> None:
        nonlocal at
        if step is not at:
            watch.ended(at)
            at = step
        before = sum(_SHARES[other] for other in steps[: steps.index(step)])
        advance(before + _SHARES[step] * done // max(total, 1), sum(_SHARES.values()))

    return tell


def _confirmed(simulation: Simulation) -> int:
    if simulation.is_confirmed:
        return _DONE
    orders = simulation.circumstances.re_decided
    output.show_errors([not_confirmed(orders, simulation.disagreements)])
    return _NOT_CONFIRMED
