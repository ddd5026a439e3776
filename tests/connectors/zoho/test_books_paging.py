"""Whatever happens to rows of Zoho Books between two pages, none is left out, and those that are gone are told."""

from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from policy_service.connectors.errors import ConnectorError
from policy_service.connectors.port import Wanted
from policy_service.connectors.zoho.known_rows import packed, unpacked
from policy_service.connectors.zoho.windows import Reading, window
from policy_service.domain.instants import DAY, SECOND
from tests.connectors.standing_in import World
from tests.connectors.zoho.books_over_there import BooksOverThere, connected, filled
from tests.connectors.zoho.mirroring import Mirror

WANTED = {
    "invoices": Wanted("invoices", ("invoice_id", "total", "balance")),
    "contacts": Wanted("contacts", ("contact_name", "credit_limit")),
    "customerpayments": Wanted("customerpayments", ("amount", "customer_id", "invoices")),
}
TABLES = sorted(WANTED)


def bodies(books: BooksOverThere, table: str) -> dict[str, dict[str, object]]:
    names = WANTED[table].fields
    return {row_id: {name: row.get(name) for name in names} for row_id, row in books.tables[table].items()}


@pytest.mark.parametrize("table", TABLES)
@pytest.mark.parametrize("rows", [0, 1, 50, 200, 421])
def test_every_row_is_brought_with_what_only_a_call_for_it_tells(table: str, rows: int) -> None:
    books = filled(table, rows)
    mirror = Mirror(WANTED[table])
    mirror.pull(connected(books, World()))
    assert mirror.rows == bodies(books, table)


def test_a_list_costs_few_calls_more_than_its_pages() -> None:
    books = filled("invoices", 4_000)
    Mirror(WANTED["invoices"]).pull(connected(books, World()))
    assert len(books.asked) <= 22


@pytest.mark.parametrize("table", TABLES)
def test_a_second_pull_asks_for_what_changed_alone(table: str) -> None:
    books, world = filled(table, 400), World()
    mirror = Mirror(WANTED[table])
    mirror.pull(connected(books, world))
    calls = len(books.asked)
    books.now += timedelta(hours=1)
    world.seconds += 3600
    books.put(table, "98200000000007", total=5, contact_name="new", amount=5)
    mirror.pull(connected(books, world))
    assert mirror.rows == bodies(books, table)
    assert len(books.asked) - calls <= {"invoices": 3, "contacts": 4, "customerpayments": 54}[table]


@pytest.mark.parametrize("table", TABLES)
def test_rows_that_are_gone_are_told_once_everything_is_listed_again(table: str) -> None:
    books, world = filled(table, 130), World()
    mirror = Mirror(WANTED[table])
    mirror.pull(connected(books, world))
    for number in range(0, 130, 3):
        books.delete(table, f"98200000{number:06}")
    world.seconds += DAY / SECOND
    mirror.pull(connected(books, world))
    assert mirror.rows == bodies(books, table)


def test_a_list_that_lacks_rows_is_not_believed_about_them() -> None:
    """A list that comes back empty withdraws nothing: each row is asked for by itself."""
    books, world = filled("invoices", 30), World()
    mirror = Mirror(WANTED["invoices"])
    mirror.pull(connected(books, world))
    there, world.seconds = books.tables["invoices"], DAY / SECOND
    empty = {name: {} for name in books.tables} | {"invoices": {}}

    def hide_from_lists() -> None:
        books.tables = empty if books.asked[-1].url.path.endswith("/invoices") else {**empty, "invoices": there}

    books.before = hide_from_lists
    mirror.pull(connected(books, world))
    assert len(mirror.rows) == 30


def test_an_allocation_that_no_list_shows_is_found_in_turn() -> None:
    books, world = filled("customerpayments", 120), World()
    mirror = Mirror(WANTED["customerpayments"])
    mirror.pull(connected(books, world))
    changed = [{"invoice_id": "2", "amount_applied": 9}]
    books.tables["customerpayments"]["98200000000099"]["invoices"] = changed
    for _ in range(3):
        mirror.pull(connected(books, world))
    assert mirror.rows["98200000000099"]["invoices"] == changed


