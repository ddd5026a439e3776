"""Who does something, when, by which request: what every change is recorded with."""

from dataclasses import dataclass

from policy_service.domain.instants import Instant


@dataclass(frozen=True, slots=True)
class Act:
    """One doing of one person at one instant; `key_id` names the API key it came with, none for the command line.

    `note` says why, in the person's words. `is_bypass` marks what is done without the approval that settings ask
    for.
    """

    person: str
    at: Instant
    request_id: str = ""
    key_id: str | None = None
    note: str = ""
    is_bypass: bool = False

    def later(self, by: int) -> "Act":
        """Return the same doing so many microseconds later."""
        return Act(self.person, self.at + by, self.request_id, self.key_id, self.note, self.is_bypass)
