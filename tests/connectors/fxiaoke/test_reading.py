"""Rows of Fxiaoke are read whole and once, whatever happens to them meanwhile."""

import json
from collections.abc import Callable
from typing import Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policy_service.connectors.errors import ConnectorError
from policy_service.connectors.fxiaoke.reading import OVERLAP
from policy_service.connectors.port import Wanted
from policy_service.domain.instants import SECOND
from tests.connectors.fxiaoke.company import ORDERS, Company, bodies, opened
from tests.connectors.mirror import Mirror
from tests.connectors.standing_in import World

IDS: Final = tuple(f"{number:024x}" for number in range(12))
DAY: Final = 24 * 3600.0

#: What happens between two pages: (what, which row, how many seconds go by).
Happening = tuple[str, str, float]
happenings = st.lists(
    st.tuples(
        st.sampled_from(["put", "put", "invalidate", "delete", "nothing"]),
        st.sampled_from(IDS),
        st.sampled_from([0.0, 0.0, 0.001, 1.0, 900.0]),
    ),
    max_size=40,
)


def happening(company: Company, wanted: list[Happening]) -> Callable[[], None]:
    """Return what lets the next of them happen; each value is written once, so that an old state is told from a new."""
    left = iter(enumerate(wanted, 1))

    def next_one() -> None:
        for number, (what, row_id, seconds) in left:
            company.world.seconds += seconds
            if what == "put":
                company.put(row_id, name=f"{row_id}-{number}")
            elif what == "invalidate" and row_id in company.rows:
                company.put(row_id, name=f"{row_id}-{number}", life_status="invalid")
            elif what == "delete":
                company.rows.pop(row_id, None)
            if number % 2:
                return

    return next_one


def stocked(count: int, at: int | None = None) -> Company:
    company = Company(World())
    for row_id in IDS[:count]:
        company.put(row_id, at, name=row_id)
    return company


@given(happenings, happenings, st.integers(0, 12), st.sampled_from([-300_000, 0, 300_000]))
def test_whatever_changes_between_pages_a_second_pull_has_every_rows_newest_state(
    first: list[Happening], between: list[Happening], count: int, ahead: int
) -> None:
    company, mirror = stocked(count), Mirror()
    company.ahead = ahead
    connector = opened(company)
    company.before = happening(company, first)
    mirror.pull(connector, ORDERS)
    happening_now = happening(company, between)
    for _ in between:
        happening_now()
    company.before = lambda: None
    mirror.pull(connector, ORDERS)
    there = bodies(company)
    assert there == {row_id: body for row_id, body in mirror.bodies.items() if row_id in there}
    invalid = {row_id for row_id, row in company.rows.items() if row["life_status"] == "invalid"}
    assert not invalid & mirror.bodies.keys()


@given(happenings, st.integers(0, 12), st.sampled_from(["0", "24"]))
def test_a_second_pull_that_lists_knows_of_every_row_that_vanished(
    changes: list[Happening], count: int, hours: str
) -> None:
    company, mirror = stocked(count), Mirror()
    connector = opened(company, listing_hours=hours)
    company.before = happening(company, changes)
    mirror.pull(connector, ORDERS)
    company.before = lambda: None
    company.world.seconds += DAY
    mirror.pull(connector, ORDERS)
    assert bodies(company) == mirror.bodies


@given(happenings, st.lists(st.integers(1, 4), max_size=12))
def test_pulls_that_break_off_anywhere_end_where_one_long_pull_does(
    changes: list[Happening], breaks: list[int]
) -> None:
    company, mirror = stocked(12), Mirror()
    company.before = happening(company, changes)
    for most in breaks:
        connector = opened(company)
        for _ in range(most):
            page = connector.page(ORDERS, mirror.cursor)
            # Another process reads the cursor, and nothing but the cursor.
            mirror.take(page)
    company.before = lambda: None
    for _ in range(3):
        mirror.pull(opened(company), ORDERS)
        company.world.seconds += DAY
    assert bodies(company) == mirror.bodies


