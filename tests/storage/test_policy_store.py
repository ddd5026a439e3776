"""Versions keep their text, change by revision only, and count in their period whatever else happens."""

from dataclasses import dataclass
from threading import Barrier, Thread

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import update

from policy_service.domain.errors import PolicyServiceError
from policy_service.language.load import load_policy
from policy_service.language.policy import Policy
from policy_service.language.printing.canonical import canonical_text, policy_hash
from policy_service.storage.database import Database
from policy_service.storage.errors import StorageError
from policy_service.storage.models.policies import PolicyVersionRow
from policy_service.storage.policy_store import PolicyStore, PolicyVersion
from tests.docs.documents import RULES
from tests.storage.books import empty, run
from tests.storage.test_ledger_store import EXAMPLES


@dataclass(frozen=True, slots=True)
class Act:
    """What somebody does to a version."""

    person: str
    at: int
    note: str = ""
    key_id: str | None = None
    is_bypass: bool = False


@dataclass(frozen=True, slots=True)
class Period:
    """From when until before when a version counts."""

    since: int
    until: int | None = None


ADA, BOB = Act("ada", 1), Act("bob", 2, note="looks right")
POLICIES = {name: load_policy(RULES / name) for name in ("manufacturer_cn", "sme_simple")}
HOUSE = POLICIES["sme_simple"]
INSTANTS = st.integers(0, 9)


def draft(database: Database, policy: Policy | None = HOUSE, policy_id: str = "house") -> PolicyVersion:
    with database.writing() as session:
        return PolicyStore(session).add_draft(policy_id, ADA, policy, {"policy.yaml": "policy: house"})


def change(
    database: Database, version: PolicyVersion, state: str, period: Period | None = None, act: Act = BOB
) -> PolicyVersion:
    with database.writing() as session:
        store, named = PolicyStore(session), (version.policy_id, version.number, version.revision)
        begin, end = (period.since, period.until) if period else (None, None)
        return store.change_state(*named, state, act, begin, end)


def edit(database: Database, version: PolicyVersion, policy: Policy | None = HOUSE) -> PolicyVersion:
    with database.writing() as session:
        return PolicyStore(session).edit(version.policy_id, version.number, version.revision, ADA, policy)


def effective(database: Database, instant: int, policy_id: str = "house") -> int | None:
    with database.reading() as session:
        version = PolicyStore(session).effective(policy_id, instant)
    return version.number if version else None


@pytest.mark.parametrize("name", sorted(POLICIES))
def test_a_policy_comes_back_equal_with_its_hash(database: Database, name: str) -> None:
    policy = POLICIES[name]
    version = draft(database, policy, name)
    with database.reading() as session:
        store = PolicyStore(session)
        assert policy == store.policy(name, 1)
        assert canonical_text(policy) == canonical_text(store.policy(name, 1))
        assert {"policy.yaml": "policy: house"} == store.files(name, 1)
    assert (policy_hash(policy), "draft", 1, 1) == (version.sha256, version.state, version.number, version.revision)


def test_versions_are_numbered_and_every_step_says_who_and_why(database: Database) -> None:
    first = draft(database)
    submitted = change(database, first, "submitted")
    change(database, submitted, "approved", act=Act("cy", 3, "by mistake", "key-1", is_bypass=True))
    assert 2 == draft(database).number
    with database.reading() as session:
        store = PolicyStore(session)
        steps = store.steps("house", 1)
        assert [2, 1] == [version.number for version in store.versions("house")]
        assert ("house",) == store.policy_ids()
    assert [("draft", "ada"), ("submitted", "bob"), ("approved", "cy")] == [(one.step, one.person) for one in steps]
    assert (3, "by mistake", "key-1", True) == (steps[2].at, steps[2].note, steps[2].key_id, steps[2].is_bypass)
    assert {policy_hash(HOUSE)} == {step.sha256 for step in steps}


def test_a_draft_that_cannot_be_read_yet_is_kept_but_goes_no_further(database: Database) -> None:
    version = draft(database, None)
    assert version.sha256 is None
    with pytest.raises(StorageError) as refused:
        change(database, version, "submitted")
    assert "S210" == refused.value.code
    with pytest.raises(StorageError) as refused, database.reading() as session:
        PolicyStore(session).policy("house", 1)
    assert "S209" == refused.value.code
    assert policy_hash(HOUSE) == edit(database, version).sha256


