"""Passwords as Argon2 makes them unreadable, and what a password has to be like."""

from functools import lru_cache
from typing import Final

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from policy_service.domain.errors import RequestError

#: After NIST SP 800-63B: length counts, not what kinds of characters there are.
SHORTEST: Final = 12
LONGEST: Final = 200
_FEWEST_KINDS: Final = 5


def hashed(password: str) -> str:
    """Return what is kept of a password."""
    return _hasher().hash(password)


def opens(secret_hash: str, password: str) -> bool:
    """Return whether it is the password of that hash."""
    try:
        return _hasher().verify(secret_hash, password[: LONGEST + 1])
    except (VerificationError, InvalidHashError):
        return False


@lru_cache(maxsize=1)
def hash_of_nobody() -> str:
    """Return the hash of no password: checked for logins that nobody has, so that both take the same time."""
    return hashed("")


def refuse_weak(password: str, login: str) -> None:
    """Return if the password is good enough; RequestError R488 otherwise."""
    if not SHORTEST <= len(password) <= LONGEST:
        raise _weak(f"It has {len(password)} characters.")
    if len(set(password)) < _FEWEST_KINDS:
        raise _weak("It repeats few characters.")
    if login.lower() in password.lower():
        raise _weak("It holds the login.")


@lru_cache(maxsize=1)
def _hasher() -> PasswordHasher:
    # The library's own parameters, those of RFC 9106 for little memory.
    return PasswordHasher()


def _weak(found: str) -> RequestError:
    return RequestError(
        "R488",
        f"This password is not good enough. {found}",
        remedy=f"Choose {SHORTEST} to {LONGEST} characters, not the login: some words in a row are easy to remember.",
    )