def test_other_fields_are_asked_for_of_every_row() -> None:
    books, world = filled("contacts", 30), World()
    mirror = Mirror(Wanted("contacts", ("contact_name",)))
    mirror.pull(connected(books, world))
    mirror.wanted = WANTED["contacts"]
    mirror.pull(connected(books, world))
    assert mirror.rows == bodies(books, "contacts")


def test_a_pull_goes_on_in_another_process_at_any_page() -> None:
    """A new connector for each page, and each page asked for twice: the text of the cursor is all there is."""
    books, world = filled("contacts", 330), World()
    mirror, wanted = Mirror(WANTED["contacts"]), WANTED["contacts"]
    is_last = False
    while not is_last:
        connected(books, world).page(wanted, mirror.cursor)
        page = connected(books, world).page(wanted, mirror.cursor)
        mirror.take(page)
        is_last = page.is_last
    assert mirror.rows == bodies(books, "contacts")


def test_a_cursor_that_remembers_many_rows_is_small() -> None:
    books, world = filled("invoices", 5_000), World()
    mirror = Mirror(WANTED["invoices"])
    mirror.pull(connected(books, world))
    assert len(mirror.cursor) < 5_000 * 13


@pytest.mark.parametrize("text", ["x", "[]", "{}", '{"version":2}', "[" * 3_000, '{"version":1}'])
def test_a_cursor_of_another_make_is_refused(text: str) -> None:
    with pytest.raises(ConnectorError) as caught:
        connected(BooksOverThere(), World()).page(WANTED["invoices"], text)
    assert caught.value.code == "X114"


def test_known_rows_are_packed_and_read_back() -> None:
    assert unpacked([packed({"1": "a", "2": "b c"}), packed({"1": "-", "3 4": "d"})]) == {"2 b": "c", "3 4": "d"}
    assert unpacked([packed({})]) == {}
    for wrong in ("!", "AAAA", packed({"1": "a"})[:-8]):
        with pytest.raises(ConnectorError) as caught:
            unpacked([wrong])
        assert caught.value.code == "X114"


@given(read=st.integers(1, 1_000_000), most=st.sampled_from([50, 200]))
def test_a_page_overlaps_what_was_read_and_goes_beyond_it(read: int, most: int) -> None:
    found = window(Reading(read), most)
    assert found.start < read < found.start + found.size
    assert found.size <= most
    assert found.start + found.size >= read + most // 2


CHANGES = st.lists(
    st.tuples(st.sampled_from(["put", "put", "delete", "nothing", "nothing"]), st.integers(0, 40), st.booleans()),
    max_size=60,
)


@settings(max_examples=150, deadline=None)
@given(
    table=st.sampled_from(TABLES),
    rows=st.integers(0, 30),
    changes=CHANGES,
    ignores_filter=st.booleans(),
    times=st.booleans(),
    is_next_day=st.booleans(),
)
def test_a_pull_and_the_one_behind_it_have_the_newest_of_every_row(
    table: str, rows: int, changes: list[tuple[str, int, bool]], ignores_filter: bool, times: bool, is_next_day: bool
) -> None:
    books = filled(table, rows, ignores_filter=ignores_filter, timed=set(TABLES) if times else set())
    left, number = list(changes), 0

    def something_happens() -> None:
        nonlocal number
        number += 1
        for _ in range(min(2, len(left))):
            kind, which, is_later = left.pop()
            books.now += timedelta(seconds=700 if is_later else 0)
            row_id = f"98200000{which:06}"
            if kind == "put":
                books.put(table, row_id, total=number, contact_name=str(number), amount=number, credit_limit=number)
            elif kind == "delete" and row_id in books.tables[table]:
                books.delete(table, row_id)

    books.before = something_happens
    world, mirror = World(), Mirror(WANTED[table])
    mirror.pull(connected(books, world, 7))
    while left:
        something_happens()
    books.before = lambda: None
    world.seconds += DAY / SECOND if is_next_day else 60
    mirror.pull(connected(books, world, 7))
    live = bodies(books, table)
    assert {row_id: mirror.rows.get(row_id) for row_id in live} == live
    if is_next_day:
        assert mirror.rows == live
