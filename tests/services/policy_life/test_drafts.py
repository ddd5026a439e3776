"""Drafts come from versions, folders and files, keep even what cannot be read, and change by revision only."""

from threading import Barrier, Thread

import pytest

from policy_service.domain.errors import PolicyServiceError
from policy_service.domain.permissions import Role
from policy_service.services.house import House
from policy_service.services.policy_life import drafts
from policy_service.services.policy_life.files import read_files, shipped_files
from policy_service.storage.audit_store import AuditStore
from policy_service.storage.policy_store import PolicyStore
from tests.services.policy_life.living import (
    ANA,
    EVA,
    ID,
    MAX,
    approved,
    code_of,
    do,
    drafted,
    files,
    from_files,
    from_version,
    handed_in,
    person,
    ready,
    save,
    steps_of,
    texts_of,
)
from tests.storage.books import run


def hands_of(house: House, number: int) -> set[str]:
    with house.database.reading() as session:
        return set(PolicyStore(session).hands(ID, number))


def test_a_draft_of_a_version_has_its_files_and_says_what_it_is_based_on(house: House) -> None:
    draft = from_version(house, ANA, 1)
    assert (2, "draft", 1) == (draft.number, draft.state, draft.based_on)
    assert texts_of(house, 1) == texts_of(house, 2)
    assert [("draft", "ana")] == steps_of(house, 2)


def test_a_shipped_policy_has_the_files_of_its_folder(house: House) -> None:
    assert files() == shipped_files(ID, house.settings.rules_dir)


@pytest.mark.parametrize("name", ["nowhere", "..", "../house", "/etc", "", "house/../house"])
def test_a_folder_is_looked_up_by_name_and_never_left(house: House, name: str) -> None:
    assert "R401" == code_of(shipped_files, name, house.settings.rules_dir)


def test_given_files_may_make_a_new_policy(house: House) -> None:
    new = {
        "policy.yaml": files()["policy.yaml"].replace("house", "fresh"),
        "order_check.yaml": files()["order_check.yaml"],
    }
    draft = from_files(house, ANA, new, "fresh")
    assert ("fresh", 1, "draft") == (draft.policy_id, draft.number, draft.state)
    assert draft.sha256


@pytest.mark.parametrize(
    "unusable",
    [
        {},
        {"Policy.yaml": "a: b"},
        {"policy.yml": "a: b"},
        {"../policy.yaml": "a: b"},
        {"policy.yaml\n": "a: b"},
        {f"r{number}.yaml": "" for number in range(61)},
        {"policy.yaml": "#" * (1024 * 1024 + 1)},
        {"a.yaml": "#" * 600_000, "b.yaml": "#" * 600_000},
        {"policy.yaml": "限" * 400_000},
    ],
    ids=["none", "capital", "yml", "path", "line end", "too many", "too large", "together too large", "bytes"],
)
def test_files_that_are_too_many_too_large_or_wrongly_named_are_refused(house: House, unusable: dict[str, str]) -> None:
    assert "R460" == code_of(from_files, house, ANA, unusable)


@pytest.mark.parametrize("policy_id", ["", "House", "a b", "../house", "a" * 61, "house\n"])
def test_an_id_that_makes_no_folder_is_refused(house: House, policy_id: str) -> None:
    assert "R460" == code_of(from_files, house, ANA, files(), policy_id)


@pytest.mark.parametrize("text", ["rows: [", "a: \ud800", "a: \0", "", "policy: another\n"])
def test_what_cannot_be_read_may_be_kept_in_a_draft(house: House, text: str) -> None:
    draft = drafted(house)
    given = files(order_check=text)
    if "\ud800" in text:
        assert "S212" == code_of(save, house, ANA, draft.number, draft.revision, given)
        return
    assert save(house, ANA, draft.number, draft.revision, given).sha256 is None
    assert text == texts_of(house, draft.number)["order_check.yaml"]


def test_one_file_is_replaced_added_and_taken_away(house: House) -> None:
    draft = drafted(house)
    with house.database.reading() as session:
        named = (session, ID, draft.number, draft.revision)
        assert files(order_check="#") == drafts.files_with(*named, "order_check.yaml", "#") | files(order_check="#")
        assert "#" == drafts.files_with(*named, "order_check.yaml", "#")["order_check.yaml"]
        assert {*files(), "facts.yaml"} == drafts.files_with(*named, "facts.yaml", "{}").keys()
        assert {*files()} - {"cases.yaml"} == drafts.files_without(*named, "cases.yaml").keys()
        assert "S209" == code_of(drafts.files_without, *named, "facts.yaml")
        assert "S208" == code_of(drafts.files_with, session, ID, draft.number, 7, "facts.yaml", "{}")
        assert "S208" == code_of(drafts.files_without, session, ID, draft.number, 7, "cases.yaml")


