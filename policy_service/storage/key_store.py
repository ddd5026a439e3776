"""API keys kept: of a secret only its hash, and with it what the key may do and whose it is."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from sqlalchemy import or_, select, tuple_, update
from sqlalchemy.orm import Session

from policy_service.storage.errors import Conflict, not_stored
from policy_service.storage.models.people import ApiKey, User, UserRole


@dataclass(frozen=True, slots=True)
class StoredKey:
    """A key without its secret; `login` is its owner's, `replaces` the key that it took over from."""

    key_id: str
    login: str
    name: str
    scopes: tuple[str, ...]
    requests_per_minute: int | None
    created_at: int
    expires_at: int | None
    revoked_at: int | None
    last_used_at: int | None
    replaces: str | None
    revision: int = 1


@dataclass(frozen=True, slots=True)
class KeyInHand:
    """What is needed to let somebody in with a key: its hash, until when it counts, and whose roles stand behind it."""

    secret_hash: str
    scopes: tuple[str, ...]
    requests_per_minute: int | None
    expires_at: int | None
    revoked_at: int | None
    user_id: str
    login: str
    is_active: bool
    roles: tuple[str, ...]


_COLUMNS: Final = (
    ApiKey.key_id,
    User.login,
    ApiKey.name,
    ApiKey.scopes,
    ApiKey.requests_per_minute,
    ApiKey.created_at,
    ApiKey.expires_at,
    ApiKey.revoked_at,
    ApiKey.last_used_at,
    ApiKey.replaces,
    ApiKey.revision,
)
_KEYS: Final = select(*_COLUMNS).join(User, User.user_id == ApiKey.user_id)
_IN_HAND: Final = (
    select(
        ApiKey.secret_hash,
        ApiKey.scopes,
        ApiKey.requests_per_minute,
        ApiKey.expires_at,
        ApiKey.revoked_at,
        User.user_id,
        User.login,
        User.is_active,
        UserRole.role,
    )
    .join(User, User.user_id == ApiKey.user_id)
    .outerjoin(UserRole, (UserRole.user_id == User.user_id) & (UserRole.state == "granted"))
)


class KeyStore:
    """The keys within one transaction."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def add(self, key: StoredKey, user_id: str, secret_hash: str) -> None:
        """Store a new key of that user; Conflict S221 if the key it replaces has been replaced."""
        if key.replaces is not None and self._is_replaced(key.replaces):
            raise Conflict(
                "S221", f"Another key has replaced {key.replaces}.", remedy="Rotate the key that replaced it."
            )
        self._session.add(
            ApiKey(
                key_id=key.key_id,
                user_id=user_id,
                name=key.name,
                secret_hash=secret_hash,
                scopes=json.dumps(sorted(key.scopes)),
                requests_per_minute=key.requests_per_minute,
                created_at=key.created_at,
                expires_at=key.expires_at,
                revoked_at=None,
                last_used_at=None,
                replaces=key.replaces,
            )
        )
        self._session.flush()

    def hold(self, key_id: str) -> StoredKey:
        """Return the key and let nobody else change it until the transaction ends; NotStored S209 if there is none."""
        self._session.execute(select(ApiKey.key_id).where(ApiKey.key_id == key_id).with_for_update())
        return self.key(key_id)

    def key(self, key_id: str) -> StoredKey:
        """Return the key; NotStored S209 if there is none."""
        row = self._session.execute(_KEYS.where(ApiKey.key_id == key_id)).one_or_none()
        if row is None:
            raise not_stored(f"key {key_id[:60]!r}")
        return _key(tuple(row))

    def page(self, login: str | None, behind: tuple[int, str] | None, limit: int) -> tuple[StoredKey, ...]:
        """Return keys of one person, or of all, the newest first, behind the one made then with that id."""
        query = _KEYS if login is None else _KEYS.where(User.login == login)
        if behind is not None:
            query = query.where(tuple_(ApiKey.created_at, ApiKey.key_id) < behind)
        rows = self._session.execute(query.order_by(ApiKey.created_at.desc(), ApiKey.key_id.desc()).limit(limit))
        return tuple(_key(tuple(row)) for row in rows)

    def in_hand(self, key_id: str) -> KeyInHand | None:
        """Return what lets somebody in with the key of that id, if there is one."""
        rows = self._session.execute(_IN_HAND.where(ApiKey.key_id == key_id)).all()
        if not rows:
            return None
        key = rows[0]
        return KeyInHand(
            secret_hash=key.secret_hash,
            scopes=tuple(json.loads(key.scopes)),
            requests_per_minute=key.requests_per_minute,
            expires_at=key.expires_at,
            revoked_at=key.revoked_at,
            user_id=key.user_id,
            login=key.login,
            is_active=key.is_active,
            roles=tuple(row.role for row in rows if row.role is not None),
        )

    def expire(self, key_id: str, at: int) -> None:
        """Let the key count until `at` at the latest."""
        later = or_(ApiKey.expires_at.is_(None), ApiKey.expires_at > at)
        self._session.execute(
            update(ApiKey).where(ApiKey.key_id == key_id, later).values(expires_at=at, revision=ApiKey.revision + 1),
            execution_options={"synchronize_session": False},
        )

    def revoke(self, key_ids: Sequence[str], at: int) -> None:
        """Let these keys count no more; one that is revoked keeps its instant."""
        self._session.execute(
            update(ApiKey)
            .where(ApiKey.key_id.in_(key_ids), ApiKey.revoked_at.is_(None))
            .values(revoked_at=at, revision=ApiKey.revision + 1),
            execution_options={"synchronize_session": False},
        )

    def unrevoked(self, user_id: str) -> tuple[str, ...]:
        """Return the ids of the user's keys that nobody has revoked, in order."""
        of_user = (ApiKey.user_id == user_id, ApiKey.revoked_at.is_(None))
        return tuple(sorted(self._session.scalars(select(ApiKey.key_id).where(*of_user))))

    def used(self, key_id: str, at: int) -> None:
        """Note when the key was used last, unless somebody else is at it; that is no change of the key."""
        free = select(ApiKey.key_id).where(ApiKey.key_id == key_id).with_for_update(skip_locked=True)
        if self._session.scalar(free) is not None:
            self._session.execute(
                update(ApiKey).where(ApiKey.key_id == key_id).values(last_used_at=at),
                execution_options={"synchronize_session": False},
            )

    def _is_replaced(self, key_id: str) -> bool:
        return self._session.scalar(select(ApiKey.key_id).where(ApiKey.replaces == key_id).limit(1)) is not None


def _key(row: tuple[object, ...]) -> StoredKey:
    key_id, login, name, scopes, *rest = row
    return StoredKey(key_id, login, name, tuple(json.loads(str(scopes))), *rest)  # type: ignore[arg-type]
