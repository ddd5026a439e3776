"""Each step of a version's life is in the audit trail: what was done to which text, and by whom."""

import json
from collections.abc import Mapping

import pytest

from policy_service.services.house import House
from policy_service.services.policy_life import approving, rollback, scheduling
from policy_service.storage.audit_store import AuditStore
from policy_service.storage.policy_store import PolicyStore
from tests.services.policy_life.living import (
    ANA,
    EMY,
    EVA,
    ID,
    MAX,
    NOW,
    UWE,
    approved,
    do,
    drafted,
    files,
    from_version,
    handed_in,
    now_of,
    ready,
    scheduled,
)
from tests.services.policy_life.test_submitting import settle
from tests.services.told_systems import let_know, told_to

LATER, LATEST = NOW + 1_000, NOW + 2_000
TYPES = ("policy.approved", "policy.scheduled")


@pytest.fixture
def told(house: House) -> House:
    """Give a house with a system that is told of what is approved and scheduled."""
    let_know(house, *TYPES)
    return house


def told_of(house: House) -> list[tuple[str, Mapping[str, object]]]:
    return [(body["type"], body["data"]) for body in told_to(house)]


def events_of(house: House, number: int) -> list[tuple[str, str, Mapping[str, object]]]:
    with house.database.reading() as session:
        events = AuditStore(session).about("policy_version", f"{ID}/{number}")
    return [(event.act, event.person, json.loads(event.detail)) for event in events]


def test_every_step_is_in_the_audit_trail(house: House) -> None:
    settle(house, "approvers_needed", "2")
    number = drafted(house).number
    for verb in (approving.ask_for_changes, approving.reject):
        handed_in(house, now_of(house, number))
        do(house, EVA, verb, ID, number, "a typing error")
    handed_in(house, now_of(house, number))
    do(house, EVA, approving.comment, ID, number, "seen")
    approved(house, now_of(house, number), EVA)
    approved(house, now_of(house, number), UWE)
    scheduled(house, now_of(house, number), LATER)
    do(house, MAX, scheduling.unschedule, ID, number, "too early")
    scheduled(house, now_of(house, number), LATER)
    do(house, MAX, scheduling.retire, ID, number, LATEST, "a trial", True)
    do(house, MAX, scheduling.keep, ID, number, "it went well")
    assert [
        ("drafted", "ana"),
        ("submitted", "max"),
        ("changes_wanted", "eva"),
        ("submitted", "max"),
        ("rejected", "eva"),
        ("submitted", "max"),
        ("commented", "eva"),
        ("approval", "eva"),
        ("approved", "uwe"),
        ("scheduled", "max"),
        ("unscheduled", "max"),
        ("scheduled", "max"),
        ("retirement", "max"),
        ("retirement_withdrawn", "max"),
    ] == [(act, person) for act, person, _ in events_of(house, number)]


def test_a_version_gone_back_to_is_named_in_the_audit_trail(house: House) -> None:
    scheduled(house, ready(house))
    copy = do(house, MAX, rollback.roll_back, ID, 1, None, "wrong", at=LATER)
    first, *_ = events_of(house, copy.number)
    assert ("rolled_back", "max", {"sha256": now_of(house, 1).sha256, "to": 1, "note": "wrong"}) == first


def test_what_a_draft_was_made_from_is_in_the_audit_trail(house: House) -> None:
    draft = from_version(house, ANA, 1)
    said = {"sha256": draft.sha256, "files": sorted(files()), "based_on": 1}
    assert [("drafted", "ana", said)] == events_of(house, draft.number)


def test_what_the_service_does_by_itself_is_recorded_with_nobodys_key_and_note(house: House) -> None:
    by = MAX.with_key("key-1")
    version = ready(house)
    do(house, by, scheduling.schedule, ID, version.number, None, "at once")
    with house.database.reading() as session:
        steps = PolicyStore(session).steps(ID, version.number)[-2:]
    said = [(step.step, step.person, step.key_id, step.note) for step in steps]
    assert [("scheduled", "max", "key-1", "at once"), ("active", "system", None, "")] == said


def test_systems_are_told_which_text_is_approved_and_scheduled(told: House) -> None:
    version = ready(told)
    scheduled(told, version, LATER)
    named = {"policy_id": ID, "number": version.number, "sha256": version.sha256, "is_bypass": False}
    begins = {"effective_from": "2026-01-01T00:00:00.001000Z"}
    assert [("policy.approved", named), ("policy.scheduled", named | begins)] == told_of(told)


def test_systems_are_told_that_a_text_goes_live_by_a_bypass(told: House) -> None:
    submitted = handed_in(told, drafted(told))
    version = do(told, EMY, approving.bypass, ID, submitted.number, submitted.sha256, "the shop stands still")
    scheduled(told, version)
    assert [True, True] == [data["is_bypass"] for _, data in told_of(told)]
