"""Whatever happens to rows between two pages, a pull and the one behind it leave none out."""

from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from policy_service.connectors.errors import ConnectorError
from policy_service.connectors.port import Wanted
from policy_service.domain.instants import DAY, SECOND
from tests.connectors.standing_in import World
from tests.connectors.zoho.crm_over_there import CrmOverThere, connected
from tests.connectors.zoho.mirroring import Mirror

INVOICES = Wanted("Invoices", ("Subject", "Grand_Total"))


def bodies(crm: CrmOverThere) -> dict[str, dict[str, object]]:
    return {row_id: {name: row.get(name) for name in INVOICES.fields} for row_id, row in crm.rows.items()}


def filled(rows: int, *, seconds_apart: int = 1, **more: bool) -> CrmOverThere:
    crm = CrmOverThere(**more)
    for number in range(rows):
        crm.now += timedelta(seconds=seconds_apart)
        crm.put(f"{number:05}", Subject=f"row {number}")
    crm.now += timedelta(seconds=5)
    return crm


@pytest.mark.parametrize("leaves_out_bound", [False, True])
@pytest.mark.parametrize(("rows", "seconds_apart"), [(0, 1), (1, 1), (200, 1), (1_001, 1), (1_001, 0), (2_750, 0)])
def test_every_row_is_brought(rows: int, seconds_apart: int, leaves_out_bound: bool) -> None:
    crm = filled(rows, seconds_apart=seconds_apart, leaves_out_bound=leaves_out_bound)
    mirror = Mirror(INVOICES)
    mirror.pull(connected(crm, World()))
    assert mirror.rows == bodies(crm)


def test_rows_of_one_second_beyond_two_thousand_are_asked_for_by_tokens() -> None:
    crm = filled(2_750, seconds_apart=0)
    Mirror(INVOICES).pull(connected(crm, World()))
    assert crm.count("page_token=") > 0
    assert crm.count("page=11") == 0


def test_rows_of_many_seconds_need_no_token() -> None:
    crm = filled(3_000)
    mirror = Mirror(INVOICES)
    assert mirror.pull(connected(crm, World())) <= 18
    assert (len(mirror.rows), crm.count("page_token=")) == (3_000, 0)


def test_a_second_pull_asks_for_what_is_new_alone() -> None:
    crm, world = filled(1_000), World()
    mirror = Mirror(INVOICES)
    mirror.pull(connected(crm, world))
    crm.now += timedelta(hours=5)
    crm.put("00003", Subject="changed")
    crm.delete("00004")
    asked = len(crm.asked)
    world.seconds += 5 * 3600
    assert mirror.pull(connected(crm, world)) <= 6
    assert len(crm.asked) - asked <= 7
    assert mirror.rows == bodies(crm)


def test_a_page_token_that_expired_begins_its_rows_anew() -> None:
    crm, world = filled(2_750, seconds_apart=0), World()
    crm.before = lambda: crm.page_tokens.clear() if len(crm.asked) == 15 else None
    mirror = Mirror(INVOICES)
    mirror.pull(connected(crm, world))
    assert mirror.rows == bodies(crm)


def test_page_tokens_that_always_expire_end_in_its_own_words() -> None:
    crm = filled(2_750, seconds_apart=0)
    crm.before = crm.page_tokens.clear
    with pytest.raises(ConnectorError, match="page_token has expired") as caught:
        Mirror(INVOICES).pull(connected(crm, World()))
    assert caught.value.code == "X112"


def test_a_pull_goes_on_in_another_process_at_any_page() -> None:
    """A new connector for each page, and each page asked for twice: the text of the cursor is all there is."""
    crm, world = filled(1_300, seconds_apart=0), World()
    mirror = Mirror(INVOICES)
    is_last = False
    while not is_last:
        connected(crm, world).page(INVOICES, mirror.cursor)
        page = connected(crm, world).page(INVOICES, mirror.cursor)
        mirror.take(page)
        is_last = page.is_last
    assert mirror.rows == bodies(crm)