def test_more_rows_of_one_millisecond_than_fit_on_a_page_are_all_read() -> None:
    company, mirror = stocked(12, at=1_700_000_000_000), Mirror()
    mirror.pull(opened(company, page_rows="5"), ORDERS)
    assert bodies(company) == mirror.bodies
    assert 3 == mirror.pages


def test_a_quiet_object_brings_only_the_rows_of_its_newest_instant_again() -> None:
    company, mirror = stocked(12, at=1_700_000_000_000), Mirror()
    company.put(IDS[3], 1_700_000_000_001, name="newest")
    connector = opened(company)
    mirror.pull(connector, ORDERS)
    company.world.seconds += 3600
    (row,) = connector.page(ORDERS, mirror.cursor).rows
    assert IDS[3] == row.row_id


def test_a_change_that_is_seen_late_is_brought_by_the_next_pull() -> None:
    company, mirror = stocked(3, at=1_700_000_000_000), Mirror()
    company.put(IDS[1], name="new")
    connector = opened(company)
    mirror.pull(connector, ORDERS)
    company.put(IDS[0], company.now - OVERLAP * 1000 // SECOND + 1, name="late")
    mirror.pull(connector, ORDERS)
    assert "late" == mirror.bodies[IDS[0]]["name"]


def test_a_change_early_in_a_long_pull_is_brought_by_the_next() -> None:
    company, mirror = stocked(12), Mirror()
    connector = opened(company)
    mirror.take(connector.page(ORDERS, ""))
    company.put(IDS[0], name="changed behind the pull")
    company.world.seconds += 7200
    company.put(IDS[11], name="changed before it")
    mirror.pull(connector, ORDERS)
    mirror.pull(connector, ORDERS)
    assert bodies(company) == mirror.bodies


def test_a_row_of_the_future_hides_no_change_of_today() -> None:
    company, mirror = stocked(3), Mirror()
    company.put(IDS[2], 4_102_358_400_000, name="of 2099")
    connector = opened(company)
    mirror.pull(connector, ORDERS)
    company.world.seconds += 60
    company.put(IDS[0], name="of today")
    mirror.pull(connector, ORDERS)
    assert bodies(company) == mirror.bodies


def test_a_row_that_vanished_is_known_a_day_later() -> None:
    company, mirror = stocked(4), Mirror()
    connector = opened(company)
    mirror.pull(connector, ORDERS)
    del company.rows[IDS[1]]
    mirror.pull(connector, ORDERS)
    assert IDS[1] in mirror.bodies
    company.world.seconds += DAY
    mirror.pull(connector, ORDERS)
    assert bodies(company) == mirror.bodies


def test_a_row_that_came_back_without_a_new_time_is_brought_by_the_next_listing() -> None:
    company, mirror = stocked(4, at=1_700_000_000_000), Mirror()
    connector = opened(company)
    row = company.rows.pop(IDS[1])
    mirror.pull(connector, ORDERS)
    company.rows[IDS[1]] = row
    company.world.seconds += DAY
    mirror.pull(connector, ORDERS)
    assert bodies(company) == mirror.bodies


def test_a_row_that_is_invalid_is_a_deleted_row_without_its_fields() -> None:
    company = stocked(1)
    company.put(IDS[0], name="A", life_status="invalid")
    (row,) = opened(company).page(ORDERS, "").rows
    assert (row.is_deleted, row.body) == (True, {})


def test_a_system_that_gives_fewer_rows_at_a_time_is_read_to_the_end() -> None:
    company, mirror = stocked(12), Mirror()
    company.most_rows = 2
    mirror.pull(opened(company, page_rows="100"), ORDERS)
    assert bodies(company) == mirror.bodies


def test_objects_of_the_company_itself_have_their_own_calls_and_smaller_pages() -> None:
    company = stocked(1)
    opened(company, page_rows="1000").page(Wanted("receipt__c", ("name",)), "")
    path, body = company.calls[-1]
    assert "/cgi/crm/custom/v2/data/query" == path
    assert 100 == body["data"]["search_query_info"]["limit"]


def test_fields_are_given_as_they_came_and_those_left_out_as_none() -> None:
    company = stocked(0)
    company.put(IDS[0], amount="120000.00", account_id="A1")
    wanted = Wanted("SalesOrderObj", ("amount", "name", "account_id__r"))
    (row,) = opened(company).page(wanted, "").rows
    assert {"amount": "120000.00", "name": None, "account_id__r": None} == row.body
    asked = company.calls[-1][1]["data"]["search_query_info"]["fieldProjection"]
    assert ["_id", "last_modified_time", "life_status", "amount", "name", "account_id"] == asked


def test_a_field_that_is_newly_wanted_is_brought_for_every_row() -> None:
    company, mirror = stocked(12, at=1_700_000_000_000), Mirror()
    connector = opened(company)
    mirror.pull(connector, ORDERS)
    more = Wanted("SalesOrderObj", ("name", "amount", "owner"))
    mirror.pull(connector, more)
    assert bodies(company, more.fields) == mirror.bodies


@pytest.mark.parametrize(
    "found",
    [
        {"dataList": [{"_id": "b", "last_modified_time": 1}, {"_id": "a", "last_modified_time": 2}]},
        {"dataList": [{"_id": "a", "last_modified_time": 1}, {"_id": "a", "last_modified_time": 1}]},
    ],
)
def test_answers_in_another_order_are_refused(found: dict[str, object]) -> None:
    company = Company(World())
    connector = opened(company)
    connector.check()
    company.faults.append({"errorCode": 0, "data": found})
    with pytest.raises(ConnectorError, match=r"\[X125\]"):
        connector.page(ORDERS, "")


def test_a_system_that_heeds_no_bound_is_refused_and_not_read_for_ever() -> None:
    company = stocked(6)
    connector = opened(company)
    page = connector.page(ORDERS, "")
    company.faults.append({"errorCode": 0, "data": {"dataList": list(company.rows.values())[:3]}})
    with pytest.raises(ConnectorError, match=r"\[X125\]"):
        connector.page(ORDERS, page.cursor)


@pytest.mark.parametrize(
    "found",
    [
        {},
        {"data": []},
        {"data": {}},
        {"data": {"dataList": "ab"}},
        {"data": {"dataList": [1]}},
        {"data": {"dataList": [{"_id": 1, "last_modified_time": 1}]}},
        {"data": {"dataList": [{"_id": "a"}]}},
        {"data": {"dataList": [{"_id": "a", "last_modified_time": -1}]}},
        {"data": {"dataList": [{"_id": "a", "last_modified_time": "1.5"}]}},
        {"data": {"dataList": [{"_id": "a" * 101, "last_modified_time": 1}]}},
    ],
)
def test_an_answer_without_rows_as_rows_are_is_refused(found: dict[str, object]) -> None:
    company = Company(World())
    connector = opened(company)
    connector.check()
    company.faults.append({"errorCode": 0, **found})
    with pytest.raises(ConnectorError, match=r"\[X124\]"):
        connector.page(ORDERS, "")


@pytest.mark.parametrize(
    "cursor",
    [
        "x",
        "[]",
        "{}",
        '{"v":2,"fields":""}',
        '{"v":1,"fields":"","more":1}',
        '{"v":1,"fields":"","began":-1}',
        "1" * 5000,
    ],
)
def test_a_cursor_that_is_none_is_refused(cursor: str) -> None:
    with pytest.raises(ConnectorError, match=r"\[X126\]"):
        opened(Company(World())).page(ORDERS, cursor)


def test_a_cursor_is_a_short_text_however_many_rows_there_are() -> None:
    company, mirror = stocked(12), Mirror()
    mirror.pull(opened(company), ORDERS)
    assert 1 == json.loads(mirror.cursor)["v"]
    assert len(mirror.cursor) < 250
