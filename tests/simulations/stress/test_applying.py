"""A stress moves and takes away the payments that it says, and nothing else."""

import datetime as dt
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from policy_service.domain.days import day_number
from policy_service.domain.entries import CustomerHistory, Payment
from policy_service.domain.errors import RequestError
from policy_service.facts.knowledge import NEVER
from simulations.ledger_snapshot.from_ledger import snapshot_of
from simulations.ledger_snapshot.snapshot import Snapshot
from simulations.ledger_snapshot.tables import columns_of
from simulations.stress.applying import Stressed, stressed
from simulations.stress.reading import read_stress
from tests.simulations.plain.random_histories import WINDOW, history_of
from tests.simulations.stress.ledgers import day, payments, small_ledger

BEGINS = "2026-02-01"


def under(*texts: str, begins: str = BEGINS) -> Stressed:
    """Return the small ledger under these stresses."""
    return stressed(small_ledger(), [read_stress(text) for text in texts], day(begins))


def test_payments_of_those_hit_come_later_from_the_day_on() -> None:
    """P3 of January stays; P6 before its invoice's issue is a deposit; the baker is not hit, the credit note stays."""
    worse = under("industry=construction,days_late+20")
    assert {
        "I1": [("2026-02-24", 100)],
        "I2": [("2026-03-02", 200)],
        "I3": [("2026-01-20", 150), ("2026-03-02", 250)],
        "I4": [("2026-02-04", 800)],
        "I5": [("2026-02-10", 20), ("2026-03-01", 5)],
    } == payments(worse.snapshot)
    assert (3, (), 4, 0, 0) == (
        worse.effects[0].customers, worse.effects[0].stopping, worse.effects[0].later,
        worse.effects[0].missing, worse.effects[0].amount,
    )  # fmt: skip


def test_what_moves_is_known_and_matures_as_much_later() -> None:
    before, after = small_ledger(), under("days_late+20").snapshot
    assert [20] == np.unique(after.unapplied.known_from - before.unapplied.known_from).tolist()
    bills = [one.postings.matures_on[one.postings.matures_on > -NEVER].tolist() for one in (before, after)]
    assert [[day("2026-03-04")], [day("2026-03-24")]] == bills
    assert int(after.postings.known_from[0]) - int(before.postings.known_from[0]) == 20


def test_who_stops_paying_makes_no_payment_from_the_day_on() -> None:
    """With deposits and what names no invoice: 100 + 200 + 250 + 20 + 70."""
    worse = under("sector=construction,default_share=100%")
    assert {
        "I1": [],
        "I2": [],
        "I3": [("2026-01-20", 150)],
        "I4": [("2026-02-04", 800)],
        "I5": [("2026-03-01", 5)],
    } == (payments(worse.snapshot))
    assert 0 == len(worse.snapshot.unapplied.date)
    effect = worse.effects[0]
    assert (("B1", "B2", "B3"), 5, 64_000) == (effect.stopping, effect.missing, effect.amount)


def test_a_share_takes_the_smallest_number_that_is_no_less() -> None:
    """A third and a bit of three customers is two; nothing of them is none."""
    counts = [
        len(under(f"industry=construction,default_share={share}").effects[0].stopping) for share in (0, 0.01, 0.34)
    ]
    assert [0, 1, 2] == counts


@settings(deadline=None)
@given(st.integers(0, 100), st.integers(0, 100), st.integers(0, 50))
def test_a_larger_share_takes_all_of_a_smaller_one(one: int, other: int, seed: int) -> None:
    small, large = (
        set(under(f"default_share={share}%,seed={seed}").effects[0].stopping) for share in sorted((one, other))
    )
    assert small <= large


def test_another_seed_may_take_others() -> None:
    assert 1 < len({under(f"default_share=25%,seed={seed}").effects[0].stopping for seed in range(20)})


def test_a_day_of_its_own_takes_the_place_of_the_windows() -> None:
    worse = under("days_late+20,from=2026-02-05").snapshot
    assert [("2026-02-04", 100)] == payments(worse)["I1"]
    assert [("2026-03-02", 200)] == payments(worse)["I2"]


def test_customers_are_chosen_by_what_is_said_of_them_on_that_day() -> None:
    """F1 is a baker until June."""
    assert 3 == under("industry=construction,days_late+1").effects[0].customers
    assert 4 == under("industry=construction,days_late+1", begins="2026-06-02").effects[0].customers
    assert 1 == under("industry=construction,segment=key,days_late+1").effects[0].customers
    assert 2 == under("customer_id=B1,customer_id=F1,days_late+1").effects[0].customers


def test_several_stresses_add_up_in_any_order() -> None:
    texts = ("industry=construction,days_late+20", "segment=key,days_late+5,default_share=50%")
    forth, back = under(*texts).snapshot, under(*reversed(texts)).snapshot
    assert payments(forth) == payments(back)
    assert [("2026-03-02", 200)] == payments(forth)["I2"]


