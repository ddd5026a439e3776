"""What the loader, the linter and the cases say of a version: green, or what is to be corrected."""

from dataclasses import dataclass
from pathlib import Path
from typing import Final

from sqlalchemy.orm import Session

from policy_service.domain.errors import NOWHERE, PolicyTextError
from policy_service.domain.findings import Finding, Severity
from policy_service.language.files.cases import CASES_FILE, load_cases
from policy_service.language.policy import Policy
from policy_service.language.printing.canonical import policy_hash
from policy_service.linter.lint import lint
from policy_service.services.cases import CasesReport, run_cases
from policy_service.services.house import House
from policy_service.services.policies import check
from policy_service.services.policy_life.files import Files, laid_out, problems_of, wrong_policy
from policy_service.storage.policy_store import EDITABLE, PolicyStore, PolicyVersion

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


def check_files(policy_id: str, files: Files, rules_dir: Path) -> Check:
    """Return what is to be said of a set of files, read under the definitions in `rules_dir`."""
    with laid_out(policy_id, files) as folder:
        try:
            checked = check(folder, rules_dir)
        except PolicyTextError as error:
            return Check(None, problems_of(error))
    other = wrong_policy(checked.policy, policy_id)
    return Check(None, (other,)) if other else Check(checked.policy, (), checked.findings, checked.cases)


def check_version(house: House, session: Session, version: PolicyVersion) -> Check:
    """Return what is to be said of the stored text of a version.

    Of a draft whose files read otherwise by now, because definitions that ship have changed since it was saved,
    that is a problem. What was approved stays as it was approved, and is checked so, if need be without places.
    StorageError S214 for a text that is not the one that was approved.
    """
    store, named = PolicyStore(session), (version.policy_id, version.number)
    found = check_files(version.policy_id, store.files(*named), house.settings.rules_dir)
    if found.policy and policy_hash(found.policy) == version.sha256:
        return found
    if version.state not in EDITABLE:
        return _as_approved(store.policy(*named), version.policy_id, store.files(*named))
    return Check(None, found.problems or (_read_otherwise(),))


def _as_approved(policy: Policy, policy_id: str, files: Files) -> Check:
    with laid_out(policy_id, files) as folder:
        file = folder / CASES_FILE
        try:
            cases = load_cases(file) if file.is_file() else ()
        except PolicyTextError as error:
            return Check(policy, problems_of(error), lint(policy))
    return Check(policy, (), lint(policy), run_cases(policy, cases))


def _read_otherwise() -> PolicyTextError:
    return PolicyTextError(
        "L436",
        "the definitions that ship say something else than when this draft was saved.",
        place=NOWHERE,
        remedy="Save the draft again, and compare it.",
    )
