"""What warm runs answer to edits is what a simulation from beginning to end reports of them."""

from dataclasses import replace
from functools import cache
from random import Random

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from benchmarks.large_snapshots import DAYS, FIRST_DAY, large_snapshot
from policy_service.language.policy import Policy
from policy_service.language.rule_sets import DecisionTable, Ladder, Scorecard
from simulations.ledger_snapshot.chosen import chosen
from simulations.ledger_snapshot.from_ledger import snapshot_of
from simulations.ledger_snapshot.snapshot import Snapshot
from simulations.replay.group_reading import reads_groups
from simulations.replay.options import HeldOrders, Mode, Options, PaymentBehaviour
from simulations.runs.simulation import Baseline, Candidate
from simulations.warm.likeness import Whole
from simulations.warm.warm_runs import Asked
from tests.examples import examples
from tests.simulations.plain.cases import policy_of
from tests.simulations.plain.random_histories import WINDOW, Shape, history_of
from tests.simulations.warm.asked import full_answer, warm_answer, warm_runs
from tests.simulations.warm.edits import edited

YEARS = Options(FIRST_DAY + 365, FIRST_DAY + DAYS)
POLICIES = ("manufacturer_cn", "sme_simple", "distributor_cn", "eu_insured", "d365_like")
OPTIONS = Options(*WINDOW)


@cache
def ledger(seed: int, customers: int = 8, *, has_groups: bool = False) -> Snapshot:
    return snapshot_of(history_of(seed, Shape(customers=customers, has_groups=has_groups)))


@cache
def many_standings() -> Snapshot:
    """Return a ledger whose customers come to every grade."""
    return replace(large_snapshot(6_000, with_hash=False), currency=shipped("manufacturer_cn").currency)


def shipped(name: str) -> Policy:
    found = policy_of(name)
    assert found is not None
    return found


def options_of(random: Random) -> Options:
    held, behaviour = random.choice(list(HeldOrders)), random.choice(list(PaymentBehaviour))
    return Options(*WINDOW, random.choice((Mode.CLOSED, Mode.CLOSED, Mode.OPEN)), held, 5, behaviour)


@settings(max_examples=examples(10), deadline=None, suppress_health_check=list(HealthCheck))
@given(name=st.sampled_from(POLICIES), seed=st.integers(0, 10**6), ledger_seed=st.integers(0, 11))
def test_edits_one_after_the_other_are_answered_as_full_runs_report_them(
    name: str, seed: int, ledger_seed: int
) -> None:
    """Every figure of both sides, every customer with its cause, grades, months and workload."""
    answered_as_full_runs_report(name, seed, ledger_seed)


@pytest.mark.long
@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
@given(name=st.sampled_from(POLICIES), seed=st.integers(0, 10**6), ledger_seed=st.integers(0, 11))
def test_many_more_edits_are_answered_as_full_runs_report_them(name: str, seed: int, ledger_seed: int) -> None:
    answered_as_full_runs_report(name, seed, ledger_seed)


def answered_as_full_runs_report(name: str, seed: int, ledger_seed: int) -> None:
    """Edit a policy a few times, and hold each answer to a simulation from beginning to end."""
    random, policy = Random(seed), shipped(name)
    made = ledger(ledger_seed, has_groups=reads_groups(policy))
    snapshot, options = replace(made, currency=policy.currency), options_of(random)
    baseline: Baseline = None if random.random() < 0.2 else Candidate(policy)
    runs, drafted = warm_runs(snapshot), policy
    for _ in range(4):
        drafted = edited(drafted if random.random() < 0.7 else policy, random)
        asked = Asked(baseline, Candidate(drafted), options, told=1000)
        assert full_answer(snapshot, asked) == warm_answer(runs, asked)


def turned(name: str, value: int) -> Candidate:
    """Return the manufacturer's policy with one dial turned."""
    return Candidate(shipped("manufacturer_cn"), {name: value})


BASELINE = Candidate(shipped("manufacturer_cn"))


def test_an_edit_that_bears_on_nobody_runs_nobody_again() -> None:
    """A note on a row changes no decision."""
    table = BASELINE.policy.rule_set("order_check")
    assert isinstance(table, DecisionTable)
    noted = replace(table, rows=tuple(replace(row, note="as agreed") for row in table.rows))
    sets = tuple(noted if one.name == "order_check" else one for one in BASELINE.policy.rule_sets)
    runs = warm_runs(ledger(3))
    made = runs.answer(Asked(BASELINE, Candidate(replace(BASELINE.policy, rule_sets=sets)), OPTIONS)).made
    assert (None, 0) == (made.whole, made.customers)


