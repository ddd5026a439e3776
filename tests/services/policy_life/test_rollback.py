"""Going back makes a new version with the very text that was in force, which needs no new approval."""

import pytest
from sqlalchemy import update

from policy_service.domain.errors import RequestError
from policy_service.services.house import House
from policy_service.services.policy_life import approving, rollback
from policy_service.services.policy_life.reading import version_now
from policy_service.storage.models.policies import PolicyVersionRow
from policy_service.storage.policy_store import PolicyStore, PolicyVersion
from tests.services.policy_life.living import (
    ANA,
    EMY,
    EVA,
    ID,
    MAX,
    NOW,
    code_of,
    do,
    drafted,
    handed_in,
    in_force,
    now_of,
    ready,
    scheduled,
    steps_of,
    texts_of,
)
from tests.services.policy_life.periods import retired, unscheduled

SOON, LATE = NOW + 1_000, NOW + 2_000


def back_to(house: House, number: int, begins: int | None = None, at: int = SOON, why: str = "wrong") -> PolicyVersion:
    return do(house, MAX, rollback.roll_back, ID, number, begins, why, at=at)


def back_to_again(house: House) -> int:
    """Let another text be in force, go back to the first, and return the number of the copy."""
    scheduled(house, ready(house))
    return back_to(house, 1).number


def test_the_text_of_an_earlier_version_is_in_force_again_at_once(house: House) -> None:
    scheduled(house, ready(house))
    copy = back_to(house, 1)
    first = now_of(house, 1)
    assert (3, "active", 1, first.sha256) == (copy.number, copy.state, copy.based_on, copy.sha256)
    assert [1, 2, 2, 3] == [in_force(house, at) for at in (NOW - 1, NOW, SOON - 1, SOON)]
    assert [("rolled_back", "max"), ("scheduled", "max"), ("active", "system")] == steps_of(house, 3)
    assert texts_of(house, 1) == texts_of(house, 3)
    with house.database.reading() as session:
        store = PolicyStore(session)
        assert store.text(ID, 1) == store.text(ID, 3)


def test_it_may_begin_later_be_taken_off_and_scheduled_again(house: House) -> None:
    scheduled(house, ready(house))
    copy = back_to(house, 1, LATE)
    assert [2, 3] == [in_force(house, at) for at in (LATE - 1, LATE)]
    off = unscheduled(house, copy, at=SOON)
    assert "active" == scheduled(house, off, at=SOON).state


def test_a_copy_can_be_gone_back_to_as_well(house: House) -> None:
    scheduled(house, ready(house))
    back_to(house, 1)
    scheduled(house, ready(house, 3000), at=LATE)
    assert 3 == back_to(house, 3, at=LATE + 1).based_on


def test_a_retired_policy_comes_back_by_it(house: House) -> None:
    retired(house, 1)
    assert in_force(house, SOON) is None
    assert "active" == back_to(house, 1).state
    assert 2 == in_force(house, SOON)


def test_only_what_was_in_force_is_gone_back_to(house: House) -> None:
    draft, submitted, done = drafted(house), handed_in(house, drafted(house, 3000)), ready(house, 4000)
    waiting = scheduled(house, ready(house, 5000), LATE)
    for version in (draft, submitted, done, waiting):
        assert "R463" == code_of(back_to, house, version.number)


def test_what_is_in_force_already_is_not_gone_back_to(house: House) -> None:
    with pytest.raises(RequestError) as refused:
        back_to(house, 1)
    assert ("R466", "Version 1 of house is in force then already.") == (refused.value.code, refused.value.message)
    back = back_to_again(house)
    with pytest.raises(RequestError) as other:
        back_to(house, 1, at=LATE)
    assert f"Version 1 of house says exactly what version {back} says, which is in force then." == other.value.message


def test_it_needs_a_note_an_instant_to_come_and_the_permission(house: House) -> None:
    scheduled(house, ready(house))
    assert "R468" == code_of(back_to, house, 1, why=" ")
    assert "R467" == code_of(back_to, house, 1, SOON - 1)
    for by in (ANA, EVA):
        assert "A403" == code_of(do, house, by, rollback.roll_back, ID, 1, None, "x", at=SOON)


def test_going_back_to_what_went_live_by_a_bypass_is_marked_as_one(house: House) -> None:
    submitted = handed_in(house, drafted(house))
    version = do(house, EMY, approving.bypass, ID, submitted.number, submitted.sha256, "urgent")
    scheduled(house, version)
    scheduled(house, ready(house, 3000), at=SOON)
    copy = back_to(house, version.number, at=LATE)
    with house.database.reading() as session:
        assert version_now(session, ID, copy.number, LATE).is_bypass
        assert not version_now(session, ID, 3, LATE).is_bypass


@pytest.mark.parametrize("together", [False, True], ids=["text alone", "text and hash"])
def test_a_text_exchanged_in_the_database_is_not_gone_back_to(house: House, together: bool) -> None:
    version = scheduled(house, ready(house))
    scheduled(house, ready(house, 3000), at=SOON)
    other = drafted(house, 666_666)
    with house.database.writing() as session:
        written = {"canonical_text": PolicyStore(session).text(ID, other.number)}
        written |= {"sha256": other.sha256} if together else {}
        rows = PolicyVersionRow
        session.execute(update(rows).where(rows.policy_id == ID, rows.number == version.number).values(**written))
    assert "S214" == code_of(back_to, house, version.number, at=LATE)
