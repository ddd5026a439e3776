"""Mappings in the console: as tables with findings, proposed, changed by form and as text, and tried on real rows."""

import re
from collections.abc import Callable
from html import unescape

import pytest

from policy_service.connectors.errors import ConnectorError
from policy_service.domain.acting import Act
from policy_service.services.house import House
from policy_service.storage.connection_store import ConnectionStore
from tests.admin.browser import Browser
from tests.api.house import Clock
from tests.services.connections.small_system import MAPPING, Pulling, SmallSystem

PAGE = "/connections/mapping/small"
TEXT = f"{PAGE}/text"
#: Of which the small system lacks two objects.
WHOLE = MAPPING.replace("Payments\n", "Orders\n")


def kept(house: House) -> str:
    """Return the mapping that is kept."""
    with house.database.reading() as session:
        return ConnectionStore(session).load("small").mapping


def revision(house: House) -> dict[str, str]:
    """Return what a form says that was made now."""
    with house.database.reading() as session:
        return {"revision": str(ConnectionStore(session).load("small").revision)}


def text_of(page: str) -> str:
    """Return what stands in the editor of a page."""
    found = re.search(r"<textarea[^>]*>\n(.*?)</textarea>", page, re.DOTALL)
    assert found is not None
    return unescape(found[1])


def test_a_mapping_is_shown_as_tables_with_findings_at_their_columns(shop: Browser) -> None:
    words = shop.words(PAGE)
    assert "Accounts → Customers" in words
    assert "Invoices → Invoices" in words
    assert "day of the row of Orders that order names" in words
    assert "not where state is one of: void" in words
    assert 'there is no object "Payments".' in words
    page = shop.open(PAGE)
    row = page.partition("currency of the")[0]
    assert "Currency" in row
    cell = r'<td class="break-anywhere faulty-cell"><span translate=no>currency</span><div class="finding">(.*?)</div>'
    at_currency = re.search(cell, page)
    assert at_currency is not None
    assert "X151" in at_currency[1]


def test_what_cannot_be_reached_is_told_and_the_mapping_is_shown_all_the_same(
    shop: Browser, system: SmallSystem
) -> None:
    broken = ConnectorError("X104", "<i>host</i> is out of order.", remedy="Try again later.")

    def raised(*_: object) -> None:
        raise broken

    system.rows = Raising(raised)
    page = shop.open(PAGE)
    assert "&lt;i&gt;host&lt;/i&gt; is out of order. Try again later." in page
    assert "Accounts" in page
    assert "Change</a>" not in page


class Raising(dict[str, dict[str, tuple[int, dict[str, object] | None]]]):
    """Rows that nobody can look at."""

    def __init__(self, raised: Callable[..., None]) -> None:
        super().__init__()
        self._raised = raised

    def __iter__(self) -> None:  # type: ignore[override]
        self._raised()


def test_what_is_there_is_not_asked_for_by_every_page(shop: Browser, system: SmallSystem) -> None:
    shop.open(PAGE)
    system.put("Cases", "1", name="x")
    shop.open(PAGE)
    assert "Objects there: 4." in shop.told(PAGE, f"{PAGE}/look")


def test_a_mapping_is_proposed_and_kept_by_a_person(house: House, shop: Browser) -> None:
    before = kept(house)
    page = shop.send(PAGE, f"{PAGE}/propose", status=200).text
    assert "Proposed. It counts once it is kept." in page
    proposed = text_of(page)
    assert "from: Accounts" in proposed
    assert before == kept(house)
    told = shop.told(PAGE, f"{PAGE}/keep", {"text": proposed} | revision(house))
    assert "The mapping is kept." in told
    assert proposed == kept(house)


def test_without_a_mapping_one_is_proposed_or_the_shipped_one_is_looked_at(house: House, shop: Browser) -> None:
    shop.send("/connections/new", "/connections/make", {"name": "crm", "system": "zoho_crm"})
    assert "Propose one from what is there" in shop.words("/connections/mapping/crm")
    assert "Account_Name" in text_of(shop.open("/connections/mapping/crm/text?take=shipped"))
    told = shop.told("/connections/mapping/crm", "/connections/mapping/crm/propose")
    assert "say how it is reached" in told


def test_a_text_that_is_none_is_refused_at_its_place_and_not_lost(house: House, shop: Browser) -> None:
    wrong = MAPPING.replace("due_date: due", "due_dat: due")
    for path in ("keep", "try"):
        page = shop.send(TEXT, f"{PAGE}/{path}", {"text": wrong} | revision(house), 200).text
        assert "due_dat" in text_of(page)
        assert "alert-danger" in page
        assert "small.yaml line" in page
    assert "due_dat:" not in kept(house)


def test_a_kept_text_that_is_no_longer_one_can_be_mended(house: House, shop: Browser) -> None:
    with house.database.writing() as session:
        store = ConnectionStore(session)
        store.change(store.load("small"), Act("shop", 1), mapping="mapping: small\nrows: 7\n")
    answer = shop.client.get(PAGE)
    assert TEXT == answer.location
    page = shop.open(TEXT)
    assert "rows: 7" in text_of(page)
    assert "alert-danger" in page


def test_a_mapping_of_another_system_is_refused(house: House, shop: Browser) -> None:
    other = MAPPING.replace("system: zoho_crm", "system: zoho_books")
    page = shop.send(TEXT, f"{PAGE}/keep", {"text": other} | revision(house), 200).text
    assert "Take a mapping of the same system." in page


