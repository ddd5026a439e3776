"""Settings proposed, agreed to and taken back: by those who may, and with all of it in the audit trail."""

import json
from collections.abc import Mapping

import pytest

from policy_service.domain.acting import Act
from policy_service.domain.errors import PolicyServiceError
from policy_service.domain.permissions import Role
from policy_service.services.house import House
from policy_service.services.people import actor_of
from policy_service.services.setting_changes import agree_to_setting, propose_setting, withdraw_setting
from policy_service.storage.audit_store import AuditStore
from policy_service.storage.settings_store import ProposedChange
from tests.api.house import store_person

NAME = "approvers_needed"


@pytest.fixture
def house(bare: House) -> House:
    """Give a house with two administrators and an analyst."""
    for login, role in (("ada", Role.ADMIN), ("eve", Role.ADMIN), ("ann", Role.ANALYST)):
        store_person(bare, login, role)
    return bare


def proposes(house: House, by: str, value: object) -> ProposedChange:
    with house.database.writing() as session:
        return propose_setting(house, session, NAME, value, actor_of(session, by), Act(by, 1))


def agrees(house: House, by: str, change_id: str) -> ProposedChange:
    with house.database.writing() as session:
        return agree_to_setting(house, session, NAME, change_id, actor_of(session, by), Act(by, 2))


def withdraws(house: House, by: str, change_id: str) -> ProposedChange:
    with house.database.writing() as session:
        return withdraw_setting(house, session, NAME, change_id, actor_of(session, by), Act(by, 2))


def notes(house: House) -> list[tuple[str, str, Mapping[str, object]]]:
    with house.database.reading() as session:
        events = AuditStore(session).about("setting", NAME)
    return [(each.act, each.person, json.loads(each.detail)) for each in events]


def test_the_audit_trail_says_who_wanted_which_value_and_who_agreed(house: House) -> None:
    first = proposes(house, "ada", 2).change_id
    agrees(house, "eve", first)
    assert [
        ("proposed", "ada", {"change_id": first, "value": 2}),
        ("agreed", "eve", {"change_id": first, "value": 2, "proposed_by": "ada"}),
    ] == notes(house)


def test_the_audit_trail_says_who_took_a_proposal_back(house: House) -> None:
    change = proposes(house, "eve", 3).change_id
    withdraws(house, "ada", change)
    assert [
        ("proposed", "eve", {"change_id": change, "value": 3}),
        ("withdrawn", "ada", {"change_id": change}),
    ] == notes(house)


def test_whoever_may_not_change_settings_neither_proposes_agrees_nor_takes_back(house: House) -> None:
    change = proposes(house, "ada", 2)
    for attempt in (
        lambda: proposes(house, "ann", 3),
        lambda: agrees(house, "ann", change.change_id),
        lambda: withdraws(house, "ann", change.change_id),
    ):
        with pytest.raises(PolicyServiceError) as refused:
            attempt()
        assert "A403" == refused.value.code
    assert "agreed" == agrees(house, "eve", change.change_id).state
