"""Whether memory stays flat: over very many decisions, and over very many reloads of a policy.

Each runs in a process of its own, so that memory freed by another benchmark cannot hide a leak.
"""

import gc
import multiprocessing
import os
import resource
import sys
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from itertools import count, cycle, islice
from pathlib import Path

from benchmarks.counts import Counts
from benchmarks.report import Grid, Section, Target
from benchmarks.sample import default_policy, samples
from policy_service.language.load import load_policy
from policy_service.services.engine_pair import EnginePair
from policy_service.services.named_policies import find_policy
from policy_service.settings import read_settings

#: So much of the work is done before memory is first read.
_WARM_UP = 10
_MEGABYTE = 1_048_576


@dataclass(frozen=True, slots=True)
class Growth:
    """Resident memory after the warm-up and at the end, in MB, and how much work lay between."""

    before: float
    after: float
    times: int
    seconds: float

    @property
    def megabytes(self) -> float:
        """How much it grew."""
        return self.after - self.before


def run(counts: Counts) -> Section:
    """Measure decisions, reloads of one version, and reloads of ever new versions."""
    decided = _in_a_child(many_decisions, counts)
    reloaded = _in_a_child(many_reloads, counts)
    renewed = _in_a_child(many_versions, counts)
    work = {
        "live decisions, both engines": decided,
        "reloads of one version": reloaded,
        "reloads from YAML, each a new version": renewed,
    }
    rows = tuple((name, one.times, one.before, one.after, one.megabytes, one.seconds) for name, one in work.items())
    return Section(
        "Memory",
        "Resident memory of a process of its own, read after a tenth of the work and at the end. A live decision is "
        "one chain under both engines; a reload makes both engines of the default policy and closes them.",
        (Grid(("", "times", "after warm-up, MB", "at the end, MB", "growth, MB", "seconds"), rows),),
        (),
        (
            Target(f"Growth over {decided.times:,} decisions, MB", decided.megabytes, 2.0),
            Target(f"Growth over {reloaded.times:,} reloads, MB", reloaded.megabytes, 4.0),
        ),
    )


def many_decisions(counts: Counts) -> Growth:
    """Decide the sample again and again."""
    pair = EnginePair(default_policy())
    taken = [one for decisions in samples(counts.customers, counts.invoices) for one in decisions.values()]
    asked = cycle(taken)

    def work(times: int) -> None:
        for one in islice(asked, times):
            pair.decide(one.chain.decision_type, one.values)

    try:
        return _growth(work, counts.decisions)
    finally:
        pair.close()


def many_reloads(counts: Counts) -> Growth:
    """Make and close the engines of one version."""
    policy = default_policy()

    def work(times: int) -> None:
        for _ in range(times):
            EnginePair(policy).close()

    return _growth(work, counts.reloads)


def many_versions(counts: Counts) -> Growth:
    """Load versions never seen before, make their engines, each tried in a child first, and close them."""
    settings, numbers = read_settings(), count(1)
    folder = find_policy(settings.default_policy, settings.rules_dir)

    def work(times: int) -> None:
        for number in islice(numbers, times):
            policy = load_policy(folder)
            EnginePair(replace(policy, id=f"{policy.id}_{number}")).close()

    return _growth(work, max(counts.reloads // 5, 1))


def resident_megabytes() -> float:
    """Return the resident memory of this process; where the system does not say, the most it ever was."""
    statm = Path("/proc/self/statm")
    if statm.is_file():
        return int(statm.read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") / _MEGABYTE
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / _MEGABYTE if sys.platform == "darwin" else peak / 1024


def _growth(work: Callable[[int], None], times: int) -> Growth:
    work(max(times // _WARM_UP, 1))
    gc.collect()
    before, started = resident_megabytes(), time.perf_counter()
    work(times)
    seconds = time.perf_counter() - started
    gc.collect()
    return Growth(before, resident_megabytes(), times, seconds)


def _in_a_child(measure: Callable[[Counts], Growth], counts: Counts) -> Growth:
    with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn")) as pool:
        return pool.submit(measure, counts).result()
