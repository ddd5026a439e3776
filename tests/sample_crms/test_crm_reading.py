"""Zoho CRM lists, finds and counts as its text says, and refuses what the text does not allow."""

from collections.abc import Iterator

import pytest

from tests.connectors.stand_ins import StandIn, stand_in
from tests.sample_crms.asking import Zoho, zoho

INVOICES = "/crm/v8/Invoices"
ACCOUNTS = "/crm/v8/Accounts"


@pytest.fixture
def client(zoho_crm: StandIn) -> Zoho:
    return zoho(zoho_crm)


@pytest.fixture(scope="module")
def large() -> Iterator[StandIn]:
    with stand_in("zoho-crm", 50, 2300) as made:
        yield made


def test_a_list_has_the_documented_shape(client: Zoho) -> None:
    answer = client.get(ACCOUNTS, fields="Account_Name,Modified_Time,Owner", per_page=2)
    document = answer.json()
    assert "application/json;charset=UTF-8" == answer.headers["content-type"]
    assert {"data", "info"} == set(document)
    assert {"id", "Account_Name", "Modified_Time", "Owner"} == set(document["data"][0])
    assert {"name", "id", "email"} == set(document["data"][0]["Owner"])
    assert document["data"][0]["Modified_Time"].endswith("+08:00")
    info = document["info"]
    assert (2, 2, 1, "id", "desc", True) == tuple(
        info[name] for name in ("per_page", "count", "page", "sort_by", "sort_order", "more_records")
    )
    assert {"next_page_token", "previous_page_token", "page_token_expiry"} < set(info)


def test_an_empty_list_is_204_and_nothing_changed_is_304(client: Zoho) -> None:
    empty = client.get("/crm/v8/Tasks", fields="Subject")
    assert (204, b"") == (empty.status_code, empty.content)
    header = {"If-Modified-Since": "2027-01-01T00:00:00+08:00"}
    same = client.ask("GET", INVOICES, headers=header, fields="Subject")
    assert (304, b"") == (same.status_code, same.content)


def test_only_what_was_modified_later_is_listed(client: Zoho, zoho_crm: StandIn) -> None:
    row_id = next(iter(zoho_crm.rows("Invoices")))
    zoho_crm.change("Invoices", set={row_id: {"Status": "Cancelled"}})
    header = {"If-Modified-Since": "2026-06-01T00:00:00+08:00"}
    found = client.ask("GET", INVOICES, headers=header, fields="Status").json()["data"]
    assert [{"id": row_id, "Status": "Cancelled"}] == found


def _refused(client: Zoho, path: str, code: str, status: int = 400, **params: object) -> None:
    answer = client.get(path, **params)
    assert (status, code) == (answer.status_code, answer.json()["code"])
    assert {"code", "details", "message", "status"} == set(answer.json())


def test_fields_must_be_named_known_and_at_most_fifty(client: Zoho) -> None:
    _refused(client, ACCOUNTS, "REQUIRED_PARAM_MISSING")
    many = [f"Remark_{number:02d}" for number in range(1, 41)] + ["Account_Name", "Account_Number"]
    many += ["Industry", "Rating", "Employees", "Ownership", "Currency", "Owner", "Exchange_Rate", "Phone", "id"]
    assert 51 == len(many)
    _refused(client, ACCOUNTS, "LIMIT_EXCEEDED", fields=",".join(many))
    assert 200 == client.get(ACCOUNTS, fields=",".join(many[:50])).status_code
    _refused(client, ACCOUNTS, "INVALID_DATA", fields="Balance")


def test_what_the_text_does_not_know_is_refused(client: Zoho) -> None:
    _refused(client, "/crm/v8/Receivables", "INVALID_MODULE", fields="id")
    _refused(client, "/crm/v8/Invoices/x/y", "INVALID_URL_PATTERN", status=404)
    _refused(client, INVOICES, "INVALID_DATA", fields="id", per_page=201)
    _refused(client, INVOICES, "INVALID_DATA", fields="id", sort_by="Due_Date")
    _refused(client, INVOICES, "INVALID_DATA", fields="id", modified_since="2026-01-01")


