"""Several cases at once: given to a person or noted on, each with its own answer."""

import datetime as dt
from collections.abc import Callable

import pytest

from policy_service.domain.permissions import Role
from policy_service.services.daily_run.run import run_day
from policy_service.services.house import House
from policy_service.storage.case_store import CaseStore
from policy_service.storage.stored_cases import CaseNow, Wanted
from tests.admin.browser import Browser
from tests.api.house import Clock
from tests.services.decisions.live import act, at

TODAY = dt.date(2025, 2, 1)


@pytest.fixture
def clock() -> Clock:
    """Give the clock of a later day: it is noon."""
    return Clock(at(TODAY, 12))


@pytest.fixture
def collector(house: House, browser_of: Callable[..., Browser]) -> Browser:
    """Have a case opened in the morning, and give the browser of a collector."""
    for day in (TODAY - dt.timedelta(days=1), TODAY):
        run_day(house, day, act(day, "mia", 6))
    return browser_of("cora", Role.COLLECTOR)


def the_case(house: House) -> CaseNow:
    """Return the one case as it is now."""
    with house.database.reading() as session:
        (case,) = CaseStore(session).page(Wanted(), 10)
    return case


def sent(browser: Browser, house: House, *, behind: int = 0, **form: str) -> str:
    """Send the form below the worklist for the one case, and return the words of the page that answers."""
    case = the_case(house)
    whole = {"chosen": f"{case.revision - behind} {case.case_id}", **form}
    return " ".join(browser.send("/cases/", "/cases/several", whole, status=200).text.split())


def test_the_chosen_cases_are_given_to_a_person(collector: Browser, house: House) -> None:
    assert "1 done, 0 refused." in sent(collector, house, do="assign", person="cora")
    assert "cora" == the_case(house).assigned_to


def test_the_same_note_stands_on_each(collector: Browser, house: House) -> None:
    assert "1 done, 0 refused." in sent(collector, house, do="note", text="Asked for the statement")
    assert "Asked for the statement" in collector.words(f"/cases/case/{the_case(house).case_id}")


@pytest.mark.parametrize(("person", "behind", "why"), [("nobody", 0, "Nobody active"), ("cora", 1, "Somebody else")])
def test_a_refusal_stands_beside_its_case(collector: Browser, house: House, person: str, behind: int, why: str) -> None:
    page = sent(collector, house, do="assign", person=person, behind=behind)
    assert "0 done, 1 refused." in page
    assert why in page
    assert "" == the_case(house).assigned_to


@pytest.mark.parametrize("form", [{"do": "assign"}, {"do": "note", "text": "", "chosen": "1 x"}])
def test_a_form_that_names_too_little_does_nothing(collector: Browser, house: House, form: dict[str, str]) -> None:
    assert "C1" in collector.told("/cases/", "/cases/several", form)
    assert "" == the_case(house).assigned_to
