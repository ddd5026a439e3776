"""A policy checked: linted, and its cases run."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from policy_service.domain.findings import Finding, Severity
from policy_service.language.definitions.dictionary_files import dictionary_of
from policy_service.language.files.cases import Case, load_cases
from policy_service.language.load import load_policy
from policy_service.language.policy import Policy
from policy_service.language.yaml_text.problems import Problems
from policy_service.language.yaml_text.yaml_reader import nearest
from policy_service.linter.lint import lint
from policy_service.services.cases import CasesReport, run_cases


@dataclass(frozen=True, slots=True)
class Checked:
    """A policy with what the linter found and how its cases ran."""

    policy: Policy
    folder: Path
    findings: tuple[Finding, ...]
    cases: CasesReport

    @property
    def is_publishable(self) -> bool:
        """Whether nothing found is an error and every case passed."""
        return self.cases.passed and all(finding.severity is not Severity.ERROR for finding in self.findings)


def check(folder: Path, rules_dir: Path, cases_file: Path | None = None) -> Checked:
    """Load, lint and run the cases of the policy in `folder`; PolicyTextError where it cannot be read.

    L364 for a case that gives a fact nobody declared: what it says would not be of that customer.
    """
    dictionary = dictionary_of(folder, rules_dir)
    policy = load_policy(folder, dictionary)
    file = cases_file or folder / "cases.yaml"
    cases: Sequence[Case] = load_cases(file) if file.is_file() else ()
    refuse_unknown_facts(cases, (*dictionary.facts, *policy.outputs))
    return Checked(policy, folder, lint(policy), run_cases(policy, cases))


def refuse_unknown_facts(cases: Sequence[Case], known: Sequence[str]) -> None:
    """Return if every fact that the cases give is known by name; PolicyNotReadable with L364 for each other."""
    problems = Problems()
    for case in cases:
        for name in case.facts:
            if name not in known:
                near = nearest(name, known)
                remedy = f'Did you mean "{near}"?' if near else "Declare it in facts.yaml, or take it out."
                problems.report("L364", f'the case "{case.name}" gives {name}, which is no fact.', case.place, remedy)
    problems.raise_if_any()
