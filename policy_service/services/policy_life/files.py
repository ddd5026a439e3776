"""The YAML files of a version, as they are edited: kept within bounds, read under the definitions that ship."""

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from policy_service.domain.errors import Place, PolicyTextError, RequestError
from policy_service.language.load import POLICY_FILE
from policy_service.language.policy import Policy
from policy_service.language.yaml_text.problems import PolicyNotReadable
from policy_service.services.named_policies import policy_in, shipped_policies

MOST_FILES: Final = 60
#: Of all files of a version together, in bytes of UTF-8.
LARGEST_SET: Final = 1024 * 1024

FILE_NAME: Final = re.compile(r"[a-z0-9_]{1,60}\.yaml", re.ASCII)

#: File names with their texts.
Files = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class ReadFiles:
    """Files that a version can be made of, and the policy that they describe; none while they cannot be read."""

    policy_id: str
    files: Files
    policy: Policy | None


def read_files(policy_id: str, files: Files, rules_dir: Path) -> ReadFiles:
    """Return the files with the policy that they describe, if they can be read and describe `policy_id`.

    Facts, reasons and formulas are those under `rules_dir`, with those of the files added. Reading a large table
    takes seconds: it is done before the transaction that stores it. RequestError R460 for an id or files that cannot
    be kept.
    """
    return read_with_problems(policy_id, files, rules_dir)[0]


def read_with_problems(policy_id: str, files: Files, rules_dir: Path) -> tuple[ReadFiles, tuple[PolicyTextError, ...]]:
    """Return what `read_files` does, and the problems that keep the files from being read, none if nothing does."""
    _refuse_id(policy_id)
    _refuse_unusable(files)
    with laid_out(policy_id, files) as folder:
        try:
            policy = policy_in(folder, rules_dir)
        except PolicyTextError as error:
            return ReadFiles(policy_id, files, None), problems_of(error)
    other = wrong_policy(policy, policy_id)
    return ReadFiles(policy_id, files, None if other else policy), (other,) if other else ()


@contextmanager
def laid_out(policy_id: str, files: Files) -> Iterator[Path]:
    """Give a folder that holds the files, named as the policy, for as long as the block runs."""
    with TemporaryDirectory(prefix="policy-") as made:
        folder = Path(made) / policy_id
        folder.mkdir()
        for name, text in files.items():
            # What no file can hold is refused by whoever reads it, with its place.
            (folder / name).write_bytes(text.encode("utf-8", "surrogatepass"))
        yield folder


def problems_of(error: PolicyTextError) -> tuple[PolicyTextError, ...]:
    """Return the single problems that an error of reading stands for."""
    return error.errors if isinstance(error, PolicyNotReadable) else (error,)


def wrong_policy(policy: Policy, policy_id: str) -> PolicyTextError | None:
    """Return the problem of files that describe another policy; none if they describe this one."""
    if policy.id == policy_id:
        return None
    message = f"policy.yaml describes the policy {policy.id[:60]}; this is {policy_id}."
    return PolicyTextError("L435", message, place=Place(POLICY_FILE), remedy=f"Write policy: {policy_id}.")


def files_in(folder: Path) -> Files:
    """Return the YAML files of a folder as texts; R460 if they are too many or too large, L002 if one is no UTF-8."""
    paths = sorted(path for path in folder.glob("*.yaml") if path.is_file())
    if len(paths) > MOST_FILES or sum(path.stat().st_size for path in paths) > LARGEST_SET:
        raise _unusable(f"{folder.name} holds more than a version can", f"At most {MOST_FILES} files, 1 MiB together.")
    files = {path.name: _text_of(path) for path in paths}
    _refuse_unusable(files)
    return files


def shipped_files(name: str, rules_dir: Path) -> Files:
    """Return the files of a policy under the rules folder; RequestError R401 if there is none of that name."""
    folders = {folder.name: folder for folder in shipped_policies(rules_dir)}
    # A name that came over HTTP is looked up, never made a path of.
    if name not in folders:
        known = ", ".join(folders) or "none"
        raise RequestError("R401", f"There is no policy {name[:60]!r} under rules.", remedy=f"There are: {known}.")
    return files_in(folders[name])


def _text_of(path: Path) -> str:
    try:
        return path.read_bytes().decode("utf-8")
    except UnicodeDecodeError as error:
        remedy = "Save it with the encoding UTF-8."
        raise PolicyTextError("L002", "the file is not UTF-8.", place=Place(path.name), remedy=remedy) from error


def _unusable(found: str, remedy: str) -> RequestError:
    return RequestError("R460", f"This is no set of policy files: {found}.", remedy=remedy)


def _refuse_unusable(files: Files) -> None:
    if not 0 < len(files) <= MOST_FILES:
        raise _unusable(f"{len(files)} files are given", f"Give 1 to {MOST_FILES}.")
    for name in files:
        if not FILE_NAME.fullmatch(name):
            remedy = "Use small letters, digits and _, and the ending .yaml: order_check.yaml."
            raise _unusable(f"{name[:80]!r} is no name of a file", remedy)
    if sum(len(text.encode("utf-8", "surrogatepass")) for text in files.values()) > LARGEST_SET:
        raise _unusable("the files together are larger than 1 MiB", "Shorten them.")


def _refuse_id(policy_id: str) -> None:
    # Files lie in a folder of that name while they are read.
    if not FILE_NAME.fullmatch(f"{policy_id}.yaml"):
        raise RequestError(
            "R460",
            f"{policy_id[:60]!r} is no id of a policy.",
            remedy="Use small letters, digits and _, at most 60: distributor_cn.",
        )
