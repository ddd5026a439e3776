"""A version is retired at once or later; where the company needs its policy, only if somebody confirms that."""

import pytest

from policy_service.domain.errors import RequestError
from policy_service.domain.instants import Instant
from policy_service.services.house import House
from policy_service.services.policy_life import approving, scheduling
from policy_service.services.policy_life.reading import version_now
from policy_service.storage.policy_store import PolicyVersion
from tests.services.policy_life.living import (
    ANA,
    EVA,
    ID,
    MAX,
    NOW,
    code_of,
    do,
    files,
    from_files,
    ready,
    scheduled,
    steps_of,
    submit,
)

OTHER = "other"
SOON, LATE = NOW + 1_000, NOW + 2_000


def retired(
    house: House, policy_id: str, number: int, ends: Instant | None = None, *, confirm: bool = False
) -> PolicyVersion:
    return do(house, MAX, scheduling.retire, policy_id, number, ends, "no longer needed", confirm)


def drafted_as(house: House, policy_id: str) -> PolicyVersion:
    """Draft the first version of another policy."""
    texts = {name: text.replace("policy: house", f"policy: {policy_id}") for name, text in files().items()}
    return from_files(house, ANA, texts, policy_id)


def another_in_force(house: House) -> PolicyVersion:
    """Let the first version of another policy be in force."""
    draft = drafted_as(house, OTHER)
    submitted = submit(house, MAX, draft.number, draft.revision, "ready", OTHER)
    done = do(house, EVA, approving.approve, OTHER, submitted.number, submitted.sha256, "seen")
    return do(house, MAX, scheduling.schedule, OTHER, done.number, None, "")


def state_at(house: House, number: int, instant: Instant) -> str:
    with house.database.reading() as session:
        return version_now(session, ID, number, instant).state


def test_the_first_version_of_a_policy_begins_though_nothing_was_in_force_before(house: House) -> None:
    assert "active" == another_in_force(house).state


def test_the_policy_that_decides_is_not_retired_unconfirmed_though_another_is_in_force(house: House) -> None:
    another_in_force(house)
    assert "R469" == code_of(retired, house, ID, 1)
    assert "retired" == retired(house, ID, 1, confirm=True).state


def test_another_policy_is_retired_unconfirmed_as_long_as_one_is_left(house: House) -> None:
    other = another_in_force(house)
    drafted_as(house, "third")
    retired(house, ID, 1, LATE, confirm=True)
    assert "R469" == code_of(retired, house, OTHER, other.number, LATE)
    assert SOON == retired(house, OTHER, other.number, SOON).retires_at


def test_what_is_retired_now_is_retired_at_once(house: House) -> None:
    version = retired(house, ID, 1, confirm=True)
    assert ("retired", NOW) == (version.state, version.effective_until)
    assert [("retirement", "max"), ("retired", "system")] == steps_of(house, 1)[1:]


def test_a_version_reads_as_retired_from_the_instant_at_which_it_ends(house: House) -> None:
    scheduled(house, ready(house), SOON)
    assert ["active", "retired", "retired"] == [state_at(house, 1, instant) for instant in (SOON - 1, SOON, LATE)]


def test_a_version_that_is_over_is_said_to_be_retired_before_its_word_follows(house: House) -> None:
    scheduled(house, ready(house), SOON)
    with pytest.raises(RequestError, match="Version 1 of house is retired: it cannot be scheduled"):
        do(house, MAX, scheduling.schedule, ID, 1, None, "", at=SOON)
