"""What `policy sweep` and `policy seek` have in common: the question read, the answer written and believed or not."""

import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from rich.markup import escape

from policy_service.cli import output
from policy_service.cli.ledger_options import the_policy
from policy_service.language.policy import Policy
from simulations.cli.named_history import named_history
from simulations.cli.running import load_with_word
from simulations.cli.search_wording import said
from simulations.cli.timing import Stopwatch
from simulations.cli.wording import word
from simulations.report.contents import Report, report_bytes
from simulations.report.customer_files import write_rows
from simulations.report.punctuation import COLON
from simulations.runs.assumptions import Assumed, costs_of, options_of
from simulations.runs.errors import not_confirmed
from simulations.runs.simulation import Candidate, check
from simulations.runs.whole_files import Write, check_files, write_whole
from simulations.search.asked import Asked
from simulations.search.trust import Sample
from simulations.stress.applying import stressed
from simulations.stress.reading import read_stress

NOT_CONFIRMED = 1


@dataclass(frozen=True, slots=True)
class SearchAsked:
    """What a command was asked, as it was given: the policy, the ledger, what is assumed, and where answers go."""

    policy_name: str | None
    ledger_folder: Path | None
    mapping: str | None
    assumed: Assumed
    stress: Sequence[str]
    json: Path | None
    csv: Path | None
    threads: int | None
    language: str

    @property
    def files(self) -> Mapping[str, Path]:
        """The files to be written, by kind."""
        every = {"json": self.json, "csv": self.csv}
        return {kind: file for kind, file in every.items() if file is not None}

    @property
    def runs_at_a_time(self) -> int:
        """How many threads there are to run on."""
        return self.threads or os.cpu_count() or 1


def policy_asked(asked: SearchAsked) -> Policy:
    """Return the policy in question; refuse files that cannot be written before anything else is read."""
    check_files(list(asked.files.values()))
    return the_policy(asked.policy_name)


def history_asked(asked: SearchAsked, policy: Policy) -> Asked:
    """Return the policy over the history that was named, under the stresses that were; refuse what cannot be run."""
    stresses = [read_stress(text) for text in asked.stress]
    snapshot = named_history(asked.ledger_folder, asked.mapping, policy.currency, policy.facts)
    options = options_of(asked.assumed, snapshot)
    check(snapshot, None, Candidate(policy), options)
    worse = stressed(snapshot, stresses, options.begins) if stresses else None
    load_with_word([policy], Stopwatch(), asked.language)
    history = worse.snapshot if worse else snapshot
    return Asked(history, policy, options, costs_of(asked.assumed, policy.currency), worse)


def write_answer(asked: SearchAsked, report: Callable[[], Report], rows: Callable[[], Iterable[Sequence[str]]]) -> None:
    """Write the files that were asked for, all of them or none."""
    writers: Mapping[str, Write] = {
        "json": lambda file: _write_json(file, report()),
        "csv": lambda file: write_rows(file, rows()),
    }
    write_whole({file: partial(writers[kind]) for kind, file in asked.files.items()})


def say_what_was_written(asked: SearchAsked) -> None:
    """Name the files that were written."""
    for file in asked.files.values():
        output.out.print(f"{word('written', asked.language)}{COLON[asked.language]}{escape(str(file))}")


def say_sample(sample: Sample, runs: int, language: str) -> None:
    """Say how many of the sampled orders the live engines decide alike."""
    colour = "green" if sample.is_confirmed else "red"
    agreed = f"{sample.orders - len(sample.disagreements):,} / {sample.orders:,}"
    output.out.print(f"\n[{colour}]{agreed}[/{colour}] {said('sampled', language, runs=runs)}")


def is_confirmed(sample: Sample) -> bool:
    """Return whether the live engines decide the sample alike; if not, show E014."""
    if not sample.is_confirmed:
        output.show_errors([not_confirmed(sample.orders, sample.disagreements)])
    return sample.is_confirmed


def _write_json(file: Path, report: Report) -> None:
    file.write_bytes(report_bytes(report) + b"\n")
