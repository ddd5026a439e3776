"""What is to be done until a connection pulls by itself: each step can be left and taken up again."""

from dataclasses import dataclass
from typing import Final

from sqlalchemy.orm import Session

from policy_service.connectors.errors import ConnectorError
from policy_service.connectors.means import Account
from policy_service.connectors.port import System
from policy_service.connectors.systems import checked_account
from policy_service.domain.permissions import Permission
from policy_service.services.actor import Actor
from policy_service.services.connections.looking_back import kept_secrets, last_check
from policy_service.services.house import House
from policy_service.storage.connection_store import StoredConnection

#: What stands for a secret that is kept: what it is does not matter to whether it is there.
_SOMETHING: Final = "kept"


@dataclass(frozen=True, slots=True)
class Step:
    """A step by its name: whether it is done, and what is wrong with it, if anything is known to be."""

    name: str
    is_done: bool
    error: ConnectorError | None = None


def steps_of(
    house: House, session: Session, connection: StoredConnection, actor: Actor, *, has_pulled: bool
) -> tuple[Step, ...]:
    """Return the steps in their order."""
    checked = last_check(session, connection.name, actor)
    is_scheduled = connection.is_on and connection.schedule_minutes > 0
    return (
        _account(house, session, connection, actor),
        Step("check", has_pulled or bool(checked and not checked.code)),
        Step("mapping", bool(connection.mapping)),
        Step("pull", has_pulled),
        Step("schedule", is_scheduled),
    )


def _account(house: House, session: Session, connection: StoredConnection, actor: Actor) -> Step:
    if Permission.CONNECTIONS_CONNECT not in actor.permissions:
        # What is lacking is for those who can mend it.
        return Step("account", is_done=bool(connection.settings))
    try:
        kept = kept_secrets(house, session, connection.name, actor)
        account = Account(connection.settings, dict.fromkeys(kept, _SOMETHING))
        checked_account(System(connection.system), account)
    except ConnectorError as error:
        return Step("account", is_done=False, error=error)
    return Step("account", is_done=True)
