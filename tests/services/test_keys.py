"""Keys made, rotated and revoked: by those who may, while they count, and with all of it in the audit trail."""

import json
from collections.abc import Mapping

import pytest
from sqlalchemy import update

from policy_service.domain.acting import Act
from policy_service.domain.errors import PolicyServiceError
from policy_service.domain.instants import DAY, SECOND, Instant
from policy_service.domain.permissions import Permission, Role
from policy_service.services.actor import Actor
from policy_service.services.house import House
from policy_service.services.keys import NewKey, actor_with_key, create_key, key_text, revoke_key, rotate_key
from policy_service.services.people import actor_of
from policy_service.storage.audit_store import AuditStore
from policy_service.storage.key_store import StoredKey
from policy_service.storage.models.people import ApiKey
from policy_service.storage.people_store import PeopleStore
from tests.api.house import store_person

NOON: Instant = DAY
PLAIN = NewKey("shop", frozenset({Permission.KEYS_OWN}))


@pytest.fixture
def house(bare: House) -> House:
    """Give a house with an analyst."""
    store_person(bare, "ann", Role.ANALYST)
    return bare


def made(house: House, expires_at: Instant | None = None, number: int = 1) -> StoredKey:
    new = NewKey(PLAIN.name, PLAIN.scopes, expires_at=expires_at)
    with house.database.writing() as session:
        return create_key(house, session, new, f"text {number}", actor_of(session, "ann"), Act("ann", NOON))


def rotated(house: House, key: StoredKey, at: Instant = NOON) -> StoredKey:
    with house.database.writing() as session:
        actor = actor_of(session, "ann")
        return rotate_key(house, session, key.key_id, 60 * SECOND, "another", actor, Act("ann", at))


def revoked(house: House, key: StoredKey) -> StoredKey:
    with house.database.writing() as session:
        return revoke_key(house, session, key.key_id, actor_of(session, "ann"), Act("ann", NOON))


def notes(house: House, key: StoredKey) -> list[tuple[str, str, Mapping[str, object]]]:
    with house.database.reading() as session:
        events = AuditStore(session).about("key", key.key_id)
    return [(each.act, each.person, json.loads(each.detail)) for each in events]


def code_of(attempt: object, *arguments: object) -> str:
    assert callable(attempt)
    with pytest.raises(PolicyServiceError) as refused:
        attempt(*arguments)
    return refused.value.code


def test_what_is_done_to_a_key_is_in_the_audit_trail(house: House) -> None:
    key = made(house)
    after = rotated(house, key)
    revoked(house, key)
    assert [
        ("created", "ann", {"name": "shop", "scopes": ["keys:own"]}),
        ("rotated", "ann", {"new": after.key_id, "overlap_seconds": 60}),
        ("revoked", "ann", {"owner": "ann"}),
    ] == notes(house, key)


def test_a_key_that_is_revoked_twice_is_noted_once(house: House) -> None:
    key = made(house)
    assert revoked(house, key) == revoked(house, key)
    assert ["created", "revoked"] == [act for act, _, _ in notes(house, key)]


def test_a_key_that_has_expired_is_not_rotated(house: House) -> None:
    key = made(house, expires_at=NOON + 2)
    assert key.key_id == rotated(house, key, at=NOON + 1).replaces
    another = made(house, expires_at=NOON + 2, number=2)
    assert "S225" == code_of(rotated, house, another, NOON + 2)
    assert "S225" == code_of(rotated, house, another, NOON + 3)


def test_a_key_that_was_revoked_is_not_rotated(house: House) -> None:
    key = made(house)
    revoked(house, key)
    assert "S225" == code_of(rotated, house, key)


def test_with_a_key_for_other_things_nobody_makes_a_key(house: House) -> None:
    with house.database.reading() as session:
        ann = actor_of(session, "ann")
    narrow = Actor(ann.person, ann.user_id, ann.roles, frozenset({Permission.DECISIONS_ASK}))
    new = NewKey("shop", frozenset({Permission.DECISIONS_ASK}))
    with house.database.writing() as session:
        assert "A403" == code_of(create_key, house, session, new, "secret", narrow, Act("ann", NOON))


def test_a_scope_and_a_role_that_this_version_does_not_know_take_nothing_from_the_others(house: House) -> None:
    key = made(house)
    with house.database.writing() as session:
        session.execute(update(ApiKey).values(scopes='["keys:own", "orders:teleport"]'))
        people = PeopleStore(session)
        granted = {"state": "granted", "proposed_by": None, "proposed_at": 1, "granted_by": None, "granted_at": 1}
        people.set_role(people.person("ann"), "archivist", granted)
        ann = actor_with_key(session, key_text(key.key_id, "text 1"), NOON)
    assert ({Permission.KEYS_OWN}, {Role.ANALYST}) == (ann.permissions, ann.roles)
