"""Who asks a service for something, and what they may do."""

from collections.abc import Sequence
from dataclasses import dataclass

from policy_service.domain.errors import AccessError
from policy_service.domain.permissions import Permission, Role, permissions_of


@dataclass(frozen=True, slots=True)
class Actor:
    """A person, known by login, with their roles; `permissions` are narrowed by the key they came with.

    The command line acts as a person too, with no key. `requests_per_minute` is the key's own limit.
    """

    person: str
    user_id: str
    roles: frozenset[Role]
    permissions: frozenset[Permission]
    key_id: str | None = None
    requests_per_minute: int | None = None


def require_one_of(actor: Actor, permissions: Sequence[Permission]) -> None:
    """Return if the actor may do one of these; AccessError A403, for the first of them, otherwise."""
    if not any(one in actor.permissions for one in permissions):
        require(actor, permissions[0])


def own_proposal() -> AccessError:
    """Return the refusal of somebody who agrees to what they proposed themselves."""
    return AccessError(
        "A406", "Nobody agrees to what they proposed themselves.", remedy="Let another person agree to it."
    )


def require(actor: Actor, permission: Permission) -> None:
    """Return if the actor may do it; AccessError A403 otherwise."""
    if permission in actor.permissions:
        return
    if actor.key_id is not None and permission in permissions_of(actor.roles):
        raise AccessError(
            "A403",
            f"{actor.person} may do this, but not with this key: its scopes lack {permission.value}.",
            remedy="Use a key with that scope.",
        )
    raise AccessError(
        "A403",
        f"{actor.person} may not do this: it needs {permission.value}.",
        remedy="Let a person do it whose role allows it, or ask an administrator for such a role."
        if actor.key_id is None
        else "Use a key with that scope of a person whose role allows it.",
    )