def test_whoever_edits_gets_a_hand_in_the_text(house: House) -> None:
    draft = drafted(house)
    save(house, MAX, draft.number, draft.revision, files(5000))
    assert {"ana", "max"} == hands_of(house, draft.number)


def test_the_same_text_in_other_words_has_the_same_hash(house: House) -> None:
    draft = drafted(house)
    commented = files(2000, order_check=files()["order_check.yaml"] + "# a remark\n")
    assert draft.sha256 == save(house, ANA, draft.number, draft.revision, commented).sha256


def test_a_draft_reads_its_own_facts_besides_the_shipped_ones(house: House) -> None:
    table = files()["order_check.yaml"].replace('order_amount: "> most"', 'order_amount: "> most", rush: true')
    table = table.replace('order_amount: "<= most"', "order_amount: '-', rush: false")
    own = files(order_check=table) | {"facts.yaml": "rush: {source: request, type: boolean}\n"}
    assert from_files(house, ANA, own).sha256


def test_a_change_against_an_old_revision_is_refused(house: House) -> None:
    draft = drafted(house)
    save(house, ANA, draft.number, 1, files(3000))
    assert "S208" == code_of(save, house, MAX, draft.number, 1, files(4000))
    assert files(3000) == texts_of(house, draft.number)


def test_of_many_editors_at_once_one_succeeds_and_nothing_is_lost(house: House) -> None:
    draft, start, fates = drafted(house), Barrier(5), dict[int, str]()

    def edit(most: int) -> None:
        start.wait()
        try:
            save(house, ANA, draft.number, 1, files(most))
            fates[most] = "saved"
        except PolicyServiceError as refused:
            fates[most] = refused.code

    run([Thread(target=edit, args=(3000 + number,)) for number in range(5)])
    assert ["S208"] * 4 + ["saved"] == sorted(fates.values())
    winner = next(most for most, fate in fates.items() if fate == "saved")
    assert files(winner) == texts_of(house, draft.number)


def test_an_approved_text_stays(house: House) -> None:
    version = ready(house)
    refused = code_of(save, house, ANA, version.number, version.revision, files(9))
    assert "S219" == refused


def test_hands_pass_on_from_what_is_not_approved(house: House) -> None:
    first = drafted(house)
    second = from_version(house, MAX, first.number)
    assert {"ana", "max"} == hands_of(house, second.number)
    third = from_version(house, person("lin", Role.ANALYST), second.number)
    assert {"ana", "max", "lin"} == hands_of(house, third.number)


def test_hands_do_not_pass_on_from_what_is_approved(house: House) -> None:
    version = ready(house)
    draft = from_version(house, person("lin", Role.ANALYST), version.number)
    assert {"lin"} == hands_of(house, draft.number)


def test_hands_stay_though_the_draft_they_come_from_is_approved_later(house: House) -> None:
    first = drafted(house)
    second = from_version(house, MAX, first.number)
    approved(house, handed_in(house, first))
    assert {"ana", "max"} == hands_of(house, second.number)


def test_whoever_may_not_edit_makes_and_changes_no_draft(house: House) -> None:
    draft = drafted(house)
    assert "A403" == code_of(from_files, house, EVA, files())
    assert "A403" == code_of(from_version, house, EVA, 1)
    assert "A403" == code_of(save, house, EVA, draft.number, 1, files())


def test_nobody_acts_in_another_name(house: House) -> None:
    read = read_files(ID, files(), house.settings.rules_dir)
    with house.database.writing() as session:
        refused = code_of(drafts.draft_from_files, house, session, read, ANA.actor, MAX.act())
    assert "A403" == refused


def test_what_is_done_to_a_draft_is_audited(house: House) -> None:
    draft = drafted(house)
    save(house, MAX, draft.number, 1, files(3000))
    with house.database.reading() as session:
        events = AuditStore(session).about("policy_version", f"{ID}/{draft.number}")
    assert [("drafted", "ana"), ("edited", "max")] == [(event.act, event.person) for event in events]
    assert '"files": ["policy.yaml"]' in events[1].detail


def test_an_unknown_version_is_not_stored(house: House) -> None:
    assert "S209" == code_of(from_version, house, ANA, 9)
    assert "S209" == code_of(from_version, house, ANA, 1, "nowhere")
    assert "S209" == code_of(save, house, ANA, 9, 1, files())


def test_a_draft_of_a_version_that_was_edited_meanwhile_is_refused(house: House) -> None:
    base = drafted(house)
    read = read_files(ID, texts_of(house, base.number), house.settings.rules_dir)
    save(house, MAX, base.number, base.revision, files(3000))
    assert "S208" == code_of(do, house, ANA, drafts.draft_from_version, read, base.number)
