"""The test cases of a policy on the screen: run, added, changed, copied, taken out, and kept from decisions."""

import re
from collections.abc import Callable

import pytest

from policy_service.domain.acting import Act
from policy_service.domain.permissions import Role
from policy_service.language.files.cases import cases_in_text
from policy_service.services.house import House
from policy_service.storage.policy_store import PolicyStore
from tests.admin.browser import Browser
from tests.services.decisions.live import ask, asked, enforce
from tests.services.house import FACTS, REASONS, RULE_SETS, house_policy

DRAFT = "/policies/house/3"
CASES = """# Grades
- name: A rich customer is graded A
  as_of: 2025-01-01
  rule_set: grading
  facts: {net_worth: 250000}
  expect: {grade: A}
"""
FILES = {
    f"{name}.yaml": text for name, text in {"facts": FACTS, "reasons": REASONS, "cases": CASES, **RULE_SETS}.items()
}
POOR = {
    "name": "A poor customer is graded B",
    "as_of": "2025-01-01",
    "asks": "rule_set:grading",
    "fact_name": "net_worth",
    "fact_value": "10",
    "output_name": "grade",
    "output_value": "B",
    "reasons_said": "these",
    "reasons": "SMALL_FIRM",
    "rows_said": "any",
    "outcome": "",
}


@pytest.fixture
def house(house: House) -> House:
    """Give a house with a draft that has a case."""
    enforce(house, house_policy(), since=2, files=FILES)
    with house.database.writing() as session:
        PolicyStore(session).add_draft("house", Act("ada", 3), house_policy(), FILES, 2)
    return house


def text(house: House) -> str:
    """Return the cases of the draft as they are stored."""
    with house.database.reading() as session:
        return PolicyStore(session).files("house", 3)["cases.yaml"]


def revision(house: House) -> str:
    """Return the revision of the draft."""
    with house.database.reading() as session:
        return str(PolicyStore(session).version("house", 3).revision)


def kept(manager: Browser, house: House, status: int = 302, **form: str) -> str:
    """Send the form of a case, and return what the page says then."""
    sent = {"revision": revision(house), "was": "", "after": "", **POOR, **form}
    answer = manager.send(f"{DRAFT}/cases/case", f"{DRAFT}/cases/save", sent, status)
    return manager.words(str(answer.location)) if status == 302 else " ".join(answer.text.split())


def test_a_case_stands_in_the_table_with_what_came_of_it(manager: Browser, house: House) -> None:
    page = manager.words(f"{DRAFT}/cases")
    assert "A rich customer is graded A asks grading" in page
    assert "Failed 0" in page
    assert "passed" in page


def test_an_added_case_runs_and_all_before_it_stays_to_the_letter(manager: Browser, house: House) -> None:
    page = kept(manager, house)
    assert "The case is kept." in page
    assert "A poor customer is graded B" in page
    assert text(house).startswith(CASES)
    assert 2 == len(cases_in_text(text(house)))


def test_a_case_that_fails_says_what_was_expected_and_found(manager: Browser, house: House) -> None:
    page = kept(manager, house, output_value="A")
    assert "Grade : expected A, found B" in page
    assert "A rich customer" not in manager.words(f"{DRAFT}/cases?show=failed")


def test_a_changed_case_is_written_over_and_a_copy_behind(manager: Browser, house: House) -> None:
    assert 'value="A rich customer is graded A"' in manager.open(f"{DRAFT}/cases/case?name=A rich customer is graded A")
    assert 'value="Copy: A rich customer' in manager.open(f"{DRAFT}/cases/case?copy=A rich customer is graded A")
    kept(manager, house, was="A rich customer is graded A")
    assert "# Grades\n- name: A poor customer is graded B\n" in text(house)
    kept(manager, house, after="A poor customer is graded B", name="Another poor customer")
    assert ["A poor customer is graded B", "Another poor customer"] == [
        case.name for case in cases_in_text(text(house))
    ]


