"""What the forms of the editor show of each part that is no table: cases, and what follows."""

from typing import Any, Final

from admin.screens.policies.cases import cases_shown
from admin.screens.policies.editor_parts import Part
from policy_service.services.policy_life.files import Files
from policy_service.services.policy_life.reading import VersionNow

#: The kinds of parts whose forms are shown, unchangeable, to those who may not edit.
READ_AS_FORMS: Final = frozenset({"cases"})


def form_shown(part: Part, now: VersionNow, files: Files) -> dict[str, Any]:
    """Return what the form of a part is shown with, besides the version."""
    match part.kind:
        case "cases":
            return {
                name: value
                for name, value in cases_shown(now, files).items()
                if name not in ("now", "version", "is_open")
            }
        case _:
            return {}
