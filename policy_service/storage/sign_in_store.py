"""Passwords and sign-ins kept: of either only a hash."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session, aliased

from policy_service.domain.instants import Instant
from policy_service.storage.models.people import User, UserRole
from policy_service.storage.models.sign_ins import InstallationSecret, Password, SignIn


@dataclass(frozen=True, slots=True)
class StoredPassword:
    """A person's password as it is kept, with what else signing in depends upon; `given_by` is nobody's own login."""

    user_id: str
    secret_hash: str
    given_by: str | None
    given_at: Instant
    expires_at: Instant | None
    asks_for_another: bool
    failures: int
    locked_until: Instant | None


@dataclass(frozen=True, slots=True)
class WaitingPassword:
    """A password that somebody was given, which waits for a second person; both by their logins."""

    login: str
    name: str
    given_by: str
    given_at: Instant
    expires_at: Instant | None


@dataclass(frozen=True, slots=True)
class StoredSignIn:
    """A sign-in under way, and whose it is."""

    user_id: str
    login: str
    name: str
    locale: str
    is_active: bool
    began_at: Instant
    last_seen_at: Instant
    ended_at: Instant | None
    roles: tuple[str, ...]


_PASSWORD: Final = [getattr(Password, name) for name in StoredPassword.__slots__]
_SIGN_IN: Final = (
    select(
        User.user_id,
        User.login,
        User.name,
        User.locale,
        User.is_active,
        SignIn.began_at,
        SignIn.last_seen_at,
        SignIn.ended_at,
        UserRole.role,
    )
    .join(User, User.user_id == SignIn.user_id)
    .outerjoin(UserRole, (UserRole.user_id == User.user_id) & (UserRole.state == "granted"))
)
_AS_IT_IS: Final = {"synchronize_session": False}


class SignInStore:
    """Passwords and sign-ins within one transaction."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def password(self, user_id: str) -> StoredPassword | None:
        """Return the password of a person, if there is one."""
        row = self._session.execute(select(*_PASSWORD).where(Password.user_id == user_id)).one_or_none()
        return StoredPassword(*row) if row else None

    def asking(self, at: Instant) -> tuple[WaitingPassword, ...]:
        """Return the passwords that wait for a second person and are good still, the earliest first."""
        giver = aliased(User)
        names = (User.login, User.name, giver.login, Password.given_at, Password.expires_at)
        given = select(*names).select_from(Password).join(User, User.user_id == Password.user_id)
        waiting = (Password.asks_for_another.is_(True), Password.expires_at > at, User.is_active.is_(True))
        rows = self._session.execute(given.join(giver, giver.user_id == Password.given_by).where(*waiting))
        return tuple(sorted((WaitingPassword(*row) for row in rows), key=lambda each: (each.given_at, each.login)))

    def keep_password(self, password: StoredPassword) -> None:
        """Keep a password in place of the one before."""
        self._session.execute(delete(Password).where(Password.user_id == password.user_id), execution_options=_AS_IT_IS)
        self._session.add(Password(**{name: getattr(password, name) for name in StoredPassword.__slots__}))
        self._session.flush()

    def change_password(self, user_id: str, values: Mapping[str, Any]) -> None:
        """Keep other values of a person's password; `values` are columns of `passwords`."""
        change = update(Password).where(Password.user_id == user_id).values(**values)
        self._session.execute(change, execution_options=_AS_IT_IS)

    def begin(self, token_hash: str, user_id: str, at: Instant, address: str, browser: str) -> None:
        """Keep a new sign-in."""
        self._session.add(
            SignIn(
                token_hash=token_hash,
                user_id=user_id,
                began_at=at,
                last_seen_at=at,
                ended_at=None,
                address=address,
                browser=browser,
            )
        )
        self._session.flush()

    def find(self, token_hash: str) -> StoredSignIn | None:
        """Return the sign-in of that hash with the roles that its person holds, if there is one."""
        rows = self._session.execute(_SIGN_IN.where(SignIn.token_hash == token_hash)).all()
        if not rows:
            return None
        return StoredSignIn(*rows[0][:-1], roles=tuple(row[-1] for row in rows if row[-1] is not None))

    def see(self, token_hash: str, at: Instant) -> None:
        """Note that somebody signed in did something."""
        seen = update(SignIn).where(SignIn.token_hash == token_hash, SignIn.last_seen_at < at).values(last_seen_at=at)
        self._session.execute(seen, execution_options=_AS_IT_IS)

    def end(self, token_hash: str, at: Instant) -> None:
        """End one sign-in."""
        self._end(SignIn.token_hash == token_hash, at)

    def end_all(self, user_id: str, at: Instant) -> None:
        """End every sign-in of a person."""
        self._end(SignIn.user_id == user_id, at)

    def forget_before(self, at: Instant) -> None:
        """Drop sign-ins that nobody has used since then."""
        self._session.execute(delete(SignIn).where(SignIn.last_seen_at < at), execution_options=_AS_IT_IS)

    def set_locale(self, user_id: str, locale: str) -> None:
        """Keep the language in which a person reads the console."""
        change = update(User).where(User.user_id == user_id).values(locale=locale)
        self._session.execute(change, execution_options=_AS_IT_IS)

    def secret(self, name: str) -> str | None:
        """Return a secret of the installation, if it has been made."""
        return self._session.scalar(select(InstallationSecret.secret).where(InstallationSecret.name == name))

    def keep_secret(self, name: str, secret: str, at: Instant) -> None:
        """Keep a secret of the installation that has none of that name."""
        self._session.add(InstallationSecret(name=name, secret=secret, made_at=at))
        self._session.flush()

    def _end(self, which: Any, at: Instant) -> None:  # SQLAlchemy's own type says less than this name
        ended = update(SignIn).where(which, SignIn.ended_at.is_(None)).values(ended_at=at)
        self._session.execute(ended, execution_options=_AS_IT_IS)
