"""Formulas as their file writes them, and what is wrong with one as it is typed: at which of its characters."""

from dataclasses import dataclass
from pathlib import Path

from policy_service.domain.errors import PolicyTextError
from policy_service.language.yaml_text.layout import layout_of
from policy_service.language.yaml_text.strict_yaml import read_yaml
from policy_service.services.policy_editing.as_written import Pairs, pairs, part, parts, text
from policy_service.services.policy_editing.editing import edited, found_at
from policy_service.services.policy_editing.edits import Path as EditPath
from policy_service.services.policy_editing.edits import SetValue
from policy_service.services.policy_editing.places import offset_of
from policy_service.services.policy_editing.problems import new_problems
from policy_service.services.policy_editing.refusals import nothing_there
from policy_service.services.policy_life.files import Files, read_with_problems
from policy_service.storage.errors import not_stored


@dataclass(frozen=True, slots=True)
class WrittenFormula:
    """A formula: where its text stands, its name, its text, its declared kind (empty: as it comes), its parameters."""

    path: EditPath
    name: str
    text: str
    kind: str = ""
    parameters: Pairs = ()


@dataclass(frozen=True, slots=True)
class FormulaProblem:
    """What keeps a formula from being read: at which of its characters, from 0, or at none in particular."""

    code: str
    message: str
    remedy: str
    at: int | None


def formulas_of(file: str, written: str) -> tuple[WrittenFormula, ...]:
    """Return the formulas of a rule set, or of formulas.yaml; PolicyTextError where the file is no YAML."""
    node = read_yaml(written, file)
    values = part(node, "values")
    if values is None:
        found = [
            WrittenFormula((name, "value"), name, text(part(one, "value")), "", pairs(part(one, "parameters")))
            for name, one in parts(node)
        ]
        return tuple(found)
    return tuple(
        WrittenFormula(("values", name, "value"), name, text(part(one, "value")), text(part(one, "type")))
        if parts(one)
        else WrittenFormula(("values", name), name, text(one))
        for name, one in parts(values)
    )


def tried(
    policy_id: str, files: Files, rules_dir: Path, file: str, path: EditPath, typed: str
) -> tuple[FormulaProblem, ...]:
    """Return what would newly keep the files from being read if the formula at the path were what is typed.

    NotStored S209 if there is no such file; RequestError R581 if nothing is at the path.
    """
    if file not in files:
        raise not_stored(f"file {file[:60]} in {policy_id[:60]}")
    if found_at(layout_of(files[file], file), path) is None:
        raise nothing_there(path, file)
    changed = {**files, file: edited(files[file], file, [SetValue(path, typed)])}
    before = read_with_problems(policy_id, files, rules_dir)[1]
    after = read_with_problems(policy_id, changed, rules_dir)[1]
    layout = found_at(layout_of(changed[file], file), path)
    start = layout.start if layout else 0
    return tuple(
        _problem(one, file, changed[file], range(start, start + len(typed) + 1)) for one in new_problems(before, after)
    )


def _problem(said: PolicyTextError, file: str, changed: str, written: range) -> FormulaProblem:
    # A formula's column counts its characters from where it stands, its quotes apart.
    offset = offset_of(changed, said.place) if said.place.file == file else None
    if offset is None or offset not in written:
        return FormulaProblem(said.code, f"{said.place}: {said.message}", said.remedy, None)
    return FormulaProblem(said.code, said.message, said.remedy, offset - written.start)
