"""What a report says of its own figures: evidence, caveats, and the key of the run."""

from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import numpy as np
import pytest

from policy_service.domain.entries import Customer, CustomerHistory, Ledger, RecordedStanding
from policy_service.language.definitions.dictionary import FactSource
from policy_service.language.load import load_policy
from simulations.accounting.costs import Costs
from simulations.comparison.caveats import (
    LedgerCaveats,
    caveats,
    ledger_caveats,
    merge_ledger_caveats,
    prepayment_caveats,
)
from simulations.comparison.evidence import evidence
from simulations.comparison.run_key import PolicyRun, key_of, seed_of
from simulations.ledger_snapshot.columns import Versions
from simulations.ledger_snapshot.from_ledger import snapshot_of as of_ledger
from simulations.replay.options import HeldOrders, Mode, Options
from tests.facts.small_ledgers import CNY, day
from tests.simulations.accounting.worlds import CREDIT_NOTE, Buyer, Posting, Sale, World, snapshot_of

OPTIONS = Options(0, 100)
PLAIN = LedgerCaveats(0, 1, 0, frozenset(), frozenset())
EU = load_policy(Path(__file__).parents[3] / "rules" / "eu_insured")
READ = frozenset(fact.name for fact in EU.facts.values() if fact.source is FactSource.CUSTOMER)


def codes(ledger: LedgerCaveats, options: Options = OPTIONS) -> set[str]:
    """The codes of the caveats that not every run has."""
    always = {caveat.code for caveat in caveats(PLAIN, [], options, (), has_bands=True)}
    return {caveat.code for caveat in caveats(ledger, [EU], options, (), has_bands=True)} - always


def test_in_open_loop_on_recorded_terms_every_figure_is_observed() -> None:
    is_open = replace(OPTIONS, mode=Mode.OPEN)
    assert {"sales": "observed", "held": "observed"} == evidence(["sales", "held"], is_open, on_recorded_terms=True)
    assert {"sales": "assumed"} == evidence(["sales"], is_open, on_recorded_terms=False)


@pytest.mark.parametrize(("held", "label"), [(HeldOrders.LOST, "bounded"), (HeldOrders.RELEASED, "assumed")])
def test_sales_and_orders_are_bounded_when_refused_orders_are_lost(held: HeldOrders, label: str) -> None:
    found = evidence(["sales", "held_amount", "collected"], replace(OPTIONS, held_orders=held), on_recorded_terms=True)
    assert {"sales": label, "held_amount": label, "collected": "assumed"} == found


def test_facts_that_the_ledger_lacks_or_has_without_history_are_named() -> None:
    assert READ
    assert {"FACTS_NOT_IN_LEDGER"} == codes(PLAIN)
    assert {"FACTS_WITHOUT_HISTORY"} == codes(replace(PLAIN, known=READ))
    assert set() == codes(replace(PLAIN, known=READ, changing=READ))


def test_entries_posted_late_missing_payments_and_rows_left_out_are_told() -> None:
    told = LedgerCaveats(3, 0, 2, READ, READ)
    assert {"POSTED_LATE", "NO_PAYMENTS", "ROWS_LEFT_OUT"} == codes(told)


@pytest.mark.parametrize(
    ("prepaid", "expected"),
    [((0, 0), []), ((0, 50), ["PREPAID_IS_SOLD"]), ((51, 0), ["PREPAID_IS_SOLD", "MOSTLY_PREPAID"])],
    ids=["none", "half", "most"],
)
def test_orders_against_prepayment_are_told_to_count_as_sold(prepaid: tuple[int, int], expected: list[str]) -> None:
    runs = [(orders, 100) for orders in prepaid]
    assert expected == [caveat.code for caveat in prepayment_caveats(OPTIONS, runs)]
    assert [] == list(prepayment_caveats(replace(OPTIONS, mode=Mode.OPEN), runs))


def test_what_is_told_of_a_ledger_adds_up() -> None:
    world = World((Buyer("C1", (Sale("I1", 0, 30, 100, (Posting(9, 100),)),)), Buyer("C2", segment="a")))
    snapshot = snapshot_of(world)
    late = replace(snapshot, postings=snapshot.postings._replace(known_from=np.array([12])), quarantined=4)
    assert LedgerCaveats(1, 1, 4, frozenset(), frozenset({"segment", "industry"})) == ledger_caveats(late)
    assert LedgerCaveats(2, 2, 4, frozenset(), READ | {"segment", "industry"}) == merge_ledger_caveats(
        [ledger_caveats(late), replace(ledger_caveats(late), known=READ)]
    )


def test_a_credit_note_is_no_payment() -> None:
    sold = (Sale("I1", 0, 30, 100, (Posting(9, 100, CREDIT_NOTE),)),)
    assert 0 == ledger_caveats(snapshot_of(World((Buyer("C1", sold),)))).payments


def test_a_recorded_standing_that_was_posted_late_counts_among_the_entries() -> None:
    row = RecordedStanding("C1", day("2026-01-01"), "A", posted_on=day("2026-01-09"))
    history = CustomerHistory("C1", (Customer("C1"),), standings=(row,))
    assert 1 == ledger_caveats(of_ledger(Ledger(CNY, {"C1": history}))).posted_late


def test_a_fact_that_changes_for_one_customer_has_a_history() -> None:
    snapshot = snapshot_of(World((Buyer("C1"), Buyer("C2"))))
    versions = Versions(np.array([0, 2, 4]), np.array([0, 5, 0, 5]), np.array([0, 0, 0, 0]))
    said = {"changes": np.array([1, 2, 3, 3]), "stays": np.array([1, 1, 2, 2])}
    assert {"changes"} == ledger_caveats(replace(snapshot, versions=versions, attributes=said)).changing


def test_the_key_tells_apart_whatever_a_run_depends_on() -> None:
    runs = (PolicyRun("p", "a" * 64, {}), PolicyRun("p", "b" * 64, {}))
    keys = {
        key_of(runs, "1", OPTIONS, Costs()),
        key_of(runs[::-1], "1", OPTIONS, Costs()),
        key_of((runs[0], replace(runs[1], parameters={"tolerance": 1})), "1", OPTIONS, Costs()),
        key_of((PolicyRun("recorded", "", {}), runs[1]), "1", OPTIONS, Costs()),
        key_of(runs, "2", OPTIONS, Costs()),
        key_of(runs, "1", replace(OPTIONS, ends=101), Costs()),
        key_of(runs, "1", replace(OPTIONS, release_days=29), Costs()),
        key_of(runs, "1", OPTIONS, Costs(margin=Decimal("0.21"))),
    }
    assert len(keys) == 8
    assert key_of(runs, "1", OPTIONS, Costs()) == key_of(runs, "1", Options(0, 100), Costs())
    assert {0 <= seed_of(key) < 2**64 for key in keys} == {True}