def test_a_case_is_taken_out(manager: Browser, house: House) -> None:
    form = {"revision": revision(house), "name": "A rich customer is graded A"}
    assert "The case is taken out." in manager.told(f"{DRAFT}/cases", f"{DRAFT}/cases/delete", form)
    assert "There is no case yet." in manager.words(f"{DRAFT}/cases")


def test_what_is_refused_is_said_and_stays_in_the_form(manager: Browser, house: House) -> None:
    before = text(house)
    page = kept(manager, house, status=422, fact_name="networth", fact_value="77")
    assert "which is no fact" in page
    assert 'value="networth"' in page
    assert 'value="77"' in page
    assert "is no sentence" in kept(manager, house, status=422, name="Poor")
    assert before == text(house)


def test_a_case_upon_an_older_revision_is_not_kept(manager: Browser, house: House) -> None:
    seen = revision(house)
    kept(manager, house)
    page = kept(manager, house, status=409, revision=seen, name="Nobody saw the other one")
    assert 'value="Nobody saw the other one"' in page
    assert "Nobody saw" not in text(house)


def test_rows_that_no_case_hits_lead_to_where_they_are_edited_or_else_read(
    manager: Browser, browser_of: Callable[..., Browser], house: House
) -> None:
    assert f'{DRAFT}/edit?part=grading#%5B%22rows%22%2C%201%5D"' in manager.open(f"{DRAFT}/cases")
    assert f'{DRAFT}#grading.G2"' in browser_of("vic", Role.VIEWER).open(f"{DRAFT}/cases")
    kept(manager, house)
    page = manager.open(f"{DRAFT}/cases")
    assert "part=grading#" not in page
    assert f'{DRAFT}/edit?part=collection#%5B%22levels%22%2C%200%5D"' in page


def test_who_only_looks_sees_the_cases_and_changes_none(
    browser_of: Callable[..., Browser], manager: Browser, house: House
) -> None:
    viewer = browser_of("vic", Role.VIEWER)
    before = text(house)
    page = viewer.open(f"{DRAFT}/cases")
    assert "A rich customer is graded A" in page
    assert "/cases/delete" not in page
    assert "A rich customer is graded A" in viewer.open(f"{DRAFT}/edit?part=cases")
    assert "<fieldset disabled>" in viewer.open(f"{DRAFT}/cases/case")
    kept(viewer, house, status=403)
    viewer.send(f"{DRAFT}/cases", f"{DRAFT}/cases/delete", {"name": "A rich customer is graded A", "revision": "1"})
    assert before == text(house)


def test_a_decision_fills_the_form_of_a_case(manager: Browser, house: House) -> None:
    given = ask(house, asked("C1", order="9000"))
    page = manager.open(f"/decisions/decision/{given.decision_id}")
    address = re.search(
        r'href="/console(/policies/house/3/cases/case[^"]*)"|href="(/policies/house/3/cases/case[^"]*)"', page
    )
    assert address is not None
    form = manager.open(address[1] or address[2])
    fields = re.findall(
        r'name="(fact_name|fact_value|output_name|output_value)" list="\w+-names" value="([^"]*)"', form
    )
    assert ("fact_name", "order_amount") in fields
    assert "net_worth" not in form.partition("<datalist")[0]
    name = re.search(r'id="name"[^>]* value="([^"]*)"', form)
    assert name is not None
    assert "C1" not in name[1]


def test_who_may_not_read_decisions_keeps_none(browser_of: Callable[..., Browser], house: House) -> None:
    given = ask(house, asked("C1", order="9000"))
    browser_of("aud", Role.ADMIN).open(f"{DRAFT}/cases/case?decision={given.decision_id}", status=403)


def test_who_may_not_edit_is_offered_no_draft(browser_of: Callable[..., Browser], house: House) -> None:
    given = ask(house, asked("C1", order="9000"))
    viewer = browser_of("vic", Role.VIEWER)
    assert "Keep this decision" not in viewer.open(f"/decisions/decision/{given.decision_id}")
