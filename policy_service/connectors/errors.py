"""What goes wrong between us and another system."""

from policy_service.domain.errors import PolicyServiceError


class ConnectorError(PolicyServiceError):
    """Another system refused, failed or could not be reached; codes X101 and up.

    `is_passing` says that the same question may be answered later, so that a pull is tried again by itself;
    `retry_after` are the seconds that the system asked for, none where it said nothing.
    """

    def __init__(
        self, code: str, message: str, *, remedy: str, is_passing: bool = False, retry_after: float | None = None
    ) -> None:
        super().__init__(code, message, remedy=remedy)
        self.is_passing = is_passing
        self.retry_after = retry_after
