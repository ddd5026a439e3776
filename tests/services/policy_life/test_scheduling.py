"""Versions begin at their instants and end where the next one begins, whatever their words say meanwhile."""

import pytest
from sqlalchemy import update

from policy_service.domain.errors import RequestError
from policy_service.domain.instants import DAY, Instant
from policy_service.services.house import House
from policy_service.services.policy_life import scheduling
from policy_service.services.policy_life.reading import policy_now, version_now
from policy_service.services.policy_life.settling import needs_settling
from policy_service.storage.audit_store import AuditStore
from policy_service.storage.models.policies import PolicyVersionRow
from policy_service.storage.policy_period_store import PolicyPeriodStore
from tests.services.policy_life.living import (
    ANA,
    EVA,
    ID,
    MAX,
    NOW,
    approved,
    code_of,
    do,
    drafted,
    handed_in,
    in_force,
    now_of,
    ready,
    scheduled,
    steps_of,
)
from tests.services.policy_life.periods import retired, settle, unscheduled

SOON, LATE = NOW + 1_000, NOW + 2_000


def counts(house: House, *instants: Instant) -> list[int | None]:
    return [in_force(house, instant) for instant in instants]


def test_a_version_activated_counts_from_that_instant_and_the_one_before_ends_there(house: House) -> None:
    version = scheduled(house, ready(house))
    assert ("active", NOW, None) == (version.state, version.effective_from, version.effective_until)
    before = now_of(house, 1)
    assert ("retired", NOW) == (before.state, before.effective_until)
    assert [1, 2] == counts(house, NOW - 1, NOW)


def test_a_version_scheduled_begins_on_time_with_nobody_there_to_switch_it_on(house: House) -> None:
    version = scheduled(house, ready(house), SOON)
    assert ("scheduled", SOON) == (version.state, version.effective_from)
    assert [1, 1, 2, 2] == counts(house, NOW, SOON - 1, SOON, SOON + DAY)
    assert ["active", "scheduled"] == [now_of(house, number).state for number in (1, 2)]
    with house.database.reading() as session:
        before, then = policy_now(session, ID, SOON - 1), policy_now(session, ID, SOON)
        assert "active" == version_now(session, ID, 2, SOON).state
    assert (1, [2]) == (before.active and before.active.number, [one.number for one in before.scheduled])
    assert (2, []) == (then.active and then.active.number, [one.number for one in then.scheduled])


def test_words_follow_the_periods_once_each_by_the_system(house: House) -> None:
    version = scheduled(house, ready(house), SOON)
    with house.database.reading() as session:
        assert not needs_settling(session, SOON - 1)
        assert needs_settling(session, SOON)
    settle(house, SOON - 1)
    assert "scheduled" == now_of(house, 2).state
    for _ in range(2):
        settle(house, SOON)
    assert ["retired", "active"] == [now_of(house, number).state for number in (1, 2)]
    assert [("scheduled", "max"), ("active", "system")] == steps_of(house, version.number)[-2:]
    assert [("seeded", "system"), ("retired", "system")] == steps_of(house, 1)
    with house.database.reading() as session:
        events = AuditStore(session).about("policy_version", f"{ID}/2")
    assert ["drafted", "submitted", "approved", "scheduled", "active"] == [event.act for event in events]


def test_words_that_come_late_take_every_step(house: House) -> None:
    scheduled(house, ready(house), SOON)
    scheduled(house, ready(house, 3000), LATE)
    settle(house, LATE)
    assert ["retired", "retired", "active"] == [now_of(house, number).state for number in (1, 2, 3)]
    assert [("active", "system"), ("retired", "system")] == steps_of(house, 2)[-2:]


def test_a_version_scheduled_before_another_ends_where_that_begins(house: House) -> None:
    scheduled(house, ready(house), LATE)
    scheduled(house, ready(house, 3000), SOON)
    assert [1, 3, 3, 2] == counts(house, SOON - 1, SOON, LATE - 1, LATE)
    assert LATE == now_of(house, 3).effective_until


def test_a_scheduled_version_is_moved_or_taken_off_before_it_begins(house: House) -> None:
    version = scheduled(house, ready(house), SOON)
    moved = scheduled(house, version, LATE)
    assert [1, 2] == counts(house, LATE - 1, LATE)
    assert ("rescheduled", "max") == steps_of(house, 2)[-1]
    off = unscheduled(house, moved)
    assert ("approved", None, None) == (off.state, off.effective_from, off.effective_until)
    assert ([1], None) == (counts(house, LATE + DAY), now_of(house, 1).effective_until)
    assert "active" == scheduled(house, off).state


@pytest.mark.parametrize("settles", [False, True])
def test_what_has_begun_is_neither_moved_nor_taken_off(house: House, settles: bool) -> None:
    version = scheduled(house, ready(house), SOON)
    if settles:
        settle(house, SOON)
    assert "R463" == code_of(unscheduled, house, version, at=SOON)
    assert "R463" == code_of(scheduled, house, version, LATE, at=SOON)


