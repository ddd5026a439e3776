"""The test cases of a version as they run now: each with its result, and the rows that none of them hits."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from policy_service.domain.errors import PolicyTextError
from policy_service.domain.values import Kind
from policy_service.language.definitions.dictionary import FactDefinition, Title
from policy_service.language.definitions.dictionary_files import dictionary_of
from policy_service.language.definitions.standing import STANDING_OUTPUTS
from policy_service.language.files.cases import CASES_FILE, Case, cases_in_text
from policy_service.language.load import load_policy
from policy_service.language.policy import Policy
from policy_service.language.rule_sets import LADDER_KINDS
from policy_service.services.cases import CaseResult, CasesReport, run_cases
from policy_service.services.policies import refuse_unknown_facts
from policy_service.services.policy_life.files import Files, laid_out, problems_of, wrong_policy

_NOT_RUN: Final = CasesReport((), ())


@dataclass(frozen=True, slots=True)
class TableRow:
    """A case, and how it ran; no result while the policy cannot be read."""

    case: Case
    result: CaseResult | None

    @property
    def has_failed(self) -> bool:
        """Whether it found something else than it expects."""
        return self.result is not None and not self.result.passed


@dataclass(frozen=True, slots=True)
class CasesTable:
    """All cases in the order of their file, and what the rule sets' rows have to do with them.

    `problems` keep the cases or the policy from being read. `facts` and `outputs` are those that a case may name.
    """

    rows: tuple[TableRow, ...]
    report: CasesReport
    policy: Policy | None
    problems: tuple[PolicyTextError, ...]
    facts: Mapping[str, FactDefinition]
    outputs: Mapping[str, Kind]

    @property
    def failed(self) -> int:
        """How many cases found something else than they expect."""
        return sum(row.has_failed for row in self.rows)

    @property
    def row_count(self) -> int:
        """How many rows all rule sets have."""
        return sum(len(one.rows) for one in self.report.coverage)

    @property
    def never_hit(self) -> int:
        """How many of them no case hits."""
        return sum(len(one.never_hit) for one in self.report.coverage)

    @property
    def kinds(self) -> Mapping[str, Kind]:
        """How values of facts and outputs are read, by name."""
        return {**{name: fact.kind for name, fact in self.facts.items()}, **self.outputs}

    @property
    def titles(self) -> Mapping[str, Title]:
        """What facts are called, by name."""
        return {name: fact.title for name, fact in self.facts.items()}


def cases_table(policy_id: str, files: Files, rules_dir: Path) -> CasesTable:
    """Return the cases of the files, run under the policy that the files describe."""
    problems: list[PolicyTextError] = []
    cases = _cases(files, problems)
    with laid_out(policy_id, files) as folder:
        facts, policy = _read(folder, rules_dir, policy_id, problems)
    report = run_cases(policy, cases) if policy else _NOT_RUN
    results = report.results or (None,) * len(cases)
    rows = tuple(TableRow(case, result) for case, result in zip(cases, results, strict=True))
    outputs = {**LADDER_KINDS, **STANDING_OUTPUTS, **(policy.outputs if policy else {})}
    return CasesTable(rows, report, policy, tuple(problems), facts, outputs)


def refuse_unread(policy_id: str, files: Files, rules_dir: Path) -> None:
    """Return if the cases give no fact but those that are declared or that a rule set sets.

    L364 for another: of such a case no check says anything. While the policy cannot be read, nothing is refused.
    """
    problems: list[PolicyTextError] = []
    with laid_out(policy_id, files) as folder:
        facts, policy = _read(folder, rules_dir, policy_id, problems)
    if policy is not None:
        refuse_unknown_facts(cases_in_text(files[CASES_FILE]), (*facts, *policy.outputs))


def _cases(files: Files, problems: list[PolicyTextError]) -> tuple[Case, ...]:
    try:
        return cases_in_text(files[CASES_FILE]) if CASES_FILE in files else ()
    except PolicyTextError as error:
        problems += problems_of(error)
        return ()


def _read(
    folder: Path, rules_dir: Path, policy_id: str, problems: list[PolicyTextError]
) -> tuple[Mapping[str, FactDefinition], Policy | None]:
    facts: Mapping[str, FactDefinition] = {}
    try:
        dictionary = dictionary_of(folder, rules_dir)
        facts = dictionary.facts
        policy = load_policy(folder, dictionary)
    except PolicyTextError as error:
        problems += problems_of(error)
        return facts, None
    other = wrong_policy(policy, policy_id)
    problems += [other] if other else []
    return facts, None if other else policy
