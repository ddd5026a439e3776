"""What the loader, the linter and the cases said of a text."""

from dataclasses import dataclass
from typing import Final

from policy_service.domain.errors import PolicyTextError
from policy_service.domain.findings import Finding, Severity
from policy_service.language.policy import Policy
from policy_service.services.cases import CasesReport

_NO_CASES: Final = CasesReport((), ())


@dataclass(frozen=True, slots=True)
class Check:
    """What was found: problems that keep the text from being read, findings, and how the cases ran.

    `policy` is none if there are problems; then nothing else was looked at.
    """

    policy: Policy | None
    problems: tuple[PolicyTextError, ...]
    findings: tuple[Finding, ...] = ()
    cases: CasesReport = _NO_CASES

    @property
    def errors(self) -> int:
        """How many findings are errors."""
        return sum(finding.severity is Severity.ERROR for finding in self.findings)

    @property
    def failed_cases(self) -> int:
        """How many cases did not find what they expect."""
        return sum(not result.passed for result in self.cases.results)

    @property
    def is_green(self) -> bool:
        """Whether it can be read, nothing found is an error, and every case passed."""
        return not self.problems and not self.errors and not self.failed_cases
