"""People kept: who they are, and which roles are proposed for them, granted to them or withdrawn."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import CursorResult, func, select, text, update
from sqlalchemy.orm import Session

from policy_service.storage.errors import Conflict, changed_since_read, not_stored
from policy_service.storage.models.people import User, UserRole

#: Any number that nobody else locks under.
_LOCK: Final = 7_203_118_552


@dataclass(frozen=True, slots=True)
class StoredPerson:
    """A person; `revision` is what a change has to name."""

    user_id: str
    login: str
    name: str
    email: str
    is_active: bool
    created_at: int
    revision: int


@dataclass(frozen=True, slots=True)
class StoredRole:
    """A role of a person: `proposed`, `granted` or `withdrawn`, by whose login and when.

    `granted_at` of a role that is not granted is that of an earlier grant.
    """

    login: str
    role: str
    state: str
    proposed_by: str | None
    proposed_at: int
    granted_by: str | None
    granted_at: int | None


_PERSON: Final = [getattr(User, name) for name in StoredPerson.__slots__]


class PeopleStore:
    """The people within one transaction."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def hold(self) -> None:
        """Let nobody else change people or their roles until the transaction ends."""
        if self._session.connection().dialect.name == "postgresql":
            self._session.execute(text("SELECT pg_advisory_xact_lock(:number)"), {"number": _LOCK})

    def add(self, user_id: str, login: str, name: str, email: str, at: int) -> StoredPerson:
        """Store a new person, active and without a role; Conflict S220 if the login is taken."""
        if self._find(login) is not None:
            raise Conflict("S220", f"The login {login[:60]} is taken.", remedy="Choose another one.")
        self._session.add(
            User(
                user_id=user_id,
                login=login,
                name=name,
                email=email,
                locale="",
                is_active=True,
                created_at=at,
                last_seen_at=None,
            )
        )
        self._session.flush()
        return self.person(login)

    def person(self, login: str) -> StoredPerson:
        """Return the person of that login; NotStored S209 if there is none."""
        found = self._find(login)
        if found is None:
            raise not_stored(f"person {login[:60]!r}")
        return found

    def find(self, login: str) -> StoredPerson | None:
        """Return the person of that login, if there is one."""
        return self._find(login)

    def page(self, after: str, limit: int) -> tuple[StoredPerson, ...]:
        """Return people whose login stands behind `after`, in order of logins."""
        # Logins are lower case ASCII, so that databases agree upon their order by character.
        logins = self._session.scalars(select(User.login).where(User.login > after))
        kept = sorted(logins)[:limit]
        rows = self._session.execute(select(*_PERSON).where(User.login.in_(kept)))
        return tuple(sorted((StoredPerson(*row) for row in rows), key=lambda person: person.login))

    def change(self, before: StoredPerson, values: Mapping[str, Any]) -> StoredPerson:
        """Keep other values of a person; Conflict S208 if somebody else changed the person since."""
        changed = self._session.execute(
            update(User)
            .where(User.user_id == before.user_id, User.revision == before.revision)
            .values(**values, revision=before.revision + 1),
            execution_options={"synchronize_session": False},
        )
        if isinstance(changed, CursorResult) and changed.rowcount != 1:
            raise changed_since_read(f"the person {before.login}")
        return self.person(before.login)

    def roles(self, logins: Sequence[str]) -> tuple[StoredRole, ...]:
        """Return the roles of these people, whatever their state, in order of login and role."""
        rows = self._session.execute(_roles().where(User.login.in_(logins)))
        return tuple(sorted((StoredRole(*row) for row in rows), key=lambda each: (each.login, each.role)))

    def proposed(self) -> tuple[StoredRole, ...]:
        """Return the roles that are proposed for active people, the earliest first."""
        rows = self._session.execute(_roles().where(UserRole.state == "proposed", User.is_active.is_(True)))
        return tuple(sorted((StoredRole(*row) for row in rows), key=lambda each: (each.proposed_at, each.login)))

    def ever_granted(self, roles: Sequence[str]) -> int:
        """Return how many people were ever granted one of the roles, whether or not they still hold it."""
        people = select(func.count(UserRole.user_id.distinct()))
        return self._session.scalar(people.where(UserRole.role.in_(roles), UserRole.granted_at.is_not(None))) or 0

    def holders(self, roles: Sequence[str]) -> frozenset[str]:
        """Return the logins of the active people who hold one of the roles."""
        return frozenset(
            self._session.scalars(
                select(User.login)
                .join(UserRole, UserRole.user_id == User.user_id)
                .where(UserRole.role.in_(roles), UserRole.state == "granted", User.is_active.is_(True))
            )
        )

    def set_role(self, person: StoredPerson, role: str, values: Mapping[str, Any]) -> None:
        """Keep a role of a person in another state; people must be held. `values` are columns of `user_roles`."""
        key = (UserRole.user_id == person.user_id, UserRole.role == role)
        revision = self._session.scalar(select(UserRole.revision).where(*key))
        if revision is None:
            self._session.add(UserRole(user_id=person.user_id, role=role, **values))
            self._session.flush()
            return
        self._session.execute(
            update(UserRole).where(*key).values(**values, revision=revision + 1),
            execution_options={"synchronize_session": False},
        )

    def _find(self, login: str) -> StoredPerson | None:
        row = self._session.execute(select(*_PERSON).where(User.login == login)).one_or_none()
        return StoredPerson(*row) if row else None


def _roles() -> Any:  # SQLAlchemy's own type says less than this name
    proposers, granters = User.__table__.alias("proposers"), User.__table__.alias("granters")
    return (
        select(
            User.login,
            UserRole.role,
            UserRole.state,
            proposers.c.login,
            UserRole.proposed_at,
            granters.c.login,
            UserRole.granted_at,
        )
        .join(UserRole, UserRole.user_id == User.user_id)
        .outerjoin(proposers, proposers.c.user_id == UserRole.proposed_by)
        .outerjoin(granters, granters.c.user_id == UserRole.granted_by)
    )
