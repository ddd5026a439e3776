"""Why an edit is refused, each with its code and what to do."""

from policy_service.domain.errors import RequestError
from policy_service.services.policy_editing.edits import Path


def not_an_edit(found: str) -> RequestError:
    """Return the refusal of what does not say which edit is wanted."""
    return RequestError("R580", f"This is no edit: {found}.", remedy="Open the page anew.")


def nothing_there(path: Path, file: str) -> RequestError:
    """Return the refusal of an edit of what is not in the file."""
    return RequestError("R581", f"{file} has nothing at {path_text(path)}.", remedy="Open the page anew.")


def only_as_text(path: Path, file: str) -> RequestError:
    """Return the refusal of an edit that the way the file is written does not let be made alone."""
    found = f"{file} is written so that {path_text(path)} cannot be changed by itself."
    return RequestError("R582", found, remedy="Change it in the text of the file.")


def path_text(path: Path) -> str:
    """Return a path as people read it: `rows 3, when, grade`."""
    words: list[str] = []
    for step in path:
        if isinstance(step, int) and words:
            words[-1] += f" {step + 1}"
        else:
            words.append(str(step))
    return ", ".join(words) or "its top"


def left_unreadable(problem: str) -> RequestError:
    """Return the refusal of an edit with which the text could not be read."""
    return RequestError("R583", f"The policy cannot be read with this: {problem}", remedy="Correct it.")


def handed_in(policy_id: str, number: int) -> RequestError:
    """Return the refusal of an unconfirmed edit of what was handed in for approval."""
    found = f"Version {number} of {policy_id} is handed in: an edit makes it a draft again, and its approvals are void."
    return RequestError("R584", found, remedy="Confirm it, or begin a draft of your own with this text.")
