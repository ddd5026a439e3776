"""The write-back in the console: planned field by field, switched on by who has looked, and what was refused."""

from collections.abc import Callable

import pytest

from admin.screens.connections import write_backs
from policy_service.connectors.port import Written
from policy_service.domain.instants import SECOND
from policy_service.domain.permissions import Role
from policy_service.services.background_jobs import work_one
from policy_service.services.connections import writing_back_plan
from policy_service.services.connections.writing_back_schedule import PUSH_CONNECTION
from policy_service.services.house import House
from policy_service.storage.case_store import CaseStore
from policy_service.storage.job_store import JobStore
from policy_service.storage.stored_cases import Doing, NewStep
from tests.admin.browser import Browser
from tests.api.house import Clock
from tests.services.connections.pushing import Pushing
from tests.services.connections.small_system import SmallSystem
from tests.services.decisions.live import TODAY

PAGE = "/connections/write-back/small"


@pytest.fixture
def pushing(house: House, clock: Clock) -> Pushing:
    """Give a connection of which one customer was pulled and reviewed."""
    system = SmallSystem()
    system.put("Accounts", "A1", name="Ada", worth="250000", Grade="<u>?</u>", Limit=None)
    system.put("Invoices", "N1", account="A1", day="2025-01-02", due="2025-02-01", amount="100.00")
    made = Pushing(house, system)
    made.pull()
    made.review("A1")
    clock.instant = made.at + 60 * SECOND
    return made


@pytest.fixture
def shop(pushing: Pushing, browser_of: Callable[..., Browser]) -> Browser:
    """Give the browser of somebody who may write the ledger."""
    return browser_of("shop", Role.SYSTEM)


def revision(pushing: Pushing) -> dict[str, str]:
    """Return what a form says that was made now."""
    return {"revision": str(pushing.connection().revision)}


def test_a_dry_run_shows_each_planned_write_and_whoever_looked_switches_it_on(
    house: House, pushing: Pushing, shop: Browser, clock: Clock
) -> None:
    assert "It can be switched on once somebody has looked at a dry run" in shop.words(PAGE)
    assert "It waits for its turn." in shop.told(PAGE, f"{PAGE}/plan")
    assert work_one(house, (PUSH_CONNECTION,), "worker", clock)
    page = shop.open(PAGE)
    assert "&lt;u&gt;?&lt;/u&gt;" in page
    assert "<u>?" not in page
    assert "A1 Ada Accounts A1 Grade" in shop.words(PAGE)
    push_id = page.partition('name="dry_run" value="')[2].partition('"')[0]
    other = {"on": "yes", "dry_run": "another"} | revision(pushing)
    shop.send(PAGE, f"{PAGE}/switch", other)
    assert not pushing.connection().writes_back
    told = shop.told(PAGE, f"{PAGE}/switch", {"on": "yes", "dry_run": push_id} | revision(pushing))
    assert "The write-back is switched on." in told
    assert "looked at by shop" in told
    assert pushing.connection().writes_back
    shop.send(PAGE, f"{PAGE}/push")
    assert work_one(house, (PUSH_CONNECTION,), "worker", clock)
    words = shop.words(PAGE)
    assert "Nothing would be written now." in words
    assert "Last written" in words
    assert "The write-back is switched off" in shop.told(PAGE, f"{PAGE}/switch", {"on": "no"} | revision(pushing))
    assert not pushing.connection().writes_back


def test_without_a_dry_run_nothing_is_switched_on_or_written(pushing: Pushing, shop: Browser) -> None:
    shop.send(PAGE, f"{PAGE}/switch", {"on": "yes"} | revision(pushing))
    assert not pushing.connection().writes_back
    assert "that is switched off" in shop.told(PAGE, f"{PAGE}/push")


def test_what_was_refused_over_there_is_shown(pushing: Pushing, shop: Browser, monkeypatch: pytest.MonkeyPatch) -> None:
    pushing.switch_on()
    monkeypatch.setattr(
        "tests.services.connections.small_system.SmallConnector.write",
        lambda _self, _name, changes: tuple(
            Written(one.row_id, is_done=False, code="NO_RIGHT", message="<b>not yours</b>") for one in changes
        ),
    )
    pushing.push()
    assert "NO_RIGHT &lt;b&gt;not yours&lt;/b&gt;" in shop.open(PAGE)


def test_whoever_may_read_sees_what_would_be_written_and_changes_nothing(
    pushing: Pushing, browser_of: Callable[..., Browser]
) -> None:
    viewer = browser_of("vic", Role.VIEWER)
    words = viewer.words(PAGE)
    assert "What would be written now" in words
    assert "Make a dry run" not in words
    for path in ("plan", "push", "switch"):
        form = {"on": "yes", "dry_run": "x"} | revision(pushing)
        viewer.send("/customers/file/C1", f"{PAGE}/{path}", form)
    assert not pushing.connection().writes_back


def test_a_manager_makes_dry_runs(pushing: Pushing, manager: Browser) -> None:
    assert "Make a dry run" in manager.words(PAGE)
    manager.send(PAGE, f"{PAGE}/plan")
    with pushing.house.database.reading() as session:
        assert ["mia"] == [job.created_by for job in JobStore(session).page(10, kind=PUSH_CONNECTION)]


def test_a_page_that_does_not_show_all_says_of_how_many_it_shows_some(
    pushing: Pushing, shop: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    for row_id, name in (("A2", "Bob"), ("A3", "Cid")):
        pushing.system.put("Accounts", row_id, name=name, worth="9000")
    pushing.pull()
    pushing.review("A2")
    pushing.review("A3")
    with pushing.house.database.writing() as session:
        for number in range(3):
            level = Doing("L1", "remind", owner_role="sales", deadline=TODAY)
            case = CaseStore(session).open(f"case-{number}", f"A{number + 1}", "house", "collection", level, TODAY)
            CaseStore(session).add_steps(case, [NewStep("collection", level, "", TODAY, "fired")])
    assert "This page has" not in shop.words(PAGE)
    monkeypatch.setattr(write_backs, "_TASKS", 2)
    monkeypatch.setattr(writing_back_plan, "CHUNK", 1)
    assert "There are more cases than these 2; a dry run counts them." in shop.words(PAGE)
    pushing.push(is_dry=True)
    words = shop.words(PAGE)
    assert "This page has 1 rows; the last dry run of this mapping counted 3 to be written." in words
    assert "This page has 2 cases; the last dry run of this mapping counted 3 to be handed over." in words
    chinese = shop.open(PAGE, **{"Accept-Language": "zh-CN"})
    assert "本页显示 1 行；该映射的上一次试运行统计待回写 3 行。" in chinese
    assert "本页显示 2 个催收案例；该映射的上一次试运行统计待移交 3 个。" in chinese


def test_a_mapping_that_writes_nothing_says_so(pushing: Pushing, shop: Browser) -> None:
    pushing.keep(pushing.connection().mapping.partition("write_back:")[0])
    assert "The mapping writes nothing back." in shop.words(PAGE)
