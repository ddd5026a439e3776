"""A large company is served page by page: what a page costs does not grow with the rows."""

from collections.abc import Iterator

import httpx
import pytest

from tests.connectors.stand_ins import StandIn, stand_in
from tests.plain_http import NO_CERTIFICATES
from tests.sample_crms.asking import ORGANIZATION, fx, zoho

pytestmark = pytest.mark.long


@pytest.fixture(params=["zoho-crm", "zoho-books", "fxiaoke"])
def large(request: pytest.FixtureRequest) -> Iterator[StandIn]:
    with stand_in(request.param, 2_000, 100_000) as made:
        yield made


def _pages(large: StandIn) -> Iterator[list[str]]:
    match large.sign_in["system"]:
        case "zoho-crm":
            yield from _crm(large)
        case "zoho-books":
            yield from _books(large)
        case _:
            yield from _fxiaoke(large)


def _crm(large: StandIn) -> Iterator[list[str]]:
    header = {"Authorization": f"Zoho-oauthtoken {zoho(large).token}"}
    params = {"fields": "Due_Date", "sort_by": "Modified_Time", "sort_order": "asc"}
    token: dict[str, str] = {}
    with httpx.Client(trust_env=False, headers=header, timeout=60, verify=NO_CERTIFICATES) as asking:
        while True:
            page = asking.get(f"{large.origin}/crm/v8/Invoices", params={**params, **token}).json()
            yield [row["id"] for row in page["data"]]
            if not page["info"]["next_page_token"]:
                return
            token = {"page_token": page["info"]["next_page_token"]}


def _books(large: StandIn) -> Iterator[list[str]]:
    header = {"Authorization": f"Zoho-oauthtoken {zoho(large).token}"}
    params = {**ORGANIZATION, "sort_column": "last_modified_time", "sort_order": "A"}
    with httpx.Client(trust_env=False, headers=header, timeout=60, verify=NO_CERTIFICATES) as asking:
        for number in range(1, 501):
            asked = {**params, "page": str(number)}
            page = asking.get(f"{large.origin}/books/v3/invoices", params=asked).json()
            yield [row["invoice_id"] for row in page["invoices"]]
            assert page["page_context"]["has_more_page"] == (number < 500)


def _fxiaoke(large: StandIn) -> Iterator[list[str]]:
    client = fx(large)
    order = {"fieldName": "last_modified_time", "isAsc": True}
    for offset in range(0, 100_000, 1000):
        data = client.query("PaymentPlanObj", limit=1000, offset=offset, orders=[order], fieldProjection=["_id"])[
            "data"
        ]
        assert 100_000 == data["total"]
        yield [row["_id"] for row in data["dataList"]]


def test_a_hundred_thousand_rows_are_listed_once_each(large: StandIn) -> None:
    ids = [row_id for page in _pages(large) for row_id in page]
    assert 100_000 == len(ids) == len(set(ids))


def test_no_more_than_a_hundred_thousand_records_are_listed_by_tokens() -> None:
    with stand_in("zoho-crm", 2_000, 100_100) as large:
        assert 100_000 == sum(map(len, _crm(large)))
