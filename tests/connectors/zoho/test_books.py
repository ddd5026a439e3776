"""Zoho Books: its envelope, its spellings, its pace, fields and write-back, against one in memory."""

import json
from collections.abc import Callable
from decimal import Decimal
from itertools import count

import httpx
import pytest

from policy_service.connectors.errors import ConnectorError
from policy_service.connectors.port import Change, Connector, FieldKind, Task, Wanted, Written
from policy_service.connectors.zoho.books_objects import books_object
from tests.connectors.standing_in import World
from tests.connectors.zoho.books_over_there import BooksOverThere, connected, filled, good, said
from tests.connectors.zoho.mirroring import Mirror

PAYMENTS = Wanted("customerpayments", ("amount", "customer_id", "invoices"))
INVOICES = Wanted("invoices", ("invoice_id", "reference_number", "total", "last_modified_time"))
#: A pace is kept for one organisation over the whole process.
CALLS = count(100)


def refused(ask: Callable[[], object]) -> ConnectorError:
    with pytest.raises(ConnectorError) as caught:
        ask()
    return caught.value


def test_it_is_a_connector() -> None:
    connector: Connector = connected(BooksOverThere(), World())
    assert connector.check() == "Zoho Books: ACME"
    assert [each.name for each in connector.objects()] == ["invoices", "contacts", "customerpayments"]


@pytest.mark.parametrize("organisation", ["", "12a", "1/2"])
def test_an_organisation_that_is_no_number_is_not_asked_for(organisation: str) -> None:
    books = BooksOverThere()
    assert refused(connected(books, World(), organization_id=organisation).check).code == "X113"
    assert books.asked == []


def test_an_organisation_that_is_not_there_is_told() -> None:
    books = BooksOverThere(answers=[good({"organizations": [{"organization_id": "99", "name": "Another"}]})])
    assert refused(connected(books, World()).check).code == "X113"


@pytest.mark.parametrize("key", ["customer_payments", "customerpayments"])
@pytest.mark.parametrize("is_flat", [False, True])
@pytest.mark.parametrize("context_is_list", [False, True])
def test_every_spelling_is_read(key: str, is_flat: bool, context_is_list: bool) -> None:
    books = filled("customerpayments", 60, payments_key=key, is_flat=is_flat, context_is_list=context_is_list)
    mirror = Mirror(PAYMENTS)
    mirror.pull(connected(books, World()))
    assert len(mirror.rows) == 60
    assert mirror.rows["98200000000008"]["customer_id"] == "7"
    assert mirror.rows["98200000000008"]["invoices"] == [{"invoice_id": "1", "amount_applied": 8}]


def listing(row: str) -> BooksOverThere:
    body = f'{{"code":0,"message":"success","invoices":[{row}],"page_context":{{"has_more_page":false}}}}'
    return BooksOverThere(answers=[httpx.Response(200, content=body.encode())])


def test_money_keeps_every_digit_blanks_stay_and_an_id_may_be_a_number() -> None:
    row = '{"invoice_id":982000000567114,"total":10000.10,"reference_number":" ","last_modified_time":'
    found = connected(listing(row + '"2013-11-18T02:02:51-0800"}'), World()).page(INVOICES, "").rows[0]
    assert found.row_id == "982000000567114"
    assert (found.body["total"], found.body["reference_number"]) == ("10000.10", " ")
    assert found.changed_at == 1384768971 * 1_000_000


@pytest.mark.parametrize(
    ("answer", "code", "is_passing"),
    [
        (said(200, {"code": 57, "message": "You are not authorized to perform this operation"}), "X112", False),
        (said(200, {"code": 44, "message": "too many"}), "X104", True),
        (said(400, {"code": 45, "message": "too many today"}), "X104", True),
        (said(400, {"code": 2, "message": "Invalid value"}), "X112", False),
        (said(500, {"code": 1000, "message": "oops"}), "X103", True),
        (said(200, {"code": 0, "invoices": []}), "X105", False),
        (said(200, {"code": 0, "bills": [], "page_context": {"has_more_page": False}}), "X105", False),
        (said(200, {"invoices": [], "page_context": {"has_more_page": False}}), "X112", False),
        (said(200, {"code": 0, "invoices": [{}], "page_context": {"has_more_page": False}}), "X105", False),
        (said(200, {"code": 0, "invoices": [], "page_context": {"has_more_page": "no"}}), "X105", False),
        (httpx.Response(200, content=b"<html>"), "X105", False),
    ],
)
def test_an_error_is_one_whatever_its_status(answer: httpx.Response, code: str, is_passing: bool) -> None:
    error = refused(lambda: connected(BooksOverThere(answers=[answer]), World()).page(INVOICES, ""))
    assert (error.code, error.is_passing) == (code, is_passing)


@pytest.mark.parametrize("code", [14, 57])
def test_a_token_that_is_not_taken_is_renewed_once(code: int) -> None:
    books, world = filled("invoices", 3), World()
    books.answers = [said(401, {"code": code, "message": "not authorized"})]
    assert len(connected(books, world).page(INVOICES, "").rows) == 3
    assert world.kept.times == 2


