"""What the sample of a run is, and that it finds what the live engines would decide otherwise."""

from dataclasses import replace

import numpy as np
import pytest

from policy_service.domain.days import day_number
from policy_service.language.policy import Policy
from simulations.ledger_snapshot.from_ledger import snapshot_of
from simulations.ledger_snapshot.texts import Texts, text_column
from simulations.replay.moment import Moments
from simulations.replay.options import HeldOrders, Options
from simulations.replay.replay import replay
from simulations.runs.live_sample import decided_again, live_version, said_of, with_parameters
from simulations.runs.sample_hashes import sample_of
from simulations.runs.simulation import Candidate, simulate
from tests.facts.small_ledgers import day, invoice, ledger, order, payment, rate
from tests.simulations.plain.cases import policy_of
from tests.simulations.plain.random_histories import WINDOW, Shape, history_of

IDS = [f"I{number:06}" for number in range(1000)]
KEY = "a" * 64


def test_the_sample_depends_on_key_and_ids_alone() -> None:
    """However the orders stand, and in whatever form their ids are kept, the same ones are sampled."""
    entries = np.arange(1000)
    shuffled = np.random.default_rng(1).permutation(1000)
    expected = {int(entries[place]) for place in sample_of(KEY, IDS, entries)}
    assert expected == {int(shuffled[place]) for place in sample_of(KEY, IDS, shuffled)}
    assert expected == set(sample_of(KEY, Texts(text_column(IDS)), entries))
    assert 100 == len(expected)


def test_every_part_of_a_run_has_its_share_of_the_sample_among_its_own() -> None:
    """The sample of all is found among the samples of the parts: workers need not see each other's orders."""
    of_all = set(sample_of(KEY, IDS, np.arange(1000)))
    halves = (np.arange(500), np.arange(500, 1000))
    of_parts = {int(half[place]) for half in halves for place in sample_of(KEY, IDS, half)}
    assert of_all <= of_parts


def test_another_key_samples_other_orders() -> None:
    assert sample_of(KEY, IDS, np.arange(1000)) != sample_of("b" * 64, IDS, np.arange(1000))


def test_of_few_orders_all_are_sampled() -> None:
    assert [0, 1, 2] == sample_of(KEY, IDS, np.array([5, 7, 9]))
    assert [] == sample_of(KEY, [], np.zeros(0, dtype=np.int64))


def disagreements(run: Policy, live: Policy, tamper: str = "") -> list[str]:
    """Return what the live engines say under one policy of a run under another, its trace perhaps tampered with."""
    snapshot = snapshot_of(history_of(3, Shape(has_groups=False)))
    options = Options(*WINDOW)
    trace = replay(snapshot, run, options)
    moments = Moments(snapshot, run, options)
    if tamper:
        column = (getattr(trace.orders, tamper) + 1) % 2
        trace = replace(trace, orders=trace.orders._replace(**{tamper: column}))
    said = said_of(trace, range(len(trace.orders.day)))
    with live_version(live) as version:
        found = list(decided_again(snapshot, version, moments, said))
    return [one.found for one in found if one is not None]


def test_a_run_that_was_not_tampered_with_is_confirmed() -> None:
    assert [] == disagreements(policy_of("busy"), policy_of("busy"))


@pytest.mark.parametrize(("column", "what"), [("outcome", "the outcome"), ("hit", "the row")])
def test_what_the_run_said_otherwise_is_found(column: str, what: str) -> None:
    found = disagreements(policy_of("busy"), policy_of("busy"), column)
    assert any(one.startswith(what) for one in found)


def test_an_order_that_stands_behind_a_later_one_is_known_when_that_is_decided() -> None:
    """An order of spring is invoiced in autumn, and so stands last; the average of the orders in between has it."""
    entries = [
        invoice(f"I{number}", f"2025-{month}-10", "2025-12-01", 10_000 * number, ordered=f"2025-{ordered}-09")
        for number, month, ordered in ((1, "06", "06"), (2, "07", "07"), (3, "08", "08"), (4, "10", "03"))
    ]
    policy = policy_of("manufacturer_cn")
    found = simulate(snapshot_of(ledger(*entries)), None, Candidate(policy), Options(20_100, 20_400))
    assert (4, []) == (found.circumstances.re_decided, [str(one) for one in found.disagreements])


@pytest.mark.parametrize("has_orders_file", [False, True])
def test_orders_let_go_together_keep_the_rates_that_they_were_recorded_with(has_orders_file: bool) -> None:
    """Both are invoiced on the day after I1 is paid; 10 dollars of the 11th are 70, those of the 13th 75."""
    of_orders = [
        order(f"O{number}", f"2026-01-{day}", 10_00, currency="USD")
        for number, day in ((2, 11), (3, 13))
        if has_orders_file
    ]
    entries = [
        invoice("I1", "2026-01-05", "2026-01-20", 1_000_00),
        payment("P1", "2026-01-20", 1_000_00, "I1"),
        *(
            invoice(
                f"I{number}",
                f"2026-01-{day}",
                "2026-03-01",
                10_00,
                currency="USD",
                order=f"O{number}" if has_orders_file else "",
            )
            for number, day in ((2, 11), (3, 13))
        ),
        *(
            [order("O4", "2026-02-02", 10_00)]
            if has_orders_file
            else [invoice("I4", "2026-02-02", "2026-03-01", 10_00)]
        ),
    ]
    books = ledger(
        *entries,
        *of_orders,
        rates=[rate("2026-01-01", "USD", "7"), rate("2026-01-12", "USD", "7.5")],
        orders_file=has_orders_file,
    )
    first, last = (day_number(day(text)) for text in ("2026-01-10", "2026-03-01"))
    options = Options(first, last, held_orders=HeldOrders.RELEASED)
    policy = policy_of("limit_1000")
    assert policy is not None
    found = simulate(snapshot_of(books), None, Candidate(policy), options)
    assert (3, []) == (found.circumstances.re_decided, [str(one) for one in found.disagreements])
    assert 2 == found.comparison.candidate["held"]


def test_a_turned_parameter_is_that_of_the_live_engines_too() -> None:
    """A policy with other values decides as the run does that was given them."""
    policy = policy_of("manufacturer_cn")
    assert policy is not None
    turned = with_parameters(policy, {"hold_after_days": 1})
    assert (1, 15) == (turned.parameters["hold_after_days"].value, policy.parameters["hold_after_days"].value)
    assert [] == disagreements(turned, turned)
