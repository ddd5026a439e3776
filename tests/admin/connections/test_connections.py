"""Connections in the console: listed, set up, checked, scheduled, switched, pulled, and looked after."""

from collections.abc import Callable
from dataclasses import replace
from html import unescape

import pytest
from cryptography.fernet import Fernet

from admin.visitors import TOKEN
from policy_service.connectors.errors import ConnectorError
from policy_service.domain.permissions import Role
from policy_service.services.background_jobs import work_one
from policy_service.services.connections.scheduling import PULL_CONNECTION
from policy_service.services.house import House
from policy_service.storage.connection_store import ConnectionStore, StoredConnection
from tests.admin.browser import Browser
from tests.api.house import Clock
from tests.services.connections.small_system import Pulling, SmallSystem

LIST = "/connections/"
NEW = "/connections/new"
SMALL = "/connections/connection/small"
ZOHO = "/connections/account/crm"
GIVEN = {
    "setting.accounts_origin": "https://accounts.zoho.com.cn",
    "setting.client_id": "1000.CLIENT",
    "secret.client_secret": "very-secret",
    "secret.refresh_token": "also-secret",
}


def stored(house: House, name: str = "small") -> StoredConnection:
    """Return a connection as it is stored."""
    with house.database.reading() as session:
        return ConnectionStore(session).load(name)


def revision(house: House, name: str = "small") -> dict[str, str]:
    """Return what a form says that was made now."""
    return {"revision": str(stored(house, name).revision)}


def made(browser: Browser, name: str = "crm", system: str = "zoho_crm") -> str:
    """Make a connection, and return the words of the page that it leads to."""
    return browser.told(NEW, "/connections/make", {"name": name, "system": system})


def test_without_a_connection_the_list_says_what_to_do(browser_of: Callable[..., Browser]) -> None:
    page = browser_of("shop", Role.SYSTEM).words(LIST)
    assert "No other system is connected." in page
    assert "Connect a system" in page
    assert "Connect a system" not in browser_of("mia", Role.CREDIT_MANAGER).words(LIST)
    assert "Connect a system" in browser_of("ann", Role.ADMIN).words(LIST)


def test_the_list_says_how_each_fares(shop: Browser, pulling: Pulling) -> None:
    assert "never" in shop.words(LIST)
    pulling.pull()
    page = shop.words(LIST)
    assert "small Zoho CRM off" in page
    assert "done 7 2" in page


def test_a_system_is_chosen_and_its_settings_come_next(house: House, shop: Browser) -> None:
    assert "A Self Client with a refresh token of a user who sees all customers." in shop.words(NEW)
    page = made(shop)
    assert "The connection crm is stored. Now say how it is reached." in page
    assert "Refresh token" in page
    assert (False, {}) == (stored(house, "crm").is_on, stored(house, "crm").settings)


def test_a_name_that_is_none_or_taken_is_refused(shop: Browser) -> None:
    assert "is no name for a connection" in made(shop, "My CRM")
    assert "There is a connection small already." in made(shop, "small")
    assert "Choose the system first." in made(shop, "crm", "sap")


def test_settings_are_kept_and_secrets_are_never_shown(house: House, shop: Browser) -> None:
    made(shop)
    page = shop.told(ZOHO, f"{ZOHO}/keep", GIVEN | revision(house, "crm"))
    assert "It is kept." in page
    assert "kept since" in page
    kept = stored(house, "crm")
    assert "https://accounts.zoho.com.cn" == kept.settings["accounts_origin"]
    for path in (LIST, ZOHO, "/connections/connection/crm", "/connections/mapping/crm"):
        assert "very-secret" not in shop.open(path)
        assert kept.secrets not in shop.open(path)


def test_a_secret_left_empty_stays(house: House, pulling: Pulling, shop: Browser, system: SmallSystem) -> None:
    made(shop)
    shop.send(ZOHO, f"{ZOHO}/keep", GIVEN | revision(house, "crm"))
    given = {**GIVEN, "secret.client_secret": "", "secret.refresh_token": "another"}
    shop.send(ZOHO, f"{ZOHO}/keep", given | revision(house, "crm"))
    shop.send(ZOHO, f"{ZOHO}/check")
    assert {"client_secret": "very-secret", "refresh_token": "another"} == system.secrets


