"""Why a step of a version's life is refused, each with its code and what to do."""

from typing import Final

from policy_service.domain.errors import RequestError
from policy_service.domain.instants import Instant, instant_text
from policy_service.storage.policy_store import PolicyVersion

_AFTER: Final = {
    "draft": "Hand it in first.",
    "submitted": "Have it approved first, or edit it, which makes it a draft again.",
    "approved": "Schedule or activate it.",
    "scheduled": "Take it off the schedule first, or wait until it is active.",
    "active": "Make a new draft from it.",
    "retired": "Roll back to it: that makes a new version with its text.",
}


def wrong_state(version: PolicyVersion, state: str, what: str) -> RequestError:
    """Return the refusal of `what` for a version in that state."""
    word = "a draft" if state == "draft" else state
    return RequestError("R463", f"{_named(version)} is {word}: it cannot be {what}.", remedy=_AFTER[state])


def unreadable(version: PolicyVersion, problems: int) -> RequestError:
    """Return the refusal to hand in what cannot be read."""
    found = f"{_named(version)} cannot be read: {problems} {'problem' if problems == 1 else 'problems'}."
    return RequestError("R461", found, remedy="Check it, and correct what is listed with its place.")


def not_green(version: PolicyVersion, errors: int, failed: int) -> RequestError:
    """Return the refusal to hand in what the checks refuse."""
    found = f"{_named(version)}: the linter finds {_count(errors, 'error')}, and {_count(failed, 'case')} failed."
    return RequestError("R462", found, remedy="Check it, and correct the policy or its cases.")


def other_text(version: PolicyVersion, sha256: str) -> RequestError:
    """Return the refusal of a word about another text than the stored one."""
    found = f"{_named(version)} has the hash {version.sha256 or 'none'}, not {sha256}."
    return RequestError("R464", found, remedy="Read the text again, and approve what you have read.")


def own_text(version: PolicyVersion, person: str) -> RequestError:
    """Return the refusal of an approval by somebody who has a hand in the text."""
    found = f"{person} has written or submitted what is in {_named(version, 'version')}."
    return RequestError("R465", found, remedy="Ask somebody who has not: separation is by person, not by key or role.")


def approved_before(version: PolicyVersion, person: str) -> RequestError:
    """Return the refusal of a second approval by one person."""
    found = f"{person} has approved {_named(version, 'version')} already."
    return RequestError("R463", found, remedy="Ask another person: each counts once, with whatever key or role.")


def not_simulated(version: PolicyVersion, days: int, last: Instant | None) -> RequestError:
    """Return the refusal of an approval without the simulation that the text needs; `last` is the ledger of one."""
    found = "none has finished" if last is None else f"the last is of the ledger of {instant_text(last)}"
    return RequestError(
        "R553",
        f"{_named(version)} needs a simulation of its text over a ledger at most {_count(days, 'day')} old: {found}.",
        remedy="Ask for one by POST /v1/simulations with this version as candidate, as it is: with no other values of "
        "its parameters, and without stress. Approve when it is done.",
    )


def same_text(version: PolicyVersion, other: int) -> RequestError:
    """Return the refusal of a text that is in force already, in the other version or in this one itself."""
    if version.number == other:
        return RequestError("R466", f"{_named(version)} is in force then already.", remedy="Leave it as it is.")
    found = f"{_named(version)} says exactly what version {other} says, which is in force then."
    return RequestError("R466", found, remedy="Change something, or leave it.")


def past_instant(instant: Instant, now: Instant) -> RequestError:
    """Return the refusal of a begin or an end that is over."""
    found = f"{instant_text(instant)} is past: it is {instant_text(now)}."
    return RequestError("R467", found, remedy="Name an instant to come, or let it be now.")


def taken_instant(version: PolicyVersion, instant: Instant) -> RequestError:
    """Return the refusal of an instant at which another version begins."""
    found = f"{_named(version)} begins at {instant_text(instant)} already."
    return RequestError("R467", found, remedy="Choose another instant, or take that version off the schedule.")


def nothing_to_end(version: PolicyVersion, instant: Instant) -> RequestError:
    """Return the refusal to end what does not count at the instant."""
    found = f"{_named(version)} does not count at {instant_text(instant)}."
    return RequestError("R463", found, remedy="Name the version in force, and an instant within its period.")


def nothing_to_keep(version: PolicyVersion) -> RequestError:
    """Return the refusal to take back a retirement that there is not, or that has begun."""
    return RequestError(
        "R463",
        f"No retirement of {_named(version, 'version')} is to come.",
        remedy="Read the version: retires_at says when it ends. What has ended is rolled back to.",
    )


def needs_note() -> RequestError:
    """Return the refusal of a step without a reason."""
    return RequestError("R468", "No note says why.", remedy="Say why in the note; others read it in the steps.")


def leaves_nothing(policy_id: str, instant: Instant) -> RequestError:
    """Return the refusal to leave the company without a policy unconfirmed."""
    found = f"No version of {policy_id} counts from {instant_text(instant)} on: no order can be decided then."
    return RequestError("R469", found, remedy="Schedule a version for then, or confirm.")


def _named(version: PolicyVersion, word: str = "Version") -> str:
    return f"{word} {version.number} of {version.policy_id}"


def _count(number: int, what: str) -> str:
    return f"{number} {what}" if number == 1 else f"{number} {what}s"
