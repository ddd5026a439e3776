"""What is posted upon one invoice of a run, by hand: window from day 10 up to day 100."""

from dataclasses import replace
from fractions import Fraction

from simulations.accounting.kpis import Kpis
from simulations.replay.options import Options
from tests.simulations.accounting.runs import kpis
from tests.simulations.accounting.worlds import (
    HOLD,
    PREPAY,
    WRITE_OFF,
    Buyer,
    Posting,
    Sale,
    World,
)

SALE = Sale("I1", 20, 50, 1_000)


def of(sale: Sale) -> Kpis:
    """The figures of a run with that sale alone."""
    return kpis(World((Buyer("C1", (sale,)),), Options(10, 100)))


def test_a_prepayment_displaces_what_the_record_would_have_applied() -> None:
    sale = replace(SALE, outcome=PREPAY, prepaid=600, postings=(Posting(40, 700, id="A"), Posting(45, 300, id="B")))
    found = of(sale)
    assert (1_000, 0) == (found["collected"], found["open_balance_end"])
    assert -10.0 == found["days_late_mean_weighted"]


def test_a_surplus_of_the_record_stays_beside_a_prepayment() -> None:
    found = of(replace(SALE, outcome=PREPAY, prepaid=1_000, postings=(Posting(40, 1_250),)))
    assert (1_250, None) == (found["collected"], found["days_late_mean_weighted"])


def test_the_surplus_of_a_write_off_is_dropped() -> None:
    assert 1_000 == of(replace(SALE, postings=(Posting(40, 1_500, WRITE_OFF),)))["write_offs"]


def test_a_deposit_lowers_the_invoice_from_its_issue_and_is_no_payment_on_time() -> None:
    found = of(replace(SALE, postings=(Posting(12, 400),)))
    assert (400, 600, None) == (found["collected"], found["receivables_peak"], found["on_time_share"])
    assert "1970-01-21" == found["receivables_peak_date"]


def test_a_deposit_waits_with_its_order() -> None:
    sale = replace(SALE, ordered=12, outcome=HOLD, postings=(Posting(6, 400),))
    assert 0 == of(sale)["collected"]
    assert 400 == of(replace(sale, waited=5))["collected"]


def test_a_shorter_term_moves_a_payment_no_further_than_the_issue_date() -> None:
    found = of(replace(SALE, run_due=20, postings=(Posting(25, 1_000),)))
    assert (0.0, 0) == (found["days_late_mean_weighted"], found["receivables_peak"])


def test_entries_held_at_the_issue_date_apply_by_kind_then_id() -> None:
    postings = (Posting(21, 800, WRITE_OFF, "A"), Posting(22, 700, id="Z"), Posting(23, 200, id="B"))
    found = of(replace(SALE, run_due=20, postings=postings))
    assert (900, 100) == (found["collected"], found["write_offs"])
    recorded = of(replace(SALE, postings=postings))
    assert (900, 800) == (recorded["collected"], recorded["write_offs"])


def test_parts_that_were_rounded_up_never_leave_less_than_nothing_open() -> None:
    postings = tuple(Posting(30 + n, 1, id=f"P{n}") for n in range(4))
    found = of(replace(SALE, written=5, rate=Fraction(1, 2), postings=postings))
    assert (3, 3, 0) == (found["receivables_peak"], found["collected"], found["open_balance_end"])


def test_the_entry_that_clears_an_invoice_takes_the_remainder() -> None:
    postings = (Posting(30, 1, id="A"), Posting(31, 1, id="B"), Posting(32, 1, id="C"))
    found = of(replace(SALE, written=3, rate=Fraction(1, 3), postings=postings))
    assert (1, 1, 0) == (found["receivables_peak"], found["collected"], found["open_balance_end"])
    assert -18.0 == found["days_late_mean_weighted"]


def test_entries_on_or_after_the_windows_end_do_not_count() -> None:
    found = of(replace(SALE, postings=(Posting(99, 300), Posting(100, 700, id="P2"))))
    assert (300, 700) == (found["collected"], found["open_balance_end"])