def test_a_token_that_is_not_taken_is_renewed_though_the_status_says_success() -> None:
    books = filled("invoices", 1)
    books.answers = [said(200, {"code": 14, "message": "Invalid value passed for authtoken."})]
    assert 1 == len(connected(books, World()).page(INVOICES, "").rows)


def test_what_a_payment_is_applied_to_names_the_payment_of_the_invoice() -> None:
    (allocations,) = (one for one in books_object("customerpayments").fields if one.name == "invoices")
    assert "invoice_payment_id" in {part.name for part in allocations.parts}


def test_no_more_calls_a_minute_are_made_than_are_allowed() -> None:
    """The second connector goes on counting where the first one was: the minute is the organisation's."""
    books, world, calls = filled("customerpayments", 240), World(), next(CALLS)
    moments: list[float] = []
    books.before = lambda: moments.append(world.seconds)
    for _ in range(2):
        Mirror(PAYMENTS).pull(connected(books, world, calls_a_minute=str(calls)))
    assert len(moments) > 2 * calls
    assert all(later - earlier >= 60 for earlier, later in zip(moments, moments[calls:], strict=False))
    assert world.seconds < 60 * (len(moments) / calls + 1)


@pytest.mark.parametrize("calls", ["many", "-1", "1.5", "9999999"])
def test_calls_a_minute_are_a_number(calls: str) -> None:
    assert refused(lambda: connected(BooksOverThere(), World(), calls_a_minute=calls)).code == "X113"


def test_custom_fields_are_found_and_brought() -> None:
    books = filled("contacts", 2)
    custom = [{"customfield_id": "46", "api_name": "cf_grade", "label": "Grade", "value": "A"}]
    books.put("contacts", "98200000000001", custom_fields=custom)
    one = connected(books, World())
    fields = {each.name: each for each in one.fields("contacts")}
    assert fields["cf_grade"].title == "Grade"
    assert fields["credit_limit"].kind is FieldKind.MONEY
    assert fields["credit_limit"].is_writable
    rows = {row.row_id: row for row in one.page(Wanted("contacts", ("cf_grade", "customfield_46")), "").rows}
    assert rows["98200000000001"].body == {"cf_grade": "A", "customfield_46": "A"}
    assert rows["98200000000000"].body == {"cf_grade": None, "customfield_46": None}


def test_customers_are_written_one_by_one() -> None:
    books = filled("contacts", 2)
    changes = [
        Change("98200000000000", {"credit_limit": "120000.50", "payment_terms": 30, "cf_grade": "B"}),
        Change("5", {"credit_limit": 1}),
        Change("98200000000001", {"customfield_46": "C", "notes": "1.5"}),
    ]
    found = connected(books, World()).write("contacts", changes)
    assert found == (
        Written("98200000000000", True),
        Written("5", False, "1002", "Contact does not exist."),
        Written("98200000000001", True),
    )
    sent = [json.loads(each.content, parse_float=Decimal) for each in books.asked if each.method == "PUT"]
    assert sent[0] == {
        "credit_limit": Decimal("120000.50"),
        "payment_terms": 30,
        "custom_fields": [{"api_name": "cf_grade", "value": "B"}],
    }
    assert b'"credit_limit":120000.50' in books.asked[0].content
    assert sent[2] == {"notes": "1.5", "custom_fields": [{"customfield_id": "46", "value": "C"}]}


def test_an_address_that_is_wrong_deletes_nothing() -> None:
    books, world = filled("contacts", 3), World()
    mirror = Mirror(Wanted("contacts", ("credit_limit",)))
    mirror.pull(connected(books, world))
    books.delete("contacts", "98200000000001")
    wrong = said(404, {"code": 5, "message": "Invalid URL Passed"})
    cursor = connected(books, world).page(mirror.wanted, mirror.cursor).cursor
    books.answers = [wrong]
    assert refused(lambda: connected(books, world).page(mirror.wanted, cursor)).code == "X112"
    mirror.take(connected(books, world).page(mirror.wanted, cursor))
    assert sorted(mirror.rows) == ["98200000000000", "98200000000002"]


def test_an_id_is_never_a_path() -> None:
    books = filled("contacts", 1)
    connected(books, World()).write("contacts", [Change("../invoices/1?x=", {})])
    assert books.asked[0].url.raw_path.startswith(b"/books/v3/contacts/..%2Finvoices%2F1%3Fx%3D?")


def test_nothing_else_is_written_and_no_task_is_handed_over() -> None:
    one = connected(BooksOverThere(), World())
    assert refused(lambda: one.write("invoices", [Change("1", {})])).code == "X117"
    assert refused(lambda: one.page(Wanted("bills", ("x",)), "")).code == "X117"
    assert refused(lambda: one.assign([Task("k", "contacts", "1", "s", "t")])).code == "X116"
    assert one.assign([]) == ()