def test_two_editors_do_not_overwrite_each_other(house: House, shop: Browser) -> None:
    seen = revision(house)
    first, second = MAPPING.replace("void", "first"), MAPPING.replace("void", "second")
    shop.send(TEXT, f"{PAGE}/keep", {"text": first} | seen)
    for _ in range(2):
        page = shop.send(TEXT, f"{PAGE}/keep", {"text": second} | seen, 200).text
        assert "Somebody changed the connection since this page was opened." in page
        assert "second" in text_of(page)
        assert f'name="revision" value="{seen["revision"]}"' in page
    assert "first" in kept(house)


def test_a_field_is_chosen_for_a_column(house: House, pulling: Pulling, shop: Browser) -> None:
    form = f"{PAGE}/column?feed=2&column=due_date"
    assert '<option value="field:due" selected>' in shop.open(form)
    given = {"feed": "2", "column": "due_date", "field": "field:number"} | revision(house)
    assert "The mapping is kept." in shop.told(form, f"{PAGE}/column/keep", given)
    assert "due_date: number" in kept(house)
    stale = shop.told(form, f"{PAGE}/column/keep", {**given, "field": "field:state"})
    assert "The mapping is kept." not in stale
    assert "due_date: number" in kept(house)
    shop.send(form, f"{PAGE}/column/keep", {**given, "field": "field:none"} | revision(house))
    assert "due_date: number" in kept(house)


def test_a_column_is_left_out_or_added(house: House, shop: Browser) -> None:
    form = f"{PAGE}/column?feed=0&column=country"
    assert "Nothing feeds it yet." in shop.words(form)
    given = {"feed": "0", "column": "country", "field": "field:name"}
    shop.send(form, f"{PAGE}/column/keep", given | revision(house))
    assert "country: name" in kept(house)
    shop.send(form, f"{PAGE}/column/keep", {**given, "field": ""} | revision(house))
    assert "country" not in kept(house)


@pytest.mark.parametrize("feed", ["", "-1", "99", "x", "１"])
def test_a_feed_that_is_none_is_not_found(house: House, shop: Browser, feed: str) -> None:
    shop.open(f"{PAGE}/column?feed={feed}&column=due_date", status=404)
    shop.send(PAGE, f"{PAGE}/feed", {"feed": feed} | revision(house), 404)


def test_a_feed_is_turned_off_and_on(house: House, shop: Browser) -> None:
    shop.send(PAGE, f"{PAGE}/feed", {"feed": "4", "on": "no"} | revision(house))
    assert "is_on: false" in kept(house)
    shop.send(PAGE, f"{PAGE}/feed", {"feed": "4", "on": "yes"} | revision(house))
    assert "is_on: false" not in kept(house)


def test_the_preview_shows_rows_beside_what_they_become(pulling: Pulling, shop: Browser) -> None:
    assert "No row was seen of it." in shop.words(f"{PAGE}/preview")
    pulling.pull()
    words = shop.words(f"{PAGE}/preview")
    assert "Invoices Invoice number N1" in words
    assert "Its state is &quot;void&quot;" in shop.open(f"{PAGE}/preview") or 'Its state is "void"' in words
    assert "soon no day" in words
    page = shop.open(f"{PAGE}/preview")
    assert "&lt;b&gt;Bob&lt;/b&gt;" in page
    assert "<b>Bob" not in page


def test_the_preview_of_a_page_that_is_asked_for_now_keeps_nothing(
    pulling: Pulling, shop: Browser, clock: Clock
) -> None:
    page = shop.send(f"{PAGE}/preview", f"{PAGE}/preview", status=200).text
    assert "These rows were asked for just now" in page
    assert "N1" in page
    assert pulling.ledger() is not None
    assert "It was never pulled." in shop.words("/connections/connection/small")


def test_a_text_is_tried_before_it_is_kept(house: House, pulling: Pulling, shop: Browser) -> None:
    pulling.pull()
    other = MAPPING.replace("name: name,", "name: name, country: land,")
    page = shop.send(TEXT, f"{PAGE}/try", {"text": other, "rows": "pulled"} | revision(house), 200).text
    assert "Not pulled yet, and so blank here: land" in page
    assert other.strip() == text_of(page).strip()
    now = shop.send(TEXT, f"{PAGE}/try", {"text": other, "rows": "now"} | revision(house), 200).text
    assert "Ada" in now
    assert "land" not in kept(house)


def test_whoever_may_read_sees_the_mapping_and_asks_nothing_over_there(
    house: House, pulling: Pulling, manager: Browser, system: SmallSystem
) -> None:
    pulling.pull()
    before = list(system.asked)
    assert "It is not checked against the other system." in manager.words(PAGE)
    assert "N1" in manager.words(f"{PAGE}/preview")
    manager.open(TEXT, status=403)
    for path in ("look", "propose", "try", "keep", "column/keep", "feed", "preview"):
        manager.send("/customers/file/C1", f"{PAGE}/{path}", {"text": MAPPING, "feed": "0"} | revision(house), 403)
    assert before == system.asked
    assert MAPPING == kept(house)


def test_whoever_comes_back_to_a_page_in_the_middle_begins_anew(shop: Browser) -> None:
    for path in ("try", "keep", "propose"):
        assert str(shop.client.get(f"{PAGE}/{path}").location).endswith(PAGE)


def test_the_words_of_a_mapping_are_chinese_for_who_reads_chinese(shop: Browser) -> None:
    page = shop.open(PAGE, **{"Accept-Language": "zh-CN"})
    assert "按 order 查找 Orders，取其 day" in page
    assert "没有对象" in page