@pytest.mark.parametrize(
    "text",
    ["days_late+0", "default_share=0", "industry=food,segment=normal,days_late+20", "days_late+9,from=2030-01-01"],
)
def test_where_nothing_is_affected_no_column_changes(text: str) -> None:
    assert same_columns(small_ledger(), under(text).snapshot)


@pytest.mark.parametrize("text", ["days_late+1", "industry=food,default_share=1", "segment=key,days_late+3"])
def test_columns_of_a_stressed_ledger_are_in_the_order_that_kernels_expect(text: str) -> None:
    snapshot = under(text).snapshot
    of = np.repeat(np.arange(len(snapshot.invoice_ids)), np.diff(snapshot.postings.begins))
    keys = (snapshot.postings.rank, snapshot.postings.kind, snapshot.postings.date, of)
    assert list(range(len(of))) == np.lexsort(keys).tolist()
    for _, _, column in columns_of(snapshot):
        assert (True, False, np.dtype(np.int64)) == (
            column.flags.c_contiguous, column.flags.writeable, column.dtype,
        )  # fmt: skip


def test_the_hash_tells_stresses_apart_and_not_how_they_are_written() -> None:
    hashes = [
        under(text).snapshot.hash
        for text in ("days_late+20", "days_late+21", "days_late+20,from=2026-02-02", "default_share=50%")
    ]
    assert 4 == len({*hashes, small_ledger().hash}) - 1
    assert hashes[0] == under(" days_late + 20 ").snapshot.hash


@pytest.mark.parametrize(
    ("text", "code", "says"),
    [
        ("planet=mars,days_late+1", "R532", "customer_id, .*industry"),
        ("industry=constructon,days_late+1", "R533", "There are: construction, food"),
        ("customer_id=B9,days_late+1", "R533", "B1, B2, B3, F1"),
    ],
)
def test_customers_that_cannot_be_found_are_refused_with_those_that_can(text: str, code: str, says: str) -> None:
    with pytest.raises(RequestError, match=says) as refused:
        under(text)
    assert code == refused.value.code


@pytest.mark.parametrize(
    ("names", "taken"), [(("segment",), "segment"), (("industry", "segment"), "industry"), (("sector",), "sector")]
)
def test_sector_is_the_trade_under_the_name_that_the_ledger_has(names: tuple[str, ...], taken: str) -> None:
    snapshot = small_ledger()
    columns = {name: snapshot.attributes["segment" if name == taken else "industry"] for name in names}
    worse = stressed(replace(snapshot, attributes=columns), [read_stress("sector=key,days_late+1")], day(BEGINS))
    assert 2 == worse.effects[0].customers


def test_sector_is_not_a_column_that_says_nothing_of_anybody() -> None:
    """A single-file ledger has segments, and an empty column for industries."""
    snapshot = small_ledger()
    segments = snapshot.attributes["segment"]
    columns = {"industry": np.full_like(segments, snapshot.words.index("")), "segment": segments}
    worse = stressed(replace(snapshot, attributes=columns), [read_stress("sector=key,days_late+1")], day(BEGINS))
    assert 2 == worse.effects[0].customers


@pytest.mark.parametrize("seed", range(12))
@pytest.mark.parametrize("text", ["days_late+9", "days_late+4,default_share=50%"])
def test_a_stressed_snapshot_is_the_snapshot_of_the_ledger_with_other_payments(seed: int, text: str) -> None:
    """By the ledger's own entries: dates, postings and bills shifted one by one, or left out."""
    stress, begins = read_stress(text), WINDOW[0]
    ledger = history_of(seed)
    worse = stressed(snapshot_of(ledger), [stress], begins)
    stopping = worse.effects[0].stopping
    histories = {
        name: replace(history, payments=_payments(history, stress.days_late, begins, name in stopping))
        for name, history in ledger.histories.items()
    }
    expected = snapshot_of(replace(ledger, histories=histories))
    for mine, yours in zip(columns_of(worse.snapshot), columns_of(expected), strict=True):
        if mine.name != "rank":
            assert (mine.table, mine.name, mine.column.tolist()) == (yours.table, yours.name, yours.column.tolist())


def _payments(history: CustomerHistory, days: int, begins: int, is_stopping: bool) -> tuple[Payment, ...]:
    issued = {invoice.invoice_id: invoice.issue_date for invoice in history.invoices}
    kept = []
    for payment in history.payments:
        later = dt.timedelta(days=days)
        if day_number(payment.date) < begins or payment.date < issued.get(payment.invoice_id, payment.date):
            later = dt.timedelta()
        if day_number(payment.date) < begins or not is_stopping:
            moved = {name: getattr(payment, name) for name in ("date", "posted_on", "matures_on")}
            kept.append(replace(payment, **{name: each and each + later for name, each in moved.items()}))
    return tuple(sorted(kept, key=lambda one: (one.date, one.payment_id)))


def same_columns(one: Snapshot, other: Snapshot) -> bool:
    """Whether all columns of two snapshots hold the same."""
    pairs = zip(columns_of(one), columns_of(other), strict=True)
    return all(np.array_equal(mine.column, yours.column) for mine, yours in pairs)
