"""Fxiaoke as a connector."""

from collections.abc import Callable, Sequence
from typing import Final
from weakref import finalize
from zoneinfo import ZoneInfo

from policy_service.connectors.fxiaoke.discovery import read_fields, read_objects
from policy_service.connectors.fxiaoke.reading import Rhythm, read_page
from policy_service.connectors.fxiaoke.session import Session
from policy_service.connectors.fxiaoke.sign_in import Asks, SignIn
from policy_service.connectors.fxiaoke.writing import send_messages, write_changes
from policy_service.connectors.http.channel import Channel
from policy_service.connectors.http.pace import Pace
from policy_service.connectors.means import Account, Means
from policy_service.connectors.port import Change, Page, RemoteField, RemoteObject, Task, Wanted, Written
from policy_service.domain.instants import SECOND

ORIGIN: Final = "https://open.fxiaoke.com"
#: Calls are counted over so many seconds.
_SECONDS: Final = 20.0
_HOUR: Final = 3600 * SECOND


class Fxiaoke:
    """One company's Fxiaoke.

    Its settings are `origin`, `app_id`, `open_user_id` or `mobile`, `page_rows`, `calls_in_20_seconds`,
    `listing_hours` and `time_zone`; its secrets `app_secret` and `permanent_code`.
    """

    def __init__(
        self, session: Session, means: Means, rhythm: Rhythm, zone: ZoneInfo, closing: Callable[[], None]
    ) -> None:
        self._session = session
        self._means = means
        self._rhythm = rhythm
        self._zone = zone
        # It is closed at the latest when nobody holds the connector any more.
        self._closing = finalize(self, closing)

    def close(self) -> None:
        """Close the connection."""
        self._closing()

    def check(self) -> str:
        """Sign in, and return which company and user it is."""
        identity = self._session.who()
        count = len(read_objects(self._session))
        return f"Fxiaoke company {identity.company}, user {identity.user}, {count} objects"

    def objects(self) -> tuple[RemoteObject, ...]:
        """Return the objects that are in use."""
        return read_objects(self._session)

    def fields(self, object_name: str) -> tuple[RemoteField, ...]:
        """Return the fields of an object that are in use."""
        return read_fields(self._session, object_name)

    def page(self, wanted: Wanted, cursor: str) -> Page:
        """Return the next rows after `cursor`, in the order of their ids."""
        return read_page(self._session, wanted, cursor, self._means.now(), self._rhythm)

    def write(self, object_name: str, changes: Sequence[Change]) -> tuple[Written, ...]:
        """Change rows one by one, without workflows or approvals, and return what became of each."""
        return write_changes(self._session, object_name, changes, self._zone)

    def assign(self, tasks: Sequence[Task]) -> tuple[Written, ...]:
        """Send messages, as Fxiaoke has no tasks here, and return what became of each."""
        return send_messages(self._session, tasks)


def open_fxiaoke(account: Account, means: Means, channel: Asks | None = None) -> Fxiaoke:
    """Return the Fxiaoke of an account; ConnectorError X101 for an origin that is not allowed.

    `channel` stands in for the network in tests.
    """
    settings = account.settings
    rhythm = Rhythm(int(settings["page_rows"]), int(settings["listing_hours"]) * _HOUR)
    zone = ZoneInfo(settings["time_zone"])
    if channel is not None:
        return Fxiaoke(Session(channel, SignIn(channel, account, means), means), means, rhythm, zone, lambda: None)
    pace = Pace(int(settings["calls_in_20_seconds"]), _SECONDS)
    opened = Channel(settings["origin"], (ORIGIN,), means, pace=pace)
    return Fxiaoke(Session(opened, SignIn(opened, account, means), means), means, rhythm, zone, opened.close)
