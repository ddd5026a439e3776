"""What connections need of the world around: clocks, waiting, chance, and what speaks the other systems' protocols."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from policy_service.connectors.errors import ConnectorError
from policy_service.connectors.means import Account, Means
from policy_service.connectors.port import Connector, System
from policy_service.domain.instants import Instant


class Opener(Protocol):
    """Opens a connector; nothing is asked over there before it is used."""

    def __call__(self, system: System, account: Account, means: Means, /) -> Connector:
        """Return the connector of a system; ConnectorError for settings that mean nothing."""


@dataclass(frozen=True, slots=True)
class World:
    """Handed in by whoever builds the house: `sleep` and `monotonic` are in seconds, `chance` below 1."""

    now: Callable[[], Instant]
    monotonic: Callable[[], float]
    sleep: Callable[[float], None]
    chance: Callable[[], float]
    open_connector: Opener


def _nobody(system: System, _account: Account, _means: Means) -> Connector:
    raise ConnectorError(
        "X162",
        f"This process cannot talk to other systems such as {system.value}.",
        remedy="Use the service or the command line; this is a part of it that was built without connectors.",
    )


def open_any(system: System, account: Account, means: Means) -> Connector:
    """Return the connector of any system that this program speaks with; the errors are the connector's."""
    from policy_service.connectors.systems import open_connector  # noqa: PLC0415  # only who connects something waits

    return open_connector(system, account, means)


def _still(_seconds: float = 0.0) -> None:
    return


#: Of a house that has been given none: nothing can be reached.
NO_WORLD = World(lambda: 0, lambda: 0.0, _still, lambda: 0.0, _nobody)
