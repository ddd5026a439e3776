"""What a running service counts of its own work; who shows the counts decides where they go."""

from typing import Protocol


class Counting(Protocol):
    """Where counts go; nothing of a customer goes with them."""

    def decided(self, decision_type: str, outcome: str, *, is_fault: bool) -> None:
        """Count a decision; `is_fault`: the engines failed or disagreed on it."""

    def sent(self, received: int, failed: int) -> None:
        """Count events that webhooks received, and attempts that failed."""

    def looked_up(self, *, is_kept: bool) -> None:
        """Count a customer that was needed; `is_kept`: it need not be read from the database."""

    def noticed(self, result: str) -> None:
        """Count a notice of another system: `taken`, `repeated` or `refused`."""


class NoCounting:
    """Counts nothing."""

    def decided(self, decision_type: str, outcome: str, *, is_fault: bool) -> None:
        """Do nothing."""

    def sent(self, received: int, failed: int) -> None:
        """Do nothing."""

    def looked_up(self, *, is_kept: bool) -> None:
        """Do nothing."""

    def noticed(self, result: str) -> None:
        """Do nothing."""
