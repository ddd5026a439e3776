"""The worklist on the screen: whose cases there are, and what is done about one."""

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

#: I1 of C1 was due the day before.
TODAY = dt.date(2025, 2, 1)


@pytest.fixture
def clock() -> Clock:
    """Give the clock of a later day: it is noon."""
    return Clock(at(TODAY, 12))


@pytest.fixture
def page(house: House) -> str:
    """Have a case opened in the morning, and return the path of its page."""
    for day in (TODAY - dt.timedelta(days=1), TODAY):
        run_day(house, day, act(day, "mia", 6))
    return f"/cases/case/{the_case(house).case_id}"


@pytest.fixture
def collector(page: str, browser_of: Callable[..., Browser]) -> Browser:
    """Give the browser of a collector."""
    return browser_of("cora", Role.COLLECTOR)


def the_case(house: House) -> CaseNow:
    """Return the one case as it is now."""
    with house.database.reading() as session:
        (case,) = CaseStore(session).page(Wanted(), 10)
    return case


def told(browser: Browser, house: House, page: str, what: str, **form: str) -> str:
    """Do something about the case as its page showed it, and return what the page says then."""
    return browser.told(page, f"{page}/{what}", {"revision": str(the_case(house).revision), **form})


def test_the_worklist_says_what_is_to_be_done_by_whom_until_when(collector: Browser, page: str) -> None:
    listed = collector.words("/cases/")
    assert "C1 collection L1 remind, e-mail sales" in listed
    assert "2025-02-04" in listed
    assert "No such case." in collector.words("/cases/?assigned=somebody")
    assert "No such case." in collector.words("/cases/?state=closed")


def test_a_contact_and_a_promise_are_noted_and_become_entries(collector: Browser, house: House, page: str) -> None:
    assert "The contact is noted." in told(collector, house, page, "contact", channel="phone", text="Pays on Monday")
    form = {"invoice": "I1", "promised": "2025-02-10", "amount": "500.00", "text": "In two parts"}
    assert "The promise is noted." in told(collector, house, page, "promise", **form)
    notes = collector.words(page)
    assert "promise cora 500 CNY for I1 by 2025-02-10. In two parts" in notes
    assert "contact cora" in notes
    assert "Pays on Monday" in notes


def test_a_dispute_begins_and_ends(collector: Browser, house: House, page: str) -> None:
    assert "The dispute is noted." in told(
        collector, house, page, "dispute", invoice="I1", state="opened", text="Dents"
    )
    assert "The dispute is settled." in told(collector, house, page, "dispute", invoice="I1", state="settled", text="")


def test_it_is_given_to_somebody_and_stands_on_their_list(collector: Browser, house: House, page: str) -> None:
    told(collector, house, page, "assign", person="cora")
    assert "C1" in collector.words("/cases/?assigned=cora")
    assert "cora" == the_case(house).assigned_to


def test_a_deadline_is_moved_for_a_reason(collector: Browser, house: House, page: str) -> None:
    told(collector, house, page, "deadline", deadline="2025-02-20", reason="They are on holiday")
    assert dt.date(2025, 2, 20) == the_case(house).deadline
    assert "They are on holiday" in collector.words(page)


@pytest.mark.parametrize(
    ("what", "form"),
    [
        ("promise", {"invoice": "I1", "promised": "2025-01-10", "amount": "5"}),
        ("promise", {"invoice": "I9", "promised": "2025-02-10", "amount": "5"}),
        ("promise", {"invoice": "I1", "promised": "2025-02-10", "amount": "1000.01"}),
        ("assign", {"person": "nobody"}),
        ("deadline", {"deadline": "2025-01-01", "reason": "Too late"}),
        ("deadline", {"deadline": "2025-02-20", "reason": ""}),
        ("note", {"text": ""}),
    ],
)
def test_what_cannot_be_is_refused_and_nothing_is_kept(
    collector: Browser, house: House, page: str, what: str, form: dict[str, str]
) -> None:
    before = the_case(house)
    collector.send(page, f"{page}/{what}", {"revision": str(before.revision), **form})
    assert "alert-danger" in collector.open(page)
    assert before == the_case(house)


@pytest.mark.parametrize(
    "amount", ["much", "1e5", "NaN", "-5", "9" * 30, "500,00", "1.000,00", "5,00", ",500", "1,000,00"]
)
def test_an_amount_is_digits(collector: Browser, house: House, page: str, amount: str) -> None:
    form = {"invoice": "I1", "promised": "2025-02-10", "amount": amount, "revision": str(the_case(house).revision)}
    collector.send(page, f"{page}/promise", form, status=422)


def test_a_comma_sets_thousands_apart_and_nothing_else(collector: Browser, house: House, page: str) -> None:
    form = {"invoice": "I1", "promised": "2025-02-10", "amount": "1,000.00", "revision": str(the_case(house).revision)}
    collector.send(page, f"{page}/promise", form)
    assert "1000 CNY for I1 by 2025-02-10" in collector.words(page)


@pytest.mark.parametrize("text", ["x" * 501, "a\tb", "a\u2028b", "a\0b"], ids=["long", "tab", "line", "nul"])
@pytest.mark.parametrize(
    ("what", "form"),
    [
        ("contact", {"channel": "phone"}),
        ("promise", {"invoice": "I1", "promised": "2025-02-10", "amount": "5"}),
        ("dispute", {"invoice": "I1", "state": "open"}),
    ],
    ids=["contact", "promise", "dispute"],
)
def test_what_is_said_besides_is_one_line(
    collector: Browser, house: House, page: str, what: str, form: dict[str, str], text: str
) -> None:
    before = the_case(house)
    collector.send(page, f"{page}/{what}", {"revision": str(before.revision), **form, "text": text}, status=422)
    assert before == the_case(house)


def test_what_is_said_besides_may_have_a_space_of_any_language(collector: Browser, house: House, page: str) -> None:
    form = {"channel": "phone", "text": "已联系\u3000财务", "revision": str(the_case(house).revision)}
    collector.send(page, f"{page}/contact", form)
    assert "phone: 已联系" in collector.words(page)


def test_who_only_looks_finds_no_form(browser_of: Callable[..., Browser], house: House, page: str) -> None:
    viewer = browser_of("vic", Role.VIEWER)
    assert "Follow up" not in viewer.words(page)
    before = the_case(house)
    viewer.send(page, f"{page}/assign", {"person": "vic", "revision": str(before.revision)})
    assert before == the_case(house)


def test_the_workload_counts_steps_by_role_and_week(collector: Browser, page: str) -> None:
    assert "2025-W05 sales 1" in collector.words("/cases/workload")
