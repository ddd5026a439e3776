"""A check says what the loader, the linter and the cases say, with places, and changes nothing."""

import shutil
from pathlib import Path

import pytest

from policy_service.services.house import House
from policy_service.services.policy_life.checking import Check, check_version
from policy_service.storage.policy_store import PolicyStore
from tests.services.policy_life.living import (
    ANA,
    CASES,
    FACTS,
    ID,
    MAX,
    ORDER_CHECK,
    POLICY,
    code_of,
    drafted,
    files,
    from_files,
    handed_in,
    open_house,
    ready,
    write_rules,
)


def check(house: House, number: int) -> Check:
    with house.database.reading() as session:
        return check_version(house, session, PolicyStore(session).version(ID, number))


def check_of(house: House, **changed: str) -> Check:
    return check(house, from_files(house, ANA, files(**changed)).number)


def test_a_sound_draft_is_green_with_the_rows_that_no_case_hits(house: House) -> None:
    found = check(house, drafted(house).number)
    assert found.is_green
    assert [("order_check", ("O2",))] == [(each.rule_set, each.never_hit) for each in found.cases.coverage]


def test_each_problem_of_what_cannot_be_read_has_its_place(house: House) -> None:
    found = check_of(house, order_check=ORDER_CHECK.replace("> most", "> mosst").replace("TOO_LARGE", "TOO_LATE"))
    assert not found.is_green
    assert {("L201", "order_check.yaml", 5)} <= {
        (each.code, each.place.file, each.place.line) for each in found.problems
    }
    assert all(each.remedy for each in found.problems)
    assert (None, ()) == (found.policy, found.findings)


def test_an_error_of_the_linter_and_a_failed_case_are_not_green(house: House) -> None:
    gap = check_of(house, order_check=ORDER_CHECK.replace('"<= most"', '"< most"'))
    assert (1, 0, False) == (gap.errors, gap.failed_cases, gap.is_green)
    failed = check_of(house, cases=CASES.replace("hold", "approve"))
    assert (0, 1, False) == (failed.errors, failed.failed_cases, failed.is_green)


def test_a_policy_of_another_id_is_a_problem(house: House) -> None:
    found = check_of(house, policy=POLICY.replace("policy: house", "policy: mine"))
    assert [("L435", "policy.yaml")] == [(each.code, each.place.file) for each in found.problems]


@pytest.mark.parametrize("cases", ["- name: [", CASES.replace("order_amount", "order_amont")])
def test_cases_that_cannot_be_read_are_problems(house: House, cases: str) -> None:
    assert check_of(house, cases=cases).problems


def test_what_is_missing_altogether_is_a_problem(house: House) -> None:
    draft = from_files(house, ANA, {"cases.yaml": CASES})
    assert ["L001"] == [each.code for each in check(house, draft.number).problems]


@pytest.fixture
def changing_house(tmp_path: Path, house: House) -> House:
    """Give a house whose shipped definitions can change."""
    rules = tmp_path / "rules"
    rules.mkdir()
    return open_house(house.database, write_rules(rules), "changing")


def change_facts(house: House) -> None:
    text = FACTS.replace("required: true", "required: true, title: {en: Amount, zh: 金额}")
    (house.settings.rules_dir / "facts.yaml").write_text(text, "utf-8")


def test_a_draft_that_reads_otherwise_than_when_it_was_saved_is_to_be_saved_again(changing_house: House) -> None:
    draft = drafted(changing_house)
    change_facts(changing_house)
    assert ["L436"] == [each.code for each in check(changing_house, draft.number).problems]
    assert "R461" == code_of(handed_in, changing_house, draft)


def test_an_approved_version_is_checked_as_it_was_approved_whatever_ships_by_now(changing_house: House) -> None:
    version = ready(changing_house)
    change_facts(changing_house)
    found = check(changing_house, version.number)
    assert found.is_green
    assert 1 == len(found.cases.results)
    shutil.rmtree(changing_house.settings.rules_dir)
    assert check(changing_house, version.number).is_green


def test_a_check_by_somebody_else_changes_nothing(house: House) -> None:
    draft = drafted(house)
    check(house, draft.number)
    assert "submitted" == handed_in(house, draft, MAX).state
