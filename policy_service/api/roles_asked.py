"""Lists that are asked for by a role: one that there is not is refused, not answered as if nothing waited for it."""

from policy_service.api.edge import the_call
from policy_service.domain.errors import RequestError
from policy_service.domain.permissions import Role
from policy_service.services.known_roles import known_roles


def check_roles(**asked: str) -> None:
    """Return if the filters of a list that turned out empty name roles that there are; RequestError R436 otherwise."""
    # Whoever polls for a person's role need not wait for policies to be read.
    doubtful = {name: role for name, role in asked.items() if role and role not in frozenset(Role)}
    known = known_roles(the_call().session, the_call().act.at) if doubtful else None
    for name, role in doubtful.items():
        if known is not None and role not in known:
            raise RequestError(
                "R436",
                f"{name} asks for the role {role[:60]!r}, which there is not.",
                remedy=f"Ask for one of: {', '.join(sorted(known))}.",
            )