def test_what_is_lacking_or_does_not_fit_is_told_and_no_secret_is_kept_in_the_browser(
    house: House, shop: Browser
) -> None:
    made(shop)
    lacking = {**GIVEN, "setting.client_id": ""}
    page = shop.told(ZOHO, f"{ZOHO}/keep", lacking | revision(house, "crm"))
    assert "The connection lacks client_id." in page
    shop.send(ZOHO, f"{ZOHO}/keep", lacking | revision(house, "crm"))
    with shop.client.session_transaction() as kept:
        assert "very-secret" not in str(dict(kept))
        assert TOKEN in kept
    assert "" == stored(house, "crm").secrets or "very-secret" not in stored(house, "crm").secrets


def test_secrets_whose_key_is_lost_are_all_given_anew(
    house: House, pulling: Pulling, shop: Browser, system: SmallSystem
) -> None:
    made(shop)
    shop.send(ZOHO, f"{ZOHO}/keep", GIVEN | revision(house, "crm"))
    house.settings = replace(house.settings, connections_key=(Fernet.generate_key().decode(),))
    assert "or give all of them anew." in shop.words(ZOHO)
    page = shop.told(ZOHO, f"{ZOHO}/keep", GIVEN | {"secret.client_secret": ""} | revision(house, "crm"))
    assert "The connection lacks client_secret." in page
    assert "It is kept." in shop.told(ZOHO, f"{ZOHO}/keep", GIVEN | revision(house, "crm"))
    shop.send(ZOHO, f"{ZOHO}/check")
    assert {"client_secret": "very-secret", "refresh_token": "also-secret"} == system.secrets


def test_another_address_is_taken_beside_those_listed(house: House, shop: Browser) -> None:
    made(shop)
    given = {**GIVEN, "other.accounts_origin": "http://127.0.0.1:9"}
    shop.send(ZOHO, f"{ZOHO}/keep", given | revision(house, "crm"))
    assert "http://127.0.0.1:9" == stored(house, "crm").settings["accounts_origin"]
    assert '<option value="http://127.0.0.1:9" selected>' in shop.open(ZOHO)


def test_two_people_do_not_overwrite_each_other(house: House, shop: Browser) -> None:
    made(shop)
    seen = revision(house, "crm")
    shop.send(ZOHO, f"{ZOHO}/keep", GIVEN | seen)
    page = shop.told(ZOHO, f"{ZOHO}/keep", {**GIVEN, "setting.client_id": "other"} | seen)
    assert "alert-danger" not in page
    assert "1000.CLIENT" == stored(house, "crm").settings["client_id"]


def test_a_check_says_what_is_reached_or_what_to_do(shop: Browser, system: SmallSystem) -> None:
    account = "/connections/account/small"
    assert "It was never checked." in shop.words(account)
    assert "The connection reaches: a small system" in shop.told(account, f"{account}/check")
    assert "a small system" in shop.words(account)
    system.error = ConnectorError("X110", "<script>no</script> refused the sign-in.", remedy="Give another secret.")
    page = shop.open(str(shop.send(account, f"{account}/check").location))
    assert "&lt;script&gt;no&lt;/script&gt; refused the sign-in. Give another secret." in page
    assert "<script>no" not in page
    assert "X110" in shop.words(account)


def test_settings_that_say_the_same_do_not_begin_the_pull_anew(house: House, shop: Browser) -> None:
    made(shop)
    shop.send(ZOHO, f"{ZOHO}/keep", GIVEN | revision(house, "crm"))
    before = stored(house, "crm").settings
    shop.send(ZOHO, f"{ZOHO}/keep", {**GIVEN, "secret.client_secret": ""} | revision(house, "crm"))
    assert before == stored(house, "crm").settings


def test_a_connection_is_scheduled_and_switched(house: House, shop: Browser) -> None:
    page = shop.told(SMALL, f"{SMALL}/schedule", {"minutes": "60"} | revision(house))
    assert "The schedule is kept." in page
    assert "every hour" in page
    assert "It is switched on." in shop.told(SMALL, f"{SMALL}/switch", {"on": "yes"} | revision(house))
    assert (60, True) == (stored(house).schedule_minutes, stored(house).is_on)
    shop.send(SMALL, f"{SMALL}/switch", {"on": "no"} | revision(house))
    assert not stored(house).is_on