def test_an_edit_of_a_bound_runs_some_customers_again_and_not_all() -> None:
    snapshot = ledger(7, 12)
    made = warm_runs(snapshot).answer(Asked(BASELINE, turned("hold_after_days", 0), OPTIONS)).made
    assert (None, True) == (made.whole, 0 < made.customers < snapshot.customers)


def test_a_lower_limit_runs_few_of_the_customers_again_whose_reviews_set_it() -> None:
    """Of most of them no order reaches the one limit or the other."""
    snapshot = many_standings()
    asked = Asked(BASELINE, turned("least_limit", 5_000_000), YEARS, told=1000)
    runs = warm_runs(snapshot)
    answer = runs.answer(asked)
    assert full_answer(snapshot, asked) == warm_answer(runs, asked)
    grades = answer.comparison.candidate["customers_by_grade"]
    with_limit = sum(grades[grade] for grade in ("A", "BB", "B"))
    assert (None, True) == (answer.made.whole, 0 < 2 * answer.made.customers < with_limit)


def test_a_grade_of_another_name_runs_nobody_again_and_is_told() -> None:
    """C and D have the same standing, and no order check reads a grade."""
    grading, snapshot = BASELINE.policy.rule_set("grading"), many_standings()
    assert isinstance(grading, Scorecard)
    code_of = {band.id: band.grade for band in grading.bands}
    bands = tuple(replace(band, grade=code_of["band.D"]) if band.id == "band.C" else band for band in grading.bands)
    sets = tuple(replace(grading, bands=bands) if one.name == "grading" else one for one in BASELINE.policy.rule_sets)
    edit = Candidate(replace(BASELINE.policy, rule_sets=sets))
    answer = warm_runs(snapshot).answer(Asked(BASELINE, edit, YEARS))
    before, now = (side["customers_by_grade"] for side in (answer.comparison.baseline, answer.comparison.candidate))
    expected = {**before, "D": before["D"] + before["C"]}
    del expected["C"]
    assert (None, 0) == (answer.made.whole, answer.made.customers)
    assert expected == now


@pytest.mark.parametrize("memory", [0, 1_600])
def test_where_memory_does_not_suffice_everybody_is_run_again_with_the_same_answer(memory: int) -> None:
    snapshot, asked = ledger(7), Asked(BASELINE, turned("hold_after_days", 0), OPTIONS, told=1000)
    runs = warm_runs(snapshot, memory)
    assert full_answer(snapshot, asked) == warm_answer(runs, asked)
    assert Whole.MEMORY is runs.answer(replace(asked, candidate=turned("tolerance", 0))).made.whole


def test_a_ladder_that_changes_has_everybody_run_again() -> None:
    ladder = BASELINE.policy.rule_set("collection")
    assert isinstance(ladder, Ladder)
    shorter = replace(ladder, levels=ladder.levels[1:])
    sets = tuple(shorter if one.name == "collection" else one for one in BASELINE.policy.rule_sets)
    made = (
        warm_runs(ledger(3)).answer(Asked(BASELINE, Candidate(replace(BASELINE.policy, rule_sets=sets)), OPTIONS)).made
    )
    assert Whole.LADDERS is made.whole


def test_what_is_not_wanted_any_more_ends_between_steps() -> None:
    class Outdated(Exception):
        pass

    def go_on() -> None:
        raise Outdated

    with pytest.raises(Outdated):
        warm_runs(ledger(3)).answer(Asked(BASELINE, turned("tolerance", 0), OPTIONS), go_on)


def test_some_customers_of_a_snapshot_have_the_entries_that_they_have_in_the_whole() -> None:
    """Postings, disputes and promises stand upon the same invoices, orders under the same names."""
    for seed in range(6):
        snapshot = ledger(seed)
        customers = np.arange(1, snapshot.customers, 2)
        part = chosen(snapshot, customers).snapshot
        for number, customer in enumerate(customers.tolist()):
            for begins in ("invoices", "orders", "events", "unapplied", "versions", "standings"):
                whole, own = getattr(snapshot, begins).begins, getattr(part, begins).begins
                assert whole[customer + 1] - whole[customer] == own[number + 1] - own[number]
        assert [snapshot.customer_ids[one] for one in customers] == list(part.customer_ids)
