"""API keys: made for oneself, shown once, rotated with an overlap, revoked; a key acts as its owner, with its scopes.

Nobody makes or rotates another's key, whatever their role: whoever has the secret acts as the owner.
"""

import hashlib
import hmac
import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Final

from sqlalchemy.orm import Session

from policy_service.domain.acting import Act
from policy_service.domain.errors import AccessError, RequestError
from policy_service.domain.instants import DAY, SECOND, Instant, instant_text
from policy_service.domain.permissions import Permission, Role, permissions_of
from policy_service.services.actor import Actor, require
from policy_service.services.audit import note
from policy_service.services.house import House
from policy_service.storage.errors import Conflict, refuse_if_changed
from policy_service.storage.key_store import KeyInHand, KeyStore, StoredKey

#: Before the key's id and its secret, so that a key is known for one wherever it turns up.
PREFIX: Final = "cps"
LONGEST_OVERLAP: Final = DAY
_KEY_ID: Final = re.compile(r"[0-9A-Za-z-]{1,40}", re.ASCII)
_SCOPES: Final = frozenset(Permission)
_ROLES: Final = frozenset(Role)


@dataclass(frozen=True, slots=True)
class NewKey:
    """What somebody wants of a key; without `expires_at` it counts until it is revoked."""

    name: str
    scopes: frozenset[Permission]
    requests_per_minute: int | None = None
    expires_at: Instant | None = None


def key_text(key_id: str, secret: str) -> str:
    """Return the key as its owner is shown it, once."""
    return f"{PREFIX}_{key_id}_{secret}"


def actor_with_key(session: Session, text: str, at: Instant) -> Actor:
    """Return who comes with the key; AccessError A401 for anything but a valid key, without saying why."""
    prefix, _, rest = text.partition("_")
    key_id, _, secret = rest.partition("_")
    if prefix != PREFIX or not _KEY_ID.fullmatch(key_id) or not secret:
        raise not_known()
    found = KeyStore(session).in_hand(key_id)
    if found is None or not _opens(found, secret, at):
        raise not_known()
    roles = frozenset(Role(role) for role in found.roles if role in _ROLES)
    scopes = frozenset(Permission(scope) for scope in found.scopes if scope in _SCOPES)
    return Actor(found.login, found.user_id, roles, scopes & permissions_of(roles), key_id, found.requests_per_minute)


def not_known() -> AccessError:
    """Return the refusal of somebody who does not come with a valid key."""
    return AccessError(
        "A401",
        "The request has no valid API key.",
        remedy="Send the header Authorization: Bearer KEY with a key that is neither expired nor revoked.",
    )


def create_key(house: House, session: Session, new: NewKey, secret: str, actor: Actor, act: Act) -> StoredKey:
    """Store a key of the actor's own; `secret` is 32 random bytes as text, of which only the hash is kept.

    Of requests a minute it may send, where that is not said, what the service allows, or the one in use if less.

    AccessError A407 for scopes that the actor does not have, or a key that counts longer or may ask more often than
    the one in use; RequestError R418 for a key that has expired already.
    """
    require(actor, Permission.KEYS_OWN)
    _refuse_more_than(actor, new.scopes)
    usual = house.settings.rate_limit_per_minute
    new = _as_bound_as_the_one_in_use(session, actor, new, usual)
    _refuse_fewer_bounds(session, actor, new, usual)
    if new.expires_at is not None and new.expires_at <= act.at:
        raise RequestError("R418", "The key would have expired already.", remedy="Choose an instant to come, or none.")
    key = StoredKey(
        key_id=house.new_id(),
        login=actor.person,
        name=new.name,
        scopes=tuple(sorted(new.scopes)),
        requests_per_minute=new.requests_per_minute,
        created_at=act.at,
        expires_at=new.expires_at,
        revoked_at=None,
        last_used_at=None,
        replaces=None,
    )
    KeyStore(session).add(key, actor.user_id, hash_of(secret))
    note(house, session, act, "created", "key", key.key_id, {"name": key.name, "scopes": list(key.scopes)})
    return key


