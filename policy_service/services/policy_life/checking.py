"""What the loader, the linter and the cases say of a version: green, or what is to be corrected."""

import hashlib
import json
from pathlib import Path

from sqlalchemy.orm import Session

from policy_service.domain.errors import NOWHERE, PolicyTextError
from policy_service.language.files.cases import CASES_FILE, load_cases
from policy_service.language.policy import Policy
from policy_service.language.printing.canonical import policy_hash
from policy_service.linter.lint import lint
from policy_service.services.cases import run_cases
from policy_service.services.house import House
from policy_service.services.policies import check
from policy_service.services.policy_life.check import Check
from policy_service.services.policy_life.files import Files, laid_out, problems_of, wrong_policy
from policy_service.storage.policy_store import EDITABLE, PolicyStore, PolicyVersion


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
    A text is checked once. StorageError S214 for a text that is not the one that was approved, RequestError R476
    where other texts are being checked for too long.
    """
    files = PolicyStore(session).files(version.policy_id, version.number)
    text = _text(version, files, house.settings.rules_dir)
    return house.checks.of(text, lambda: _checked(house, session, version, files))


def _checked(house: House, session: Session, version: PolicyVersion, files: Files) -> Check:
    found = check_files(version.policy_id, files, house.settings.rules_dir)
    if found.policy and policy_hash(found.policy) == version.sha256:
        return found
    if version.state not in EDITABLE:
        policy = PolicyStore(session).policy(version.policy_id, version.number)
        return _as_approved(policy, version.policy_id, files)
    return Check(None, found.problems or (_read_otherwise(),))


def _text(version: PolicyVersion, files: Files, rules_dir: Path) -> str:
    # All that a check reads: the definitions that ship count as far as the files do not say otherwise.
    definitions = {file.name: file.read_text("utf-8", "replace") for file in sorted(rules_dir.glob("*.yaml"))}
    is_fixed = version.state not in EDITABLE
    said = [version.policy_id, version.sha256, is_fixed, dict(files), definitions]
    return hashlib.sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()


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