def test_pages_end_at_two_thousand_and_tokens_go_on(large: StandIn) -> None:
    client = zoho(large)
    tenth = client.get(INVOICES, fields="id", page=10, per_page=200).json()
    assert tenth["info"]["more_records"]
    _refused(client, INVOICES, "LIMIT_EXCEEDED", fields="id", page=11, per_page=200)
    token = tenth["info"]["next_page_token"]
    _refused(client, INVOICES, "INVALID_DATA", fields="id", page=11, page_token=token)
    eleventh = client.get(INVOICES, fields="id", page_token=token).json()
    assert 200 == eleventh["info"]["count"]
    last = client.get(INVOICES, fields="id", page_token=eleventh["info"]["next_page_token"]).json()
    assert (100, False, None) == tuple(last["info"][name] for name in ("count", "more_records", "next_page_token"))
    pages = [client.get(INVOICES, fields="id", page=number).json()["data"] for number in range(1, 11)]
    seen = [row["id"] for page in [*pages, eleventh["data"], last["data"]] for row in page]
    assert 2300 == len(set(seen)) == len(seen)
    assert sorted(seen, reverse=True) == seen


def test_a_page_token_expires_and_is_of_one_list(zoho_crm: StandIn, client: Zoho) -> None:
    info = client.get(INVOICES, fields="id", per_page=50).json()["info"]
    token = info["next_page_token"]
    _refused(client, INVOICES, "INVALID_DATA", fields="id", per_page=50, page_token=token, sort_order="asc")
    zoho_crm.forward(24 * 3600 + 1)
    _refused(zoho(zoho_crm), INVOICES, "INVALID_DATA", fields="id", per_page=50, page_token=token)


def test_one_record_has_all_its_fields(client: Zoho, zoho_crm: StandIn) -> None:
    row_id = next(iter(zoho_crm.rows("Accounts")))
    found = client.get(f"{ACCOUNTS}/{row_id}").json()["data"]
    assert row_id == found[0]["id"]
    assert {"Account_Number", "Parent_Account", "Credit_Grade", "Modified_Time"} < set(found[0])
    _refused(client, f"{ACCOUNTS}/123", "INVALID_DATA")


def test_deleted_records_are_listed_with_their_kind(client: Zoho, zoho_crm: StandIn) -> None:
    first, second = list(zoho_crm.rows("Invoices"))[:2]
    assert 204 == client.get(f"{INVOICES}/deleted").status_code
    zoho_crm.change("Invoices", delete=[first])
    zoho_crm.change("Invoices", delete=[second], is_permanent=True)
    found = client.get(f"{INVOICES}/deleted", type="all").json()
    assert {"recycle": first, "permanent": second} == {row["type"]: row["id"] for row in found["data"]}
    wanted = {"deleted_by", "id", "display_name", "type", "created_by", "deleted_time"}
    assert wanted == set(found["data"][0])
    assert [second] == [row["id"] for row in client.get(f"{INVOICES}/deleted", type="permanent").json()["data"]]
    assert 204 == client.get(f"{INVOICES}/{first}").status_code


def test_a_search_and_a_count_find_the_same(client: Zoho, zoho_crm: StandIn) -> None:
    unpaid = [row for row in zoho_crm.rows("Invoices").values() if row["Status"] == "Unpaid"]
    found = client.get(f"{INVOICES}/search", criteria="(Status:equals:Unpaid)", page=1, per_page=200).json()
    assert len(unpaid) == found["info"]["count"] > 0
    assert {"count": 400} == client.get(f"{INVOICES}/actions/count").json()


def test_modules_and_fields_are_described(client: Zoho) -> None:
    modules = client.get("/crm/v8/settings/modules").json()["modules"]
    assert {"Accounts", "Invoices", "Receipts"} < {module["api_name"] for module in modules}
    fields = {one["api_name"]: one for one in client.get("/crm/v8/settings/fields", module="Invoices").json()["fields"]}
    assert "Accounts" == fields["Account_Name"]["lookup"]["module"]["api_name"]
    assert "Unpaid" == fields["Status"]["pick_list_values"][0]["actual_value"]


def test_calls_cost_credits_that_run_out_within_a_day(client: Zoho, zoho_crm: StandIn) -> None:
    zoho_crm.settings(credits=3)
    statuses = [client.get(ACCOUNTS, fields="id").status_code for _ in range(4)]
    assert [200, 200, 200, 429] == statuses
    assert "TOO_MANY_REQUESTS" in zoho_crm.refusals()[0]
    zoho_crm.forward(24 * 3600)
    assert 200 == zoho(zoho_crm).get(ACCOUNTS, fields="id").status_code