@pytest.mark.parametrize("minutes", ["", "2", "-5", "1e3", "99999999999"])
def test_a_schedule_out_of_bounds_is_refused(house: House, shop: Browser, minutes: str) -> None:
    assert "A connection cannot have a schedule of" in shop.told(
        SMALL, f"{SMALL}/schedule", {"minutes": minutes} | revision(house)
    )
    assert 0 == stored(house).schedule_minutes


def test_a_pull_is_a_job_that_can_be_cancelled(shop: Browser) -> None:
    page = shop.told(SMALL, f"{SMALL}/pull")
    assert "It is pulled now." in page
    assert "It waits for its turn." in page
    job = shop.open(SMALL).partition("/jobs/job/")[2].partition('"')[0]
    shop.send(SMALL, f"/jobs/job/{job}/cancel")
    assert "It waits for its turn." not in shop.words(SMALL)


def test_a_pull_shows_its_counts_and_each_rejected_row_with_its_remedy(
    house: House, shop: Browser, clock: Clock
) -> None:
    shop.send(SMALL, f"{SMALL}/pull")
    assert work_one(house, (PULL_CONNECTION,), "worker", clock)
    page = shop.open(SMALL)
    run = SMALL + "/run/" + page.partition(f"{SMALL}/run/")[2].partition('"')[0]
    words = shop.words(run)
    assert "Invoices 2" in words
    assert "soon" in words
    assert "How to mend it" in words
    unmapped = shop.words(f"{SMALL}/unmapped")
    assert "Invoices 3" in unmapped
    assert "void" in unmapped


def test_a_run_that_failed_says_why(pulling: Pulling, shop: Browser, system: SmallSystem) -> None:
    system.error = ConnectorError("X110", "It refused the sign-in.", remedy="Give another secret.")
    with pytest.raises(ConnectorError):
        pulling.pull()
    for page in (shop.words(SMALL), shop.words(LIST)):
        assert "It refused the sign-in." in page
        assert "stopped: needs a person" in page


def test_whoever_may_read_sees_and_changes_nothing(
    house: House, pulling: Pulling, browser_of: Callable[..., Browser]
) -> None:
    pulling.pull()
    viewer = browser_of("vic", Role.VIEWER)
    assert "Pull now" not in viewer.words(SMALL)
    assert "small" in viewer.words(LIST)
    viewer.open("/connections/account/small", status=403)
    viewer.open(NEW, status=403)
    for path in ("pull", "switch", "schedule"):
        page = viewer.told("/customers/file/C1", f"{SMALL}/{path}", {"minutes": "60", "on": "yes"} | revision(house))
        assert "it needs connections:" in page
    viewer.send("/customers/file/C1", "/connections/make", {"name": "crm", "system": "zoho_crm"})
    assert not stored(house).is_on


def test_a_manager_runs_a_connection_and_an_administrator_says_how_it_is_reached(
    house: House, pulling: Pulling, manager: Browser, browser_of: Callable[..., Browser]
) -> None:
    assert "It is pulled now." in manager.told(SMALL, f"{SMALL}/pull")
    manager.send(SMALL, f"{SMALL}/schedule", {"minutes": "60"} | revision(house))
    assert 60 == stored(house).schedule_minutes
    manager.open("/connections/account/small", status=403)
    administrator = browser_of("ann", Role.ADMIN)
    page = administrator.words(SMALL)
    assert ("Settings and secrets" in page, "Pull now" in page) == (True, False)
    assert "The connection crm is stored." in made(administrator)
    assert "It is kept." in administrator.told(ZOHO, f"{ZOHO}/keep", GIVEN | revision(house, "crm"))


def test_a_form_from_elsewhere_is_refused(house: House, shop: Browser) -> None:
    answer = shop.client.post(f"{SMALL}/switch", data={"on": "yes"} | revision(house))
    assert 400 == answer.status_code
    assert not stored(house).is_on


def test_without_a_key_the_page_says_what_to_set(house: House, shop: Browser) -> None:
    house.settings = replace(house.settings, connections_key=())
    assert "Set CONNECTIONS_KEY or CONNECTIONS_KEY_FILE" in unescape(made(shop))


def test_a_run_of_another_connection_is_not_found(pulling: Pulling, shop: Browser) -> None:
    run = pulling.pull()
    made(shop)
    shop.open(f"{SMALL}/run/{run.pull_id}")
    shop.open(f"/connections/connection/crm/run/{run.pull_id}", status=404)
    shop.open("/connections/connection/none", status=404)