def test_a_row_with_a_time_to_come_hides_no_change() -> None:
    crm, world = filled(10), World()
    crm.rows["00000"]["Modified_Time"] = "2031-01-01T00:00:00+08:00"
    mirror = Mirror(INVOICES)
    mirror.pull(connected(crm, world))
    world.seconds += 60
    crm.now = crm.now.fromtimestamp(world.means.now() / SECOND, crm.now.tzinfo)
    crm.put("00005", Subject="changed")
    mirror.pull(connected(crm, world))
    assert mirror.rows["00005"]["Subject"] == "changed"


def test_other_fields_are_asked_for_of_every_row() -> None:
    crm, world = filled(30), World()
    mirror = Mirror(Wanted("Invoices", ("Grand_Total",)))
    mirror.pull(connected(crm, world))
    mirror.wanted = INVOICES
    mirror.pull(connected(crm, world))
    assert mirror.rows == bodies(crm)


def test_a_row_with_a_time_long_past_comes_within_a_week() -> None:
    crm, world = filled(10), World()
    mirror = Mirror(INVOICES)
    mirror.pull(connected(crm, world))
    crm.rows["old"] = {"id": "old", "Subject": "moved here", "Modified_Time": "2001-01-01T00:00:00+08:00"}
    world.seconds += 7 * DAY / SECOND
    mirror.pull(connected(crm, world))
    assert "old" in mirror.rows


def test_many_deleted_rows_are_all_told_though_some_come_back() -> None:
    crm, world = filled(30), World()
    mirror = Mirror(INVOICES)
    mirror.pull(connected(crm, world, 5))
    for number in range(20):
        crm.now += timedelta(seconds=1)
        crm.delete(f"{number:05}")
    crm.before = lambda: crm.restore(crm.bin[0]["id"]) if len(crm.asked) % 7 == 0 and crm.bin else None
    mirror.pull(connected(crm, world, 5))
    crm.before = lambda: None
    mirror.pull(connected(crm, world, 5))
    assert mirror.rows == bodies(crm)


CHANGES = st.lists(
    st.tuples(
        st.sampled_from(["add", "change", "delete", "restore", "nothing", "nothing"]),
        st.integers(0, 30),
        st.sampled_from([0, 0, 0, 1, 700]),
    ),
    max_size=60,
)


@settings(max_examples=150, deadline=None)
@given(
    rows=st.integers(0, 25),
    seconds_apart=st.sampled_from([0, 0, 1]),
    changes=CHANGES,
    leaves_out_bound=st.booleans(),
    expires=st.sets(st.integers(3, 40), max_size=4),
)
def test_a_pull_and_the_one_behind_it_have_the_newest_of_every_row(
    rows: int,
    seconds_apart: int,
    changes: list[tuple[str, int, int]],
    leaves_out_bound: bool,
    expires: set[int],
) -> None:
    crm = filled(rows, seconds_apart=seconds_apart, leaves_out_bound=leaves_out_bound)
    crm.numbered = 12
    left, number = list(changes), 0

    def something_happens() -> None:
        nonlocal number
        number += 1
        if number in expires:
            crm.page_tokens.clear()
        for _ in range(min(2, len(left))):
            kind, which, seconds = left.pop()
            crm.now += timedelta(seconds=seconds)
            happens(crm, kind, which, number)

    crm.before = something_happens
    world = World()
    mirror = Mirror(INVOICES)
    mirror.pull(connected(crm, world, 4))
    while left:
        something_happens()
    crm.before = lambda: None
    mirror.pull(connected(crm, world, 4))
    assert mirror.rows == bodies(crm)


def happens(crm: CrmOverThere, kind: str, which: int, number: int) -> None:
    row_id = f"{which:05}"
    match kind:
        case "add" | "change":
            if all(each["id"] != row_id for each in crm.bin):
                crm.put(row_id, Subject=f"at {number}")
        case "delete" if row_id in crm.rows:
            crm.delete(row_id)
        case "restore" if any(each["id"] == row_id for each in crm.bin):
            crm.restore(row_id)
        case _:
            pass
