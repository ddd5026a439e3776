"""A change of a draft: made in the text, read, and stored unless it leaves the text unreadable."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from sqlalchemy.orm import Session

from policy_service.domain.acting import Act
from policy_service.domain.errors import PolicyTextError, RequestError
from policy_service.domain.permissions import Permission
from policy_service.language.files.cases import CASES_FILE, load_cases
from policy_service.services.actor import Actor, require
from policy_service.services.house import House
from policy_service.services.policy_editing.asked import Change
from policy_service.services.policy_editing.editing import edited, is_within_a_row
from policy_service.services.policy_editing.edits import Edit, Splice, path_of
from policy_service.services.policy_editing.edits import Path as At
from policy_service.services.policy_editing.problems import Located, located, new_problems
from policy_service.services.policy_editing.refusals import handed_in, left_unreadable, path_text
from policy_service.services.policy_editing.splices import difference
from policy_service.services.policy_life.drafts import save_files
from policy_service.services.policy_life.files import Files, ReadFiles, laid_out, problems_of, read_with_problems
from policy_service.storage.errors import changed_since_read, not_stored
from policy_service.storage.policy_store import PolicyStore, PolicyVersion

#: So many edits of one change are named in the audit trail.
_MOST_NAMED: Final = 20


class EditRefused(RequestError):
    """A change that would leave the text unreadable: nothing of it is stored; `problems` say where."""

    def __init__(self, problems: tuple[Located, ...]) -> None:
        refusal = left_unreadable(problems[0].said.message)
        super().__init__(refusal.code, refusal.message, remedy=refusal.remedy)
        self.problems = problems


@dataclass(frozen=True, slots=True)
class Made:
    """A change made in the files and read, ready to be stored.

    `refused` are the cells that were left as they were, as the text could not be read with them; `undo` is what takes
    the change back.
    """

    read: ReadFiles
    revision: int
    file: str
    edits: tuple[Edit, ...]
    undo: Splice
    refused: tuple[Located, ...] = ()


@dataclass(frozen=True, slots=True)
class Stored:
    """A version as it is now, and the files it is read from."""

    version: PolicyVersion
    files: Files


def stored(session: Session, policy_id: str, number: int) -> Stored:
    """Return a version with its files; NotStored S209 if there is none."""
    store = PolicyStore(session)
    return Stored(store.version(policy_id, number), store.files(policy_id, number))


def make(rules_dir: Path, now: Stored, change: Change, actor: Actor) -> Made:
    """Make a change in the files of a version, as far as they can be read with it.

    Cells that keep the text from being read are left as they were; a change in which that cannot be told apart is
    refused whole, EditRefused R583. AccessError A403 for whoever may not edit, Conflict S208 if the version is not at
    the revision that was seen, R584 if it was handed in and that is not confirmed, and what `edited` refuses.
    """
    require(actor, Permission.POLICIES_EDIT)
    version, text = now.version, now.files.get(change.file)
    if version.revision != change.revision:
        raise changed_since_read(f"version {version.number} of {version.policy_id}")
    if version.state == "submitted" and not change.is_confirmed:
        raise handed_in(version.policy_id, version.number)
    if text is None:
        raise not_stored(f"file {change.file[:60]} in version {version.number} of {version.policy_id}")
    before = _problems(rules_dir, version.policy_id, now.files)[1] if version.sha256 is None else ()
    return _made(rules_dir, now, change, text, before)


def save(house: House, session: Session, made: Made, number: int, actor: Actor, act: Act) -> PolicyVersion:
    """Store what was made, and return the version; as `save_files`."""
    cells = [path_text(path_of(edit)) for edit in made.edits]
    said: Mapping[str, object] = {"cells": cells[:_MOST_NAMED], "edits": len(cells)}
    return save_files(house, session, made.read, number, made.revision, actor, act, said)


def _made(rules_dir: Path, now: Stored, change: Change, text: str, before: Sequence[PolicyTextError]) -> Made:
    edits, refused = change.edits, tuple[Located, ...]()
    while True:
        files = {**now.files, change.file: edited(text, change.file, edits)}
        read, after = _problems(rules_dir, now.version.policy_id, files)
        problems = located(files, new_problems(before, after))
        if not problems:
            undo = difference(files[change.file], text)
            return Made(read, change.revision, change.file, edits, undo, refused)
        touched = {_cell(problem, change.file, edits) for problem in problems}
        rest = tuple(edit for edit in edits if path_of(edit) not in touched)
        if None in touched or not rest or len(rest) == len(edits):
            raise EditRefused(problems)
        edits, refused = rest, (*refused, *problems)


def _cell(problem: Located, file: str, edits: Sequence[Edit]) -> At | None:
    # Once a row has moved, a path says no longer which edit it is of.
    if problem.file != file or not all(map(is_within_a_row, edits)):
        return None
    paths = [path_of(edit) for edit in edits if path_of(edit)]
    return next((path for path in paths if problem.path[: len(path)] == path), None)


def _problems(rules_dir: Path, policy_id: str, files: Files) -> tuple[ReadFiles, tuple[PolicyTextError, ...]]:
    read, problems = read_with_problems(policy_id, files, rules_dir)
    if problems or CASES_FILE not in files:
        return read, problems
    with laid_out(policy_id, {CASES_FILE: files[CASES_FILE]}) as folder:
        try:
            load_cases(folder / CASES_FILE)
        except PolicyTextError as error:
            return read, problems_of(error)
    return read, ()
