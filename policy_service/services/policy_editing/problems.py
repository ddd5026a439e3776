"""What a check says, as a page shows it: at which row and cell of which file, and where in its text."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from policy_service.domain.errors import PolicyTextError
from policy_service.domain.findings import Finding, Severity
from policy_service.language.yaml_text.layout import Layout, layout_of
from policy_service.services.policy_editing.edits import Path
from policy_service.services.policy_editing.places import path_at
from policy_service.services.policy_life.files import Files


@dataclass(frozen=True, slots=True)
class Located:
    """A problem or a finding with the path of what it is about, empty where it is about a whole file."""

    file: str
    path: Path
    said: PolicyTextError | Finding

    @property
    def severity(self) -> Severity:
        """How much it matters: what keeps a text from being read is an error."""
        return self.said.severity if isinstance(self.said, Finding) else Severity.ERROR


def located(files: Files, said: Sequence[PolicyTextError | Finding]) -> tuple[Located, ...]:
    """Return each with its path in the files that were read."""
    layouts = _layouts(files, {each.place.file for each in said})
    return tuple(_located(files, layouts, each) for each in said)


def as_data(each: Located) -> dict[str, object]:
    """Return a problem or a finding as JSON has it."""
    place, about = each.said.place, each.said
    return {
        "code": str(about.code),
        "severity": each.severity.value,
        "message": about.message,
        "remedy": about.remedy,
        "file": each.file,
        "line": place.line,
        "column": place.column,
        "path": list(each.path),
        "row": place.row,
        "rows": list(about.rows) if isinstance(about, Finding) else [],
        "rule_set": about.rule_set if isinstance(about, Finding) else "",
        "box": [[span.column, span.text] for span in about.box] if isinstance(about, Finding) else [],
    }


def new_problems(before: Iterable[PolicyTextError], after: Iterable[PolicyTextError]) -> tuple[PolicyTextError, ...]:
    """Return the problems of `after` that were not there before, wherever they stand by now."""
    known = {_identity(problem) for problem in before}
    return tuple(problem for problem in after if _identity(problem) not in known)


def _identity(problem: PolicyTextError) -> tuple[str, str, str]:
    return problem.code, problem.place.file, problem.message


def _located(files: Files, layouts: Mapping[str, Layout], each: PolicyTextError | Finding) -> Located:
    file = each.place.file
    found = path_at(layouts[file], files[file], each.place) if file in layouts else ()
    return Located(file, found, each)


def _layouts(files: Files, names: Iterable[str]) -> dict[str, Layout]:
    found: dict[str, Layout] = {}
    for name in names:
        try:
            found[name] = layout_of(files.get(name, ""), name)
        except PolicyTextError:
            # What is no YAML has lines, but no rows.
            continue
    return found
