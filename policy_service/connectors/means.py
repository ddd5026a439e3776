"""What a connector needs of the world around it, handed in so that tests can stand in for each."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from policy_service.domain.instants import Instant


@dataclass(frozen=True, slots=True)
class Token:
    """An access token and until when it is used; `domain` is the API's origin that came with it, if any did."""

    text: str = field(repr=False)
    until: Instant
    domain: str = ""


class KeptToken(Protocol):
    """The token of one connection, shared by every process: some systems give out only a few every ten minutes."""

    def load(self) -> Token | None:
        """Return the token that is kept, if one is."""

    def keep(self, token: Token | None) -> None:
        """Keep it encrypted in place of the one before; none forgets it."""


@dataclass(frozen=True, slots=True)
class Means:
    """The clock, waiting, chance, and who may be talked to.

    `now` is in microseconds, `monotonic` and `wait` in seconds; `wait` returns early, with False, when the work is
    to stop. `chance` is at least 0 and below 1. `origins` are the origins (`https://host[:port]`) that settings
    allow besides those that ship with a connector. `drop_root` is the folder below which the operator allows drop
    folders, none where there are to be none.
    """

    now: Callable[[], Instant]
    monotonic: Callable[[], float]
    wait: Callable[[float], bool]
    chance: Callable[[], float]
    token: KeptToken
    origins: tuple[str, ...] = ()
    drop_root: Path | None = None


@dataclass(frozen=True, slots=True)
class Account:
    """How one system of one company is reached: what may be shown, and what is secret."""

    settings: Mapping[str, str]
    secrets: Mapping[str, str] = field(repr=False)
