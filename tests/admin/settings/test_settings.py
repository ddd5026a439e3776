"""The company's settings in the console: every one described, changed by two people, each in its own form."""

from collections.abc import Callable, Mapping
from dataclasses import fields
from decimal import Decimal

import pytest

from admin.screens.settings.described import DESCRIBED, written
from policy_service.domain.permissions import Role
from policy_service.services.company_settings import CompanySettings, company_settings, read_setting
from policy_service.services.house import House
from policy_service.storage.settings_store import SettingsStore
from tests.admin.browser import Browser

LIST = "/settings/"


@pytest.fixture
def ada(browser_of: Callable[..., Browser]) -> Browser:
    """Give the browser of an administrator."""
    return browser_of("ada", Role.ADMIN)


@pytest.fixture
def cleo(browser_of: Callable[..., Browser]) -> Browser:
    """Give the browser of a head of finance."""
    return browser_of("cleo", Role.FINANCE_HEAD)


def settled(house: House) -> CompanySettings:
    with house.database.reading() as session:
        return company_settings(session)


def proposal_of(house: House) -> str:
    with house.database.reading() as session:
        (found,) = SettingsStore(session).open_proposals()
    return f"/settings/setting/{found.name}/proposals/{found.change_id}"


def test_every_setting_is_described() -> None:
    assert {each.name for each in fields(CompanySettings)} == set(DESCRIBED)


@pytest.mark.parametrize(
    ("name", "form", "expected"),
    [
        ("approvers_needed", {"value": "2"}, 2),
        ("requires_green_checks", {"value": "no"}, False),
        ("simulation_days", {"value": "30"}, 30),
        ("override_second_person_above", {"value": "50,000.50"}, Decimal("50000.50")),
        (
            "release_authority",
            {"reach-analyst": "nothing", "reach-credit_manager": "up_to", "amount-credit_manager": "5000"}
            | {"reach-finance_head": "any", "amount-finance_head": ""},
            {"credit_manager": Decimal(5000), "finance_head": None},
        ),
        ("automatic_authority", {"value": ""}, None),
        ("daily_run_at", {"value": "05:30"}, "05:30"),
    ],
)
def test_a_form_says_what_the_service_takes(name: str, form: Mapping[str, str], expected: object) -> None:
    assert expected == read_setting(name, written(DESCRIBED[name].kind, form))


@pytest.mark.parametrize("value", ["50000,50", "50.000,50", "5,00", "50,0000"])
def test_cents_behind_a_comma_are_refused_and_not_taken_for_more(ada: Browser, house: House, value: str) -> None:
    page = "/settings/setting/override_second_person_above"
    before = settled(house)
    ada.send(page, f"{page}/propose", {"value": value})
    assert "alert-danger" in ada.open(page)
    assert before == settled(house)


def test_a_change_counts_once_a_second_person_agrees(ada: Browser, cleo: Browser, house: House) -> None:
    page, before = "/settings/setting/release_authority", settled(house)
    form = {"reach-analyst": "up_to", "amount-analyst": "5,000", "note": "Agreed in the board"}
    assert "The change is proposed." in ada.told(page, f"{page}/propose", form)
    assert before == settled(house)
    assert "Agreed in the board" in cleo.words(LIST)
    cleo.send(LIST, f"{proposal_of(house)}/agree")
    assert {Role.ANALYST: Decimal(5000)} == settled(house).release_authority


def test_nobody_agrees_to_their_own_and_anybody_takes_it_back(ada: Browser, cleo: Browser, house: House) -> None:
    page = "/settings/setting/approvers_needed"
    ada.send(page, f"{page}/propose", {"value": "2"})
    assert "/agree" not in ada.open(LIST)
    assert "Nobody agrees to what they proposed themselves." in ada.told(LIST, f"{proposal_of(house)}/agree")
    assert "The proposal is taken back." in cleo.told(LIST, f"{proposal_of(house)}/withdraw")
    assert 1 == settled(house).approvers_needed
    assert "withdrawn ada cleo" in ada.words(page)


def test_what_a_setting_cannot_be_is_told_beside_what_was_typed(ada: Browser) -> None:
    page = "/settings/setting/approvers_needed"
    ada.send(page, f"{page}/propose", {"value": "many"})
    answer = ada.open(page)
    assert "alert-danger" in answer
    assert 'value="many"' in answer


def test_who_only_looks_finds_no_form_and_cannot_send_one(browser_of: Callable[..., Browser], house: House) -> None:
    manager = browser_of("mia", Role.CREDIT_MANAGER)
    page = "/settings/setting/approvers_needed"
    assert "Propose a change" not in manager.open(page)
    assert "may not do this" in manager.told(page, f"{page}/propose", {"value": "2"})
    browser_of("sam", Role.SALES).open(LIST, status=403)