def test_nothing_begins_or_ends_in_the_past(house: House) -> None:
    version = ready(house)
    assert "R467" == code_of(scheduled, house, version, NOW - 1)
    assert "R467" == code_of(retired, house, 1, NOW - 1)
    assert "approved" == now_of(house, version.number).state


def test_two_versions_do_not_begin_at_one_instant(house: House) -> None:
    scheduled(house, ready(house), SOON)
    other = ready(house, 3000)
    assert "R467" == code_of(scheduled, house, other, SOON)
    later = scheduled(house, other, LATE)
    assert "R467" == code_of(scheduled, house, later, SOON)


def test_only_what_is_approved_is_scheduled(house: House) -> None:
    draft, submitted, live = drafted(house), handed_in(house, drafted(house, 3000)), now_of(house, 1)
    for version in (draft, submitted, live):
        assert "R463" == code_of(scheduled, house, version)
        assert "R463" == code_of(unscheduled, house, version)


def test_a_text_that_is_in_force_then_is_not_scheduled(house: House) -> None:
    first, twin = ready(house, 2000), drafted(house, 2000)
    twin = handed_in(house, twin)
    scheduled(house, first, SOON)
    twin = approved(house, twin)
    assert "R466" == code_of(scheduled, house, twin, LATE)
    assert "scheduled" == scheduled(house, twin, SOON - 1).state


def test_a_policy_retired_answers_nothing_until_the_next_version_begins(house: House) -> None:
    assert "R469" == code_of(retired, house, 1, SOON, confirm=False)
    assert "R468" == code_of(do, house, MAX, scheduling.retire, ID, 1, SOON, " ", True)
    retired(house, 1, SOON)
    assert [1, None] == counts(house, SOON - 1, SOON)
    scheduled(house, ready(house), LATE)
    assert [None, None, 2] == counts(house, SOON, LATE - 1, LATE)
    settle(house, SOON)
    assert "retired" == now_of(house, 1).state


def test_a_retirement_outlives_what_was_scheduled_and_taken_off(house: House) -> None:
    retired(house, 1, SOON)
    for begins in (SOON, SOON - 1, LATE):
        unscheduled(house, scheduled(house, ready(house, 5_000 + begins % 10_000), begins))
        assert [1, None] == counts(house, SOON - 1, SOON)


def test_a_retirement_to_come_can_be_taken_back(house: House) -> None:
    retired(house, 1, SOON)
    kept = do(house, MAX, scheduling.keep, ID, 1, "after all")
    assert (None, [1]) == (kept.retires_at, counts(house, LATE))
    assert [("retirement", "max"), ("retirement_withdrawn", "max")] == steps_of(house, 1)[1:]
    with pytest.raises(RequestError, match="No retirement of version 1 of house is to come") as refused:
        do(house, MAX, scheduling.keep, ID, 1, "")
    assert "R463" == refused.value.code
    retired(house, 1, SOON)
    assert "R463" == code_of(do, house, MAX, scheduling.keep, ID, 1, "", at=SOON)


def test_only_a_version_that_counts_then_is_retired(house: House) -> None:
    version = scheduled(house, ready(house), SOON)
    assert "R463" == code_of(retired, house, 1, SOON)
    assert "R463" == code_of(retired, house, version.number, NOW)
    assert "R463" == code_of(retired, house, version.number, SOON)
    assert "R463" == code_of(retired, house, drafted(house).number, SOON)
    assert LATE == retired(house, version.number, LATE).retires_at


def test_a_retirement_of_a_version_that_is_moved_is_forgotten(house: House) -> None:
    version = scheduled(house, ready(house), SOON)
    retired(house, version.number, LATE)
    scheduled(house, now_of(house, version.number), LATE + DAY)
    assert [1, 2] == counts(house, LATE, LATE + 2 * DAY)


def test_whoever_may_not_release_does_not(house: House) -> None:
    version = ready(house)
    for by in (ANA, EVA):
        assert "A403" == code_of(do, house, by, scheduling.schedule, ID, version.number, None, "")
        assert "A403" == code_of(do, house, by, scheduling.unschedule, ID, version.number, "")
        assert "A403" == code_of(do, house, by, scheduling.retire, ID, 1, None, "x", True)
        assert "A403" == code_of(do, house, by, scheduling.keep, ID, 1, "")


def test_a_text_exchanged_while_it_waits_is_not_read(house: House) -> None:
    version = scheduled(house, ready(house), SOON)
    other = drafted(house, 666_666)
    with house.database.writing() as session:
        text = PolicyPeriodStore(session).text(ID, other.number)
        rows = PolicyVersionRow
        written = {"canonical_text": text, "sha256": other.sha256}
        session.execute(update(rows).where(rows.number == version.number, rows.policy_id == ID).values(**written))
    with house.database.reading() as session:
        assert "S214" == code_of(PolicyPeriodStore(session).policy, ID, version.number)
