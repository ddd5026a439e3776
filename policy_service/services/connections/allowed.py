"""Who may do what with connections: one table for the console, the command line and the API.

| what | permission | roles |
|---|---|---|
| look at all of it | ledger:read or connections:connect | whoever reads the ledger, admin |
| connect, settings, secrets, look into the system, notices | connections:connect | admin, system |
| check | connections:connect or connections:run | |
| the mapping, and withdrawing more than stays | ledger:write | system |
| pull, schedule, on and off, dry runs, the write-back | connections:run | credit_manager, finance_head, system |

What is pulled and how it is read says which payments there are: nobody who lets orders go decides that alone
(decision 0068).
"""

from typing import Final

from policy_service.domain.errors import AccessError
from policy_service.domain.permissions import Permission, is_withheld
from policy_service.services.actor import Actor, require, require_one_of

_SEES: Final = (Permission.LEDGER_READ, Permission.CONNECTIONS_CONNECT)
_LOOKS_INTO: Final = (Permission.CONNECTIONS_CONNECT, Permission.LEDGER_WRITE)
_CHECKS: Final = (Permission.CONNECTIONS_CONNECT, Permission.CONNECTIONS_RUN)


def require_sees(actor: Actor) -> None:
    """Return if the actor may look at connections; AccessError A403 otherwise."""
    require_one_of(actor, _SEES)


def require_checks(actor: Actor) -> None:
    """Return if the actor may have a connection signed in; AccessError A403 otherwise."""
    require_one_of(actor, _CHECKS)


def require_connects(actor: Actor) -> None:
    """Return if the actor may say how a system is reached; AccessError A403, or X185 for one who lets orders go."""
    if is_withheld(Permission.CONNECTIONS_CONNECT, actor.roles):
        raise AccessError(
            "X185",
            f"{actor.person} lets orders go, and may not say as well where payments come from.",
            remedy="Let an administrator do it who approves nothing.",
        )
    require(actor, Permission.CONNECTIONS_CONNECT)


def require_looks_into(actor: Actor) -> None:
    """Return if the actor may see what the system has, to connect or to map it; AccessError A403 otherwise."""
    require_one_of(actor, _LOOKS_INTO)


def require_maps(actor: Actor) -> None:
    """Return if the actor may say how rows are read; AccessError A403 otherwise."""
    require(actor, Permission.LEDGER_WRITE)


def require_runs(actor: Actor) -> None:
    """Return if the actor may have a connection pulled and written back to; AccessError A403 otherwise."""
    require(actor, Permission.CONNECTIONS_RUN)
