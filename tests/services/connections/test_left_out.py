"""What is left out stays counted and listed with its reason, run after run, until it is mended."""

from typing import Any

import pytest

from policy_service.connectors.errors import ConnectorError
from policy_service.services.connections import following, runs
from policy_service.services.connections.runs import LeftOut, left_out_now
from policy_service.services.house import House
from policy_service.storage import pull_store
from tests.services.connections.small_system import MAPPING, SYSTEM, Pulling, SmallSystem
from tests.services.decisions.live import enforce, post
from tests.services.house import house_policy

NOT_READ = ("Invoices", "9", "Its amount holds several values, where one is expected.")


@pytest.fixture
def pulling(bare: House) -> Pulling:
    """Give a connection to a system of which one invoice names nobody who is known, and one is for a lot."""
    enforce(bare, house_policy())
    small = SmallSystem()
    small.put("Accounts", "A1", name="Ada")
    small.put("Accounts", "A2", name="Bob")
    invoice(small, "1", "A1", amount="100.00")
    invoice(small, "2", "A9", amount="7.00")
    invoice(small, "3", "A2", amount="a lot")
    return Pulling(bare, small)


def invoice(system: SmallSystem, row_id: str, account: str, **more: Any) -> None:
    system.put("Orders", f"O{row_id}", account=account, day="2025-01-02", amount="100.00")
    system.put("Invoices", row_id, number=f"I{row_id}", account=account, order=f"O{row_id}", due="2025-02-01", **more)


def now(pulling: Pulling) -> LeftOut:
    with pulling.house.database.reading() as session:
        return left_out_now(session, "small", SYSTEM)


def codes(found: LeftOut) -> set[tuple[str, str, str, str]]:
    return {(one.object_name, one.row_id, one.found.entry, one.found.code) for one in found.rejected}


def test_a_pull_that_reads_nothing_again_still_says_what_is_left_out(pulling: Pulling) -> None:
    first, found = pulling.pull(), now(pulling)
    assert first.left_out == found.count == len(found.rejected)
    assert {("Invoices", "3", "I3", "Q105"), ("Invoices", "2", "I2", "Q111")} <= codes(found)
    second = pulling.pull()
    assert (0, None, first.left_out) == (second.customers, second.import_id, second.left_out)
    with pulling.house.database.reading() as session:
        listed = [runs.rejected_rows(session, run.pull_id, SYSTEM) for run in (first, second)]
    assert listed[0] == listed[1] == found.rejected


def test_what_changes_elsewhere_does_not_hide_it(pulling: Pulling) -> None:
    before = pulling.pull().left_out
    pulling.system.put("Accounts", "A1", name="Ada Ltd")
    run = pulling.pull()
    assert (1, before) == (run.replaced, run.left_out)


def test_a_pull_that_fails_says_it_too(pulling: Pulling) -> None:
    before = pulling.pull().left_out
    pulling.system.error = ConnectorError("X104", "Too often.", remedy="Wait.", is_passing=True)
    with pytest.raises(ConnectorError):
        pulling.pull()
    with pulling.house.database.reading() as session:
        assert [before, before] == [one.left_out for one in runs.runs(session, "small", SYSTEM)]


def test_what_is_mended_over_there_is_left_out_no_more(pulling: Pulling) -> None:
    pulling.pull()
    invoice(pulling.system, "3", "A2", amount="3.00")
    pulling.system.put("Accounts", "A9", name="Ned")
    assert (0, LeftOut(0, (), ())) == (pulling.pull().left_out, now(pulling))


def test_a_row_that_the_mapping_cannot_read_is_counted_until_it_can(pulling: Pulling) -> None:
    pulling.keep(MAPPING.replace("amount: amount\n      order_id", "amount: {field: amount}\n      order_id"))
    before = pulling.pull().left_out
    invoice(pulling.system, "9", "A1", amount=["1", "2"])
    assert [before + 1, before + 1] == [pulling.pull().left_out, pulling.pull().left_out]
    assert [NOT_READ] == [(one.object_name, one.row_id, one.why) for one in now(pulling).unreadable]
    pulling.system.delete("Invoices", "9")
    assert before == pulling.pull().left_out
    assert () == now(pulling).unreadable


def test_what_the_mapping_leaves_out_on_purpose_is_not_counted(pulling: Pulling) -> None:
    before = pulling.pull().left_out
    invoice(pulling.system, "4", "A1", amount="1.00", state="void")
    assert before == pulling.pull().left_out
    assert () == now(pulling).unreadable


def test_of_very_many_everybody_is_read_again(pulling: Pulling, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(following, "MOST_AGAIN", 1)
    before = pulling.pull().left_out
    pulling.system.put("Accounts", "A1", name="Ada Ltd")
    assert before == pulling.pull().left_out
    invoices = "invoice_id,customer_id,issue_date,due_date,amount\n"
    post(pulling.house, {"customers": "customer_id\nA9\n", "invoices": invoices})
    assert before == 2 + pulling.pull().left_out


def test_the_run_whose_report_says_it_is_kept(pulling: Pulling, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pull_store, "MOST_KEPT", 2)
    first = pulling.pull()
    for _ in range(4):
        pulling.pull()
    with pulling.house.database.reading() as session:
        kept = [one.pull_id for one in runs.runs(session, "small", SYSTEM)]
    assert (first.pull_id, first.left_out) == (kept[-1], now(pulling).count)
    assert 4 == len(kept), "two, the new one, and that with the report"
