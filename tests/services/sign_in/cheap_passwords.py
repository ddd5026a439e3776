"""Argon2 with the least it can do: a fifth of a second for each of some hundred passwords is long."""

from collections.abc import Iterator

import pytest
from argon2 import PasswordHasher

from policy_service.services.sign_in import secrets_of_people

CHEAP = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)


@pytest.fixture(autouse=True)
def cheap_passwords(request: pytest.FixtureRequest) -> Iterator[None]:
    """Make passwords cheap, but in a module that says they are dear."""
    with pytest.MonkeyPatch.context() as patched:
        if not getattr(request.module, "PASSWORDS_ARE_DEAR", False):
            patched.setattr(secrets_of_people, "_hasher", lambda: CHEAP)
            secrets_of_people.hash_of_nobody.cache_clear()
        yield
    secrets_of_people.hash_of_nobody.cache_clear()
