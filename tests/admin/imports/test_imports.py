"""Imports in the console: files uploaded by who may write the ledger, and every row left out with what mends it."""

import io
import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from admin.console import MAX_FORM
from admin.screens.imports.reasons import explained
from policy_service.domain.permissions import Role
from policy_service.ledger.reasons import Reason, Remark
from policy_service.services.background_jobs import work_one
from policy_service.services.house import House
from policy_service.services.ledger_in.import_job import IMPORT_LEDGER
from tests.admin.browser import Browser
from tests.api.house import Clock
from tests.services.house import CUSTOMERS, INVOICES

LIST = "/imports/"
PAYMENTS = "payment_id,date,amount,invoice_id\nP1,2025-01-15,400.00,I1\nP2,2025-01-15,ten,I2\nP3,2025-13-01,1,I1\n"


@pytest.fixture
def uploads(house: House, tmp_path: Path) -> Path:
    """Give the folder in which uploads are kept."""
    folder = tmp_path / "uploads"
    house.settings = replace(house.settings, upload_dir=folder)
    return folder


@pytest.fixture
def shop(browser_of: Callable[..., Browser], uploads: Path) -> Browser:
    """Give the browser of somebody who may write the ledger."""
    return browser_of("shop", Role.SYSTEM)


def form(files: Mapping[str, str]) -> dict[str, object]:
    return {"files": [(io.BytesIO(text.encode()), name) for name, text in files.items()]}


def sent_at_length(browser: Browser) -> int:
    """Return the status of an upload that is larger than other forms; the client's own forms leave files open."""
    guard = re.search(r'name="csrf_token" value="([^"]+)"', browser.open(LIST))
    assert guard is not None
    part = '--x\r\nContent-Disposition: form-data; name="{}"{}\r\n\r\n{}\r\n'
    body = part.format("csrf_token", "", guard[1]) + part.format("files", '; filename="customers.csv"', CUSTOMERS)
    body += part.format("files", '; filename="invoices.csv"', INVOICES + "\n" * MAX_FORM) + "--x--\r\n"
    answer = browser.client.post("/imports/upload", data=body, content_type="multipart/form-data; boundary=x")
    return answer.status_code


LEDGER = {"customers.csv": CUSTOMERS, "invoices.csv": INVOICES, "payments.csv": PAYMENTS}


def test_files_are_imported_and_every_row_left_out_is_explained(shop: Browser, house: House, clock: Clock) -> None:
    page = str(shop.send(LIST, "/imports/upload", form(LEDGER)).location).removeprefix("/console")
    assert "It waits for its turn." in shop.words(page)
    assert work_one(house, [IMPORT_LEDGER], "worker", clock)
    words = shop.words(page)
    assert "payments.csv, line 3 P2 amount" in words
    assert "Q105: The cell is no amount." in words
    assert "Write digits with at most one point" in words
    assert "P3" not in shop.words(f"{page}?code=Q105")
    assert "customers.csv, invoices.csv, payments.csv shop done" in shop.words(LIST)


def test_files_may_be_larger_than_any_other_form_for_who_may_send_them_alone(
    shop: Browser, browser_of: Callable[..., Browser]
) -> None:
    assert 302 == sent_at_length(shop)
    assert 413 == sent_at_length(browser_of("vic", Role.VIEWER))


def test_what_is_no_file_of_the_ledger_is_refused_and_not_kept(shop: Browser, uploads: Path) -> None:
    told = shop.told(LIST, "/imports/upload", form({"notes.txt": "nothing"}))
    assert "is no file of the ledger" in told
    assert [] == list(uploads.iterdir())


def test_who_may_not_write_the_ledger_looks_alone(browser_of: Callable[..., Browser], uploads: Path) -> None:
    manager = browser_of("mia", Role.CREDIT_MANAGER)
    assert "Import ledger files" not in manager.words(LIST)
    manager.send(LIST, "/imports/upload", form(LEDGER), status=403)
    assert not uploads.exists()


def test_a_form_is_not_told_what_only_programs_can_send() -> None:
    assert "Correct the row; if it is the right one, import as a correction." == explained("Q131").remedy
    assert [] == [code for code in (*Reason, *Remark) if "--" in explained(code.value).remedy]