def rotate_key(
    house: House,
    session: Session,
    key_id: str,
    overlap: int,
    secret: str,
    actor: Actor,
    act: Act,
    *,
    revision: int | None = None,
) -> StoredKey:
    """Store a key that takes over from one of the actor's own, which counts for `overlap` microseconds more.

    AccessError A408 for another's key, A407 for one that may do more than the one in use; Conflict S208 for one at
    another revision than the one given, S225 for one expired or revoked, S221 for one that was rotated before.
    """
    require(actor, Permission.KEYS_OWN)
    store = KeyStore(session)
    before = store.hold(key_id)
    if before.login != actor.person:
        raise _not_ones_own("rotates")
    refuse_if_changed(f"the key {key_id}", before.revision, revision)
    _refuse_more_than(actor, (Permission(scope) for scope in before.scopes if scope in _SCOPES))
    _refuse_fewer_bounds(session, actor, before, house.settings.rate_limit_per_minute)
    if before.revoked_at is not None or (before.expires_at is not None and before.expires_at <= act.at):
        raise Conflict("S225", "The key has expired or was revoked.", remedy="Make a new one.")
    key = StoredKey(
        key_id=house.new_id(),
        login=before.login,
        name=before.name,
        scopes=before.scopes,
        requests_per_minute=before.requests_per_minute,
        created_at=act.at,
        expires_at=before.expires_at,
        revoked_at=None,
        last_used_at=None,
        replaces=before.key_id,
    )
    store.add(key, actor.user_id, hash_of(secret))
    store.expire(key_id, act.at + min(overlap, LONGEST_OVERLAP))
    note(house, session, act, "rotated", "key", key_id, {"new": key.key_id, "overlap_seconds": overlap // SECOND})
    return key


def revoke_key(
    house: House, session: Session, key_id: str, actor: Actor, act: Act, *, revision: int | None = None
) -> StoredKey:
    """Let a key count no more, from now on.

    AccessError A408 for another's without the permission for all keys; Conflict S208 for one at another revision than
    the one given.
    """
    store = KeyStore(session)
    key = store.hold(key_id)
    _require_for(actor, key, "revokes")
    refuse_if_changed(f"the key {key_id}", key.revision, revision)
    if key.revoked_at is None:
        store.revoke((key_id,), act.at)
        note(house, session, act, "revoked", "key", key_id, {"owner": key.login})
    return store.key(key_id)


def the_key(session: Session, key_id: str, actor: Actor) -> StoredKey:
    """Return a key; AccessError A408 for another's without the permission for all keys."""
    key = KeyStore(session).key(key_id)
    _require_for(actor, key, "sees")
    return key


def keys_of(
    session: Session, login: str | None, actor: Actor, behind: tuple[int, str] | None, limit: int
) -> tuple[StoredKey, ...]:
    """Return keys of one person, or of all, the newest first; without the permission for all keys only one's own."""
    if Permission.KEYS_ALL in actor.permissions:
        return KeyStore(session).page(login, behind, limit)
    require(actor, Permission.KEYS_OWN)
    if login not in (None, actor.person):
        raise _not_ones_own("lists")
    return KeyStore(session).page(actor.person, behind, limit)


def _require_for(actor: Actor, key: StoredKey, does: str) -> None:
    if Permission.KEYS_ALL in actor.permissions:
        return
    require(actor, Permission.KEYS_OWN)
    if key.login != actor.person:
        raise _not_ones_own(does)


def _refuse_more_than(actor: Actor, scopes: Iterable[Permission]) -> None:
    if beyond := sorted(set(scopes) - actor.permissions):
        raise AccessError(
            "A407",
            f"The key would do what {actor.person} may not do with this key: {', '.join(beyond)}.",
            remedy="Leave these scopes out, or come with a key that has them.",
        )


def _as_bound_as_the_one_in_use(session: Session, actor: Actor, new: NewKey, usual: int) -> NewKey:
    most = KeyStore(session).key(actor.key_id).requests_per_minute if actor.key_id else None
    is_less = new.requests_per_minute is None and most is not None and most < usual
    return replace(new, requests_per_minute=most) if is_less else new


def _refuse_fewer_bounds(session: Session, actor: Actor, new: NewKey | StoredKey, usual: int) -> None:
    if actor.key_id is None:
        return
    used = KeyStore(session).key(actor.key_id)
    if used.expires_at is not None and (new.expires_at is None or new.expires_at > used.expires_at):
        end = instant_text(used.expires_at)
        raise _too_wide(f"The key would count longer than the one in use, which ends at {end}.", "an earlier end")
    most = used.requests_per_minute
    if most is not None and (new.requests_per_minute or usual) > most:
        raise _too_wide(f"The key could ask more often than the one in use: {most} a minute.", "a smaller number")


def _too_wide(found: str, wanted: str) -> AccessError:
    return AccessError("A407", found, remedy=f"Choose {wanted}, or come with a key without that bound.")


def _not_ones_own(does: str) -> AccessError:
    return AccessError("A408", f"Nobody {does} another's keys with this permission.", remedy="Let the owner do it.")


def _opens(key: KeyInHand, secret: str, at: Instant) -> bool:
    is_same = hmac.compare_digest(key.secret_hash, hash_of(secret))
    is_over = key.revoked_at is not None or (key.expires_at is not None and key.expires_at <= at)
    return is_same and key.is_active and not is_over


def hash_of(secret: str) -> str:
    """Return what is kept of a secret."""
    return hashlib.sha256(secret.encode()).hexdigest()
