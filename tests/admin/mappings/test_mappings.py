"""Column mappings in the console: proposed by headings, shown as they would be read, kept, and used by an import."""

import io
import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from html import unescape
from pathlib import Path

import pytest

from policy_service.domain.permissions import Role
from policy_service.services.background_jobs import work_one
from policy_service.services.house import House
from policy_service.services.ledger_in.import_job import IMPORT_LEDGER
from policy_service.storage.audit_store import AuditStore
from policy_service.storage.ledger_store import LedgerStore
from tests.admin.browser import Browser
from tests.api.house import Clock

LIST = "/mappings/"
OWN = "发票号码;客户编码;开票日期;到期日期;价税合计;回款日期;客户名称;备注\n" + "".join(
    f"F{number};K1;01.{number:02}.2025;15.{number:02}.2025;{amount};;甲公司;x\n"
    for number, amount in ((1, "100.00"), (2, "200.50"), (3, "lots"))
)


@pytest.fixture
def shop(house: House, tmp_path: Path, browser_of: Callable[..., Browser]) -> Browser:
    """Give the browser of somebody who may write the ledger."""
    house.settings = replace(house.settings, upload_dir=tmp_path / "uploads")
    return browser_of("shop", Role.SYSTEM)


def looked_at(browser: Browser, text: str, name: str = "应收.csv") -> str:
    """Return the page that proposes which column of a file is which."""
    return browser.send(LIST, "/mappings/look", {"file": (io.BytesIO(text.encode()), name)}, 200).text  # type: ignore[dict-item]


def form_of(page: str) -> dict[str, str]:
    """Return what stands in the form of that page."""
    sample = re.search(r'<textarea name="sample" hidden>(.*?)</textarea>', page, re.DOTALL)
    assert sample is not None
    chosen = {
        name: unescape(heading[1]) if (heading := re.search(r"<option selected>([^<]*)</option>", options)) else ""
        for name, options in re.findall(
            r'<select class="[^"]*" id="([^"]+)" name="[^"]+">(.*?)</select>', page, re.DOTALL
        )
    }
    return {**chosen, "sample": unescape(sample[1])}


def shown(browser: Browser, form: Mapping[str, str], path: str = "/mappings/try") -> str:
    """Return the page that shows how rows would be read by what stands in a form."""
    return browser.send(LIST, path, form, 200).text


def test_columns_are_proposed_by_chinese_headings_and_rows_are_shown_as_read(shop: Browser) -> None:
    page = looked_at(shop, OWN)
    form = form_of(page)
    assert ("发票号码", "客户编码", "价税合计", "DD.MM.YYYY") == (
        form["invoices.invoice_id"],
        form["invoices.customer_id"],
        form["invoices.amount"],
        form["date_format"],
    )
    assert "2025-02-15" in page
    assert 1 == page.count('class="faulty-cell"')


def test_what_is_chosen_otherwise_is_read_otherwise(shop: Browser) -> None:
    form = form_of(looked_at(shop, OWN))
    assert 7 == shown(shop, {**form, "date_format": "YYYY-MM-DD"}).count('class="faulty-cell"')
    assert "Choose a column for each that an invoice needs." in shown(shop, {**form, "invoices.amount": ""})
    assert "2025-02-15" not in shown(shop, {**form, "date_format": "YYYYMMDD"})


def test_a_mapping_that_is_kept_imports_such_files(house: House, shop: Browser, clock: Clock) -> None:
    form = form_of(looked_at(shop, OWN))
    told = shop.told(LIST, "/mappings/keep", {**form, "name": "open_items"})
    assert "The mapping open_items is kept." in told
    assert "open_items" in shop.words("/imports/")
    files = {"file": (io.BytesIO(OWN.encode()), "march.csv"), "mapping": "open_items"}
    shop.send("/imports/", "/imports/upload", files)  # type: ignore[arg-type]
    assert work_one(house, (IMPORT_LEDGER,), "worker", clock)
    with house.database.reading() as session:
        assert ["F1", "F2"] == [one.invoice_id for one in LedgerStore(session).load_history("K1").invoices]
        acts = [(one.act, one.subject_id) for one in AuditStore(session).page(limit=9)]
    assert ("kept", "open_items") in acts


def test_a_name_that_is_none_is_refused_and_what_was_chosen_stays(shop: Browser) -> None:
    form = form_of(looked_at(shop, OWN))
    for name in ("", "Open Items", "highradius"):
        page = shown(shop, {**form, "name": name}, "/mappings/keep")
        assert form == form_of(page)
        assert "is no name for a mapping of your own" in unescape(page)


def test_a_mapping_is_taken_away(shop: Browser) -> None:
    shop.send(LIST, "/mappings/keep", {**form_of(looked_at(shop, OWN)), "name": "open_items"})
    assert "发票号码" in shop.words("/mappings/mapping/open_items")
    assert "The mapping open_items is taken away." in shop.told(
        "/mappings/mapping/open_items", "/mappings/mapping/open_items/remove"
    )
    shop.open("/mappings/mapping/open_items", status=404)


def test_a_file_that_cannot_be_read_is_refused(shop: Browser) -> None:
    for text, name in (("", "empty.csv"), ("a,a\n1,2\n", "twice.csv"), ("text", "letter.docx")):
        answer = shop.send(LIST, "/mappings/look", {"file": (io.BytesIO(text.encode()), name)})  # type: ignore[dict-item]
        assert "alert-danger" in shop.open(str(answer.location))


def test_who_may_not_write_the_ledger_sees_mappings_and_makes_none(manager: Browser) -> None:
    assert "highradius" in manager.words(LIST)
    assert "Map a file of your own" not in manager.words(LIST)
    assert "invoice_id" in manager.words("/mappings/mapping/highradius")
    for path in ("/mappings/look", "/mappings/try", "/mappings/keep"):
        manager.send("/customers/file/C1", path, status=403)


def test_whoever_comes_back_to_a_page_in_the_middle_begins_anew(shop: Browser) -> None:
    assert "/mappings/" in str(shop.client.get("/mappings/try").location)
