"""Policies by name or folder: found and loaded."""

from pathlib import Path

from policy_service.domain.errors import RequestError
from policy_service.language.definitions.dictionary_files import dictionary_of
from policy_service.language.load import load_policy
from policy_service.language.policy import Policy


def shipped_policies(rules_dir: Path) -> tuple[Path, ...]:
    """Return the folders of all policies under `rules_dir`, by name."""
    return tuple(sorted(file.parent for file in rules_dir.glob("*/policy.yaml")))


def find_policy(name: str, rules_dir: Path) -> Path:
    """Return the folder of a policy given as its id or as a path; RequestError R401 if there is none."""
    for folder in (Path(name), rules_dir / name):
        if (folder / "policy.yaml").is_file():
            return folder
    known = ", ".join(folder.name for folder in shipped_policies(rules_dir)) or "none"
    raise RequestError(
        "R401",
        f"There is no policy {name!r}: neither a folder with a policy.yaml nor one under {rules_dir}.",
        remedy=f"Name a folder, or one of: {known}.",
    )


def policy_in(folder: Path, rules_dir: Path) -> Policy:
    """Return the policy in `folder`; what the folder above does not declare is taken from `rules_dir`."""
    return load_policy(folder, dictionary_of(folder, rules_dir))
