"""What the three stand-ins have in common: rows, a clock, a script of faults, a journal, and notices to send."""

from abc import ABC, abstractmethod
from collections import deque
from dataclasses import dataclass
from threading import Lock, RLock
from typing import Final

from policy_service.sample_crms.clock import Clock
from policy_service.sample_crms.company import Company
from policy_service.sample_crms.faults import Fault, Script
from policy_service.sample_crms.journal import Journal
from policy_service.sample_crms.speaking import Answer, Asked, Refusal
from policy_service.sample_crms.table import Held, Row, Tables

#: The last so many notices can be sent once more.
_POSTED: Final = 100


@dataclass(slots=True)
class Notice:
    """A body to POST to somebody who wants to hear of a change; `told` says of what, for the control.

    One who does not answer what it `wants` within three seconds is told once more. `became` is how it went last.
    """

    url: str
    body: bytes
    told: Row
    wants: str = ""
    became: Row | None = None


class StandIn(ABC):
    """A system that answers as its protocol says, strictly."""

    def __init__(self, company: Company, settings: Row) -> None:
        self.company = company.with_dollars() if settings.get("bills_in_dollars") is True else company
        self._first_settings = dict(settings)
        self.lock = RLock()
        self.posting = Lock()
        self.origin = ""
        self.reset()

    def reset(self) -> None:
        """Begin anew: the company's rows and the first settings, no faults, an empty journal, the machine's time."""
        self.settings = dict(self._first_settings)
        self.clock = Clock()
        self.journal = Journal()
        self.script = Script()
        self.outbox: list[Notice] = []
        self.posted: deque[Notice] = deque(maxlen=_POSTED)
        self.tables = self.fill()
        self.begin()

    @abstractmethod
    def fill(self) -> Tables:
        """Return the tables of every object."""

    @abstractmethod
    def begin(self) -> None:
        """Forget tokens and subscriptions, and what of the limits was used."""

    @abstractmethod
    def answer(self, asked: Asked) -> Answer:
        """Answer a request; Refusal where the protocol refuses it."""

    @abstractmethod
    def expire_tokens(self) -> None:
        """Let every access token that was given out expire now."""

    @abstractmethod
    def instead(self, fault: Fault) -> Answer:
        """Return the answer of this system to a fault that stands instead of an answer."""

    @abstractmethod
    def credentials(self) -> Row:
        """Return what one needs to sign in."""

    @abstractmethod
    def new_id(self, object_name: str) -> str:
        """Return an id that no row of the object had."""

    @abstractmethod
    def name_of(self, row: Held) -> str:
        """Return what users call the row."""

    def expire_page_tokens(self) -> None:
        """Let every page token expire now."""
        return

    def invalidate(self, object_name: str, row_id: str) -> None:
        """Make a row invalid, in a system that has this."""
        raise KeyError(object_name, row_id)

    def tell(self, object_name: str, event: str, changed: dict[str, Row]) -> None:  # noqa: ARG002
        """Put notices of changed rows into the outbox; `event` is insert, update or delete."""
        return

    def control(self, verb: str, document: Row) -> Row:  # noqa: ARG002
        """Do what only this system's control knows; KeyError for a verb that it does not know."""
        raise KeyError(verb)

    def state(self) -> Row:
        """Return what the stand-in holds, for the control."""
        objects = {name: {"rows": len(table), "deleted": len(table.gone)} for name, table in self.tables.items()}
        return {"now": self.clock.now(), "objects": objects, "settings": self.settings}

    def most(self, name: str, default: int) -> int:
        """Return a whole number of the settings; what has none is as the text says."""
        found = self.settings.get(name, default)
        return found if isinstance(found, int) and not isinstance(found, bool) else default

    def is_on(self, name: str) -> bool:
        """Tell whether a setting is on; none is unless it was set."""
        return self.settings.get(name) is True

    def respond(self, asked: Asked, faults: list[Fault]) -> tuple[Answer, str]:
        """Answer a request through its faults, and say why it was refused, if it was."""
        for fault in faults:
            asked.shapes[fault.kind] = fault.options
        with self.lock:
            for fault in faults:
                if fault.kind == "expired_token":
                    self.expire_tokens()
                if fault.kind == "expired_page_tokens":
                    self.expire_page_tokens()
            try:
                return self.answer(asked), ""
            except Refusal as refusal:
                return refusal.answer, refusal.reason