def test_an_edit_after_submission_makes_it_a_draft_again(database: Database) -> None:
    submitted = change(database, draft(database), "submitted")
    edited = edit(database, submitted, POLICIES["manufacturer_cn"])
    assert ("draft", 3) == (edited.state, edited.revision)
    assert policy_hash(POLICIES["manufacturer_cn"]) == edited.sha256
    with pytest.raises(StorageError) as refused:
        change(database, submitted, "approved")
    assert "S208" == refused.value.code


@pytest.mark.parametrize("state", ["approved", "scheduled", "active", "retired"])
def test_an_approved_text_stays(database: Database, state: str) -> None:
    version = change(database, draft(database), state)
    with pytest.raises(StorageError) as refused:
        edit(database, version)
    assert "S219" == refused.value.code


def test_of_two_changes_of_one_revision_one_is_refused(database: Database) -> None:
    version = draft(database)
    assert 2 == change(database, version, "submitted").revision
    for attempt in (lambda: change(database, version, "submitted"), lambda: edit(database, version)):
        with pytest.raises(StorageError) as refused:
            attempt()
        assert "S208" == refused.value.code


def test_of_many_changes_at_once_one_succeeds(database: Database) -> None:
    version, start, fates = draft(database), Barrier(6), []

    def attempt() -> None:
        start.wait()
        try:
            fates.append(str(change(database, version, "submitted").revision))
        except PolicyServiceError as refused:
            fates.append(refused.code)

    run([Thread(target=attempt) for _ in range(6)])
    assert ["2"] + ["S208"] * 5 == sorted(fates)


def test_drafts_made_at_once_get_numbers_of_their_own(database: Database) -> None:
    run([Thread(target=draft, args=(database,)) for _ in range(6)])
    with database.reading() as session:
        assert [6, 5, 4, 3, 2, 1] == [version.number for version in PolicyStore(session).versions("house")]


def test_a_version_counts_from_its_instant_until_before_the_next_one(database: Database) -> None:
    first = change(database, draft(database), "scheduled", Period(100, 200))
    second = change(database, draft(database), "scheduled", Period(200))
    expected = [(99, None), (100, 1), (199, 1), (200, 2), (10**18, 2)]
    assert expected == [(instant, effective(database, instant)) for instant, _ in expected]
    change(database, second, "retired", Period(200, 300))
    assert [1, 2, None] == [effective(database, instant) for instant in (150, 299, 300)]
    assert 100 == first.effective_from
    assert effective(database, 150, "other") is None


def test_a_later_version_counts_over_an_earlier_one_without_end(database: Database) -> None:
    change(database, draft(database), "active", Period(100))
    change(database, draft(database), "scheduled", Period(200))
    assert [1, 2] == [effective(database, instant) for instant in (199, 200)]


@pytest.mark.parametrize("state", ["draft", "submitted", "approved"])
def test_no_text_without_approval_has_a_period(database: Database, state: str) -> None:
    version = draft(database)
    with pytest.raises(StorageError) as refused:
        change(database, version, state, Period(1))
    assert "S210" == refused.value.code
    assert effective(database, 10) is None


def test_a_state_that_is_none_is_refused(database: Database) -> None:
    version = draft(database)
    with pytest.raises(StorageError) as refused:
        change(database, version, "live")
    assert "S210" == refused.value.code


@EXAMPLES
@given(periods=st.lists(st.tuples(INSTANTS, st.none() | INSTANTS), max_size=4), instant=INSTANTS)
def test_the_version_that_counts_is_the_one_that_began_last(
    database: Database, periods: list[tuple[int, int | None]], instant: int
) -> None:
    empty(database)
    begun = {}
    for since, until in dict(periods).items():
        version = change(database, draft(database), "active", Period(since, until))
        if since <= instant and (until is None or instant < until):
            begun[since] = version.number
    assert (begun[max(begun)] if begun else None) == effective(database, instant)


def test_a_text_changed_behind_our_back_is_not_read(database: Database) -> None:
    draft(database)
    with database.writing() as session:
        other = canonical_text(POLICIES["manufacturer_cn"])
        session.execute(update(PolicyVersionRow).values(canonical_text=other))
    with pytest.raises(StorageError) as refused, database.reading() as session:
        PolicyStore(session).policy("house", 1)
    assert "S214" == refused.value.code


def test_an_unknown_version_is_not_stored(database: Database) -> None:
    draft(database)
    with database.reading() as session:
        store = PolicyStore(session)
        for ask in (store.version, store.policy, store.files):
            with pytest.raises(StorageError) as refused:
                ask("house", 2)
            assert "S209" == refused.value.code
