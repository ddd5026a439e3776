"""A spooled list is the list that was appended, wherever its items lie."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policy_service.ledger import spooled
from policy_service.ledger.columns import Table
from policy_service.ledger.reasons import Reason
from policy_service.ledger.report import Fault, Quarantined
from policy_service.ledger.spooled import Spooled
from policy_service.ledger.tables import FaultyRow

FAULTS = st.builds(Fault, st.sampled_from(["amount", "due_date"]), st.sampled_from(Reason), st.text(max_size=5))
REPORTS = st.builds(
    Quarantined,
    st.just("a.csv"),
    st.integers(2, 99),
    st.sampled_from(Table),
    st.text(max_size=3),
    FAULTS,
    st.tuples(FAULTS),
)


@pytest.fixture(autouse=True, scope="module")
def _two_held() -> object:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(spooled, "_HELD", 2)
        yield


@given(st.lists(REPORTS, max_size=9))
def test_it_gives_what_was_appended_in_order_and_by_place(reports: list[Quarantined]) -> None:
    found = Spooled(Quarantined, reports)
    assert (len(reports), reports, reports) == (len(found), list(found), list(found))
    assert reports == [found[place] for place in range(len(reports))]
    assert [reports[place - len(reports)] for place in range(len(reports))] == list(found[:])
    assert found == tuple(reports)
    assert tuple(reports) == found


def test_two_who_read_it_at_once_do_not_disturb_each_other() -> None:
    rows = [FaultyRow(line, (f"P{line}", ""), (Fault("amount", Reason.EMPTY, "nothing"),)) for line in range(9)]
    found = Spooled(FaultyRow, rows)
    assert [(one, other) for one in rows for other in rows] == [(one, other) for one in found for other in found]


def test_it_goes_on_after_it_was_read() -> None:
    rows = [FaultyRow(line, (), (), is_broken=True) for line in range(7)]
    found = Spooled(FaultyRow)
    for row in rows:
        found.append(row)
        assert found[0] == rows[0]
        assert len(list(found)) == len(found)
    assert found == rows


def test_what_is_not_there_is_no_item() -> None:
    with pytest.raises(IndexError):
        Spooled(FaultyRow)[0]
    assert Spooled(FaultyRow) == ()
    assert (Spooled(FaultyRow) == 1) is False
