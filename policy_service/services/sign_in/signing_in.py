"""Signing in, being known by what the browser holds from then on, and signing out.

Somebody signs in with a password, or by the company's own sign-in service, which says who they are.

Whoever fails five times in a row waits a quarter of an hour. Why somebody is refused is not told, but for a password
that has expired or still needs a second person: who knows it may know that.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final

from sqlalchemy.orm import Session

from policy_service.domain.acting import Act
from policy_service.domain.errors import AccessError
from policy_service.domain.instants import SECOND, Instant
from policy_service.domain.permissions import Role, permissions_of
from policy_service.services.actor import Actor
from policy_service.services.audit import note
from policy_service.services.house import House
from policy_service.services.sign_in.secrets_of_people import hash_of_nobody, opens
from policy_service.storage.people_store import PeopleStore
from policy_service.storage.sign_in_store import SignInStore, StoredPassword

FAILURES_ALLOWED: Final = 5
LOCKED_FOR: Final = 15 * 60 * SECOND
#: A sign-in ends when nothing was done for so long ...
IDLE: Final = 60 * 60 * SECOND
#: ... and at the latest so long after it began: a working day.
LONGEST: Final = 12 * 3_600 * SECOND
_SEEN_EVERY: Final = 60 * SECOND
_KEPT_FOR: Final = 90 * 24 * 3_600 * SECOND
_LONGEST_LINE: Final = 200
_ROLES: Final = frozenset(Role)


@dataclass(frozen=True, slots=True)
class Attempt:
    """What somebody signs in with: `token` are 32 random bytes as text, which the browser will hold."""

    login: str
    password: str
    token: str
    address: str = ""
    browser: str = ""


@dataclass(frozen=True, slots=True)
class SignedIn:
    """Who is signed in, their name and language; `must_change` a password that somebody else gave them first."""

    actor: Actor
    name: str
    locale: str
    must_change: bool


def sign_in(house: House, attempt: Attempt, act: Act) -> None:
    """Let somebody in who knows their password, in transactions of its own; from now on `token` stands for them.

    AccessError A411 for anything but a login with its password; A412 for a password that has expired or that a
    second person has yet to agree to; A413 after too many failures.
    """
    with house.database.reading() as session:
        found = _password_of(session, attempt.login)
    if found is not None and found.locked_until is not None and act.at < found.locked_until:
        raise _locked()
    # Outside of any transaction: it takes long on purpose.
    is_right = opens(found.secret_hash if found else hash_of_nobody(), attempt.password)
    if found is None:
        raise _unknown()
    if not is_right:
        _count_failure(house, attempt, found, act)
        raise _unknown()
    _refuse_unusable(found, act.at)
    with house.database.writing() as session:
        _begin(house, session, attempt, found, replace(act, person=attempt.login))


def sign_in_named(house: House, attempt: Attempt, act: Act) -> None:
    """Let somebody in whom the company's sign-in service named, in a transaction; `token` stands for them from now on.

    AccessError A419 where nobody active has that login, A413 while they are locked out.
    """
    with house.database.writing() as session:
        person = PeopleStore(session).find(attempt.login[:_LONGEST_LINE])
        if person is None or not person.is_active:
            raise AccessError(
                "A419",
                f"Nobody active has the login {attempt.login[:60]!r} here.",
                remedy="Ask an administrator to add you, by just that login.",
            )
        password = SignInStore(session).password(person.user_id)
        if password is not None and password.locked_until is not None and act.at < password.locked_until:
            raise _locked()
        _let_in(house, session, attempt, person.user_id, replace(act, person=person.login), {"by": "company"})


def who_is_signed_in(house: House, token: str, at: Instant) -> SignedIn | None:
    """Return who holds that token, unless the sign-in has ended; what they do is noted once a minute."""
    named = _hash(token)
    with house.database.reading() as session:
        found = SignInStore(session).find(named)
        if found is None or found.ended_at is not None or not found.is_active:
            return None
        if at - found.last_seen_at > IDLE or at - found.began_at > LONGEST:
            return None
        password = SignInStore(session).password(found.user_id)
    if at - found.last_seen_at >= _SEEN_EVERY:
        with house.database.writing() as session:
            SignInStore(session).see(named, at)
    roles = frozenset(Role(role) for role in found.roles if role in _ROLES)
    actor = Actor(found.login, found.user_id, roles, permissions_of(roles))
    return SignedIn(actor, found.name, found.locale, password is not None and password.given_by is not None)


def sign_out(house: House, session: Session, token: str, actor: Actor, act: Act) -> None:
    """End the sign-in of that token."""
    SignInStore(session).end(_hash(token), act.at)
    note(house, session, act, "signed_out", "person", actor.person)


def choose_language(session: Session, locale: str, actor: Actor) -> None:
    """Keep the language in which somebody reads the console."""
    SignInStore(session).set_locale(actor.user_id, locale)


def _password_of(session: Session, login: str) -> StoredPassword | None:
    person = PeopleStore(session).find(login[:_LONGEST_LINE])
    if person is None or not person.is_active:
        return None
    return SignInStore(session).password(person.user_id)


def _count_failure(house: House, attempt: Attempt, found: StoredPassword, act: Act) -> None:
    with house.database.writing() as session:
        store = SignInStore(session)
        # Others may have failed since.
        now = store.password(found.user_id) or found
        failures = now.failures + 1
        locks = failures >= FAILURES_ALLOWED
        locked_until = act.at + LOCKED_FOR if locks else None
        store.change_password(found.user_id, {"failures": 0 if locks else failures, "locked_until": locked_until})
        if locks:
            note(house, session, act, "locked_out", "person", attempt.login, {"address": attempt.address})


def _refuse_unusable(found: StoredPassword, at: Instant) -> None:
    if found.asks_for_another:
        raise AccessError(
            "A412",
            "A second person has yet to agree to this password.",
            remedy="Ask another administrator: policy person agree-password LOGIN.",
        )
    if found.expires_at is not None and at >= found.expires_at:
        raise AccessError("A412", "This one-time password has expired.", remedy="Ask an administrator for another one.")


def _begin(house: House, session: Session, attempt: Attempt, found: StoredPassword, act: Act) -> None:
    store = SignInStore(session)
    now = store.password(found.user_id)
    if now is None or now.secret_hash != found.secret_hash:
        # It was changed while it was being checked.
        raise _unknown()
    if now.locked_until is not None and act.at < now.locked_until:
        raise _locked()
    values = {"failures": 0, "locked_until": None}
    if now.expires_at is not None:
        # Good for one sign-in.
        values["expires_at"] = now.given_at
    store.change_password(found.user_id, values)
    _let_in(house, session, attempt, found.user_id, act, {})


def _let_in(
    house: House, session: Session, attempt: Attempt, user_id: str, act: Act, how: Mapping[str, object]
) -> None:
    store = SignInStore(session)
    store.forget_before(act.at - _KEPT_FOR)
    place = attempt.address[:_LONGEST_LINE], _printable(attempt.browser[:_LONGEST_LINE])
    store.begin(_hash(attempt.token), user_id, act.at, *place)
    note(house, session, act, "signed_in", "person", attempt.login, {"address": place[0], **how})


def _printable(text: str) -> str:
    return "".join(one if one.isprintable() else " " for one in text)


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def _unknown() -> AccessError:
    return AccessError(
        "A411", "This login and password do not go together.", remedy="Try again, or ask an administrator."
    )


def _locked() -> AccessError:
    return AccessError(
        "A413", "Too many wrong passwords in a row.", remedy="Wait a quarter of an hour, or ask an administrator."
    )
