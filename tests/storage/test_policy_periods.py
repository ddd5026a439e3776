"""Periods lie one behind the other, hands pass on, approvals are of one person each: whatever the caller does."""

import pytest
from sqlalchemy import update

from policy_service.domain.acting import Act
from policy_service.language.printing.canonical import policy_hash
from policy_service.storage.database import Database
from policy_service.storage.errors import Conflict, StorageError
from policy_service.storage.models.policies import PolicyVersionRow
from policy_service.storage.policy_approval_store import PolicyApprovalStore
from policy_service.storage.policy_period_store import PolicyPeriodStore
from policy_service.storage.policy_store import PolicyStore, PolicyVersion
from tests.storage.test_policy_store import HOUSE, POLICIES, change, draft, effective

ADA, BOB = Act("ada", 1), Act("bob", 2, note="seen")


def begun(database: Database, instant: int) -> PolicyVersion:
    """Return a version that counts from the instant on."""
    version = change(database, change(database, draft(database), "submitted"), "approved")
    with database.writing() as session:
        store = PolicyPeriodStore(session)
        store.begin(version, instant, "scheduled", BOB)
        store.lay_out("house")
        return store.version("house", version.number)


def test_each_period_ends_where_the_next_one_begins_or_earlier_where_it_was_ended(database: Database) -> None:
    first, second = begun(database, 100), begun(database, 300)
    third = begun(database, 200)
    assert [None, 1, 3, 2] == [effective(database, at) for at in (99, 199, 299, 300)]
    with database.writing() as session:
        store = PolicyPeriodStore(session)
        store.end(store.version("house", first.number), 150, "retirement", BOB)
        store.lay_out("house")
        store.unbegin(store.version("house", third.number), "unscheduled", BOB)
        store.lay_out("house")
        found = [(each.number, each.effective_from, each.effective_until) for each in store.periods("house")]
    assert [(1, 100, 150), (2, 300, None)] == found
    assert second.number == effective(database, 300)
    with database.writing() as session:
        store = PolicyPeriodStore(session)
        store.end(store.version("house", first.number), None, "retirement_withdrawn", BOB)
        store.lay_out("house")
    assert 1 == effective(database, 299)


def test_a_policy_whose_only_period_is_taken_back_has_none(database: Database) -> None:
    begun(database, 100)
    with database.writing() as session:
        store = PolicyPeriodStore(session)
        store.unbegin(store.version("house", 1), "unscheduled", BOB)
        store.lay_out("house")
        assert () == store.periods("house")
    assert effective(database, 100) is None


def test_states_that_have_not_followed_are_found(database: Database) -> None:
    begun(database, 100)
    with database.reading() as session:
        found = [PolicyPeriodStore(session).unsettled(at) for at in (99, 100)]
    assert [(), ("house",)] == found


def test_a_seed_counts_at_once_and_a_copy_has_the_very_text(database: Database) -> None:
    with database.writing() as session:
        store = PolicyPeriodStore(session)
        store.lock("house", ADA)
        seed = store.add_seed("house", ADA, HOUSE, {"policy.yaml": "policy: house"})
        copy = store.add_copy(seed, BOB)
        assert ("active", 1, policy_hash(HOUSE)) == (seed.state, seed.effective_from, seed.sha256)
        assert ("approved", 1, None) == (copy.state, copy.based_on, copy.effective_from)
        assert store.text("house", 1) == store.text("house", 2)
        assert store.files("house", 1) == store.files("house", 2)
        assert ["seeded", "rolled_back"] == [store.steps("house", number)[0].step for number in (1, 2)]


def test_hands_pass_on_until_a_text_is_approved(database: Database) -> None:
    base = draft(database)
    with database.writing() as session:
        store = PolicyStore(session)
        store.edit("house", base.number, base.revision, BOB, HOUSE)
        inheriting = store.add_draft("house", Act("cy", 3), HOUSE, based_on=base.number)
    change(database, draft(database), "approved")
    with database.writing() as session:
        store = PolicyStore(session)
        free = store.add_draft("house", Act("cy", 3), HOUSE, based_on=3)
        found = [set(store.hands("house", number)) for number in (base.number, inheriting.number, free.number)]
    assert [{"ada", "bob"}, {"ada", "bob", "cy"}, {"cy"}] == found


def test_a_submission_keeps_its_terms_and_one_person_approves_it_once(database: Database) -> None:
    version = draft(database)
    with database.writing() as session:
        store = PolicyApprovalStore(session)
        submitted = store.submit(version, 2, BOB)
        kept = store.last_submission("house", version.number)
        assert kept
        assert ("open", 2, {"ada", "bob"}) == (kept.state, kept.approvers_needed, kept.hands)
        assert "submitted" == submitted.state
        store.approve(kept, "ab", Act("eva", 3))
        assert {"ada", "bob"} == store.writers_of(policy_hash(HOUSE))
    with pytest.raises(Conflict) as refused, database.writing() as session:
        PolicyApprovalStore(session).approve(kept, "ab", Act("eva", 4, key_id="another"))
    assert "S210" == refused.value.code
    with database.writing() as session:
        store = PolicyApprovalStore(session)
        store.close_submission("house", version.number, "void")
        again = store.last_submission("house", version.number)
        assert again
        assert ("void", ["eva"]) == (again.state, [each.person for each in store.approvals(again)])


def test_a_text_exchanged_together_with_its_hash_is_not_read(database: Database) -> None:
    version, other = draft(database), draft(database, POLICIES["manufacturer_cn"], "other")
    with database.writing() as session:
        text = PolicyStore(session).text("other", other.number)
        rows = PolicyVersionRow
        written = {"canonical_text": text, "sha256": other.sha256}
        session.execute(update(rows).where(rows.policy_id == "house").values(**written))
    for read in (PolicyStore.policy, PolicyStore.text):
        with pytest.raises(StorageError) as refused, database.reading() as session:
            read(PolicyStore(session), "house", version.number)
        assert "S214" == refused.value.code
