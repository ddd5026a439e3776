"""What must hold of every replay, on random ledgers."""

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from policy_service.domain.entries import CustomerHistory, Ledger
from policy_service.domain.values import Kind
from policy_service.facts.knowledge import Knowledge
from policy_service.facts.measure import measure_facts
from simulations.replay.options import HeldOrders, Mode, Options, PaymentBehaviour
from tests.facts.small_ledgers import built_in
from tests.simulations.plain.against import said_of_run, told
from tests.simulations.plain.cases import case_of, policy_of
from tests.simulations.plain.figures import OF_THE_LADDER, kpis, timeline
from tests.simulations.plain.happened import Happened
from tests.simulations.plain.random_histories import ENDS, WINDOW, history_of
from tests.simulations.plain.recorded import replay_recorded
from tests.simulations.plain.replay import replay, window_of
from tests.simulations.plain.report import compared, difference

BUSY = ("busy", "busy_groups", "busy_jumps")
SHIPPED = ("d365_like", "distributor_cn", "eu_insured", "manufacturer_cn", "sme_simple")
ledgers = st.integers(0, 10**9).map(history_of)
options = st.builds(
    Options,
    st.just(WINDOW[0]),
    st.just(WINDOW[1]),
    st.sampled_from(Mode),
    st.sampled_from(HeldOrders),
    st.sampled_from((30, 7)),
    st.sampled_from(PaymentBehaviour),
)


@settings(max_examples=10, deadline=None)
@given(ledgers, options)
def test_approving_everything_on_recorded_terms_is_the_record(ledger: Ledger, asked: Options) -> None:
    """In both modes, whatever the options: every KPI but the ladder's is that of the record."""
    run, record = replay(ledger, policy_of("approve_all"), asked), replay_recorded(ledger, asked)
    apart = {*OF_THE_LADDER, "customers_by_grade", "null_reasons"}
    expected = {name: value for name, value in kpis(record).items() if name not in apart}
    assert expected == {name: value for name, value in kpis(run).items() if name not in apart}
    assert [] == told(_invoices(record), _invoices(run))


@settings(max_examples=10, deadline=None)
@given(ledgers)
def test_what_the_record_leaves_open_is_what_the_fact_engine_measures(ledger: Ledger) -> None:
    """With nothing posted late, the balance at the window's end is the customers' open and past-due balances."""
    prompt = _posted_at_once(ledger)
    figures = kpis(replay_recorded(prompt, Options(*WINDOW)))
    for name, fact in (("open_balance_end", "open_balance"), ("past_due_balance_end", "past_due_balance")):
        measured = [
            measure_facts(prompt, customer_id, [built_in(fact, Kind.MONEY)], Knowledge(ENDS))[fact].value
            for customer_id in prompt.histories
        ]
        assert sum(measured) == figures[name]


@pytest.mark.parametrize("name", BUSY)
@settings(max_examples=3, deadline=None)
@given(ledgers, options)
def test_a_policy_against_itself_changes_nothing(name: str, ledger: Ledger, asked: Options) -> None:
    """The swap set is empty, no customer moves, all differences are zero."""
    policy = policy_of(name)
    report = compared(replay(ledger, policy, asked), replay(ledger, policy, asked), policy)
    assert not any(_leaves(report["difference"]))
    assert report["customers"] == []
    assert report["swap_set"]["approved_only_baseline"] == {"orders": 0, "amount": 0}
    assert report["swap_set"]["approved_only_candidate"] == {"orders": 0, "amount": 0}
    assert all(list(to) == [grade] for grade, to in report["grade_migration"].items())


@pytest.mark.parametrize("name", BUSY)
@settings(max_examples=4, deadline=None)
@given(ledgers, options)
def test_customers_apart_are_what_they_are_together(name: str, ledger: Ledger, asked: Options) -> None:
    """Split into groups that never had to do with one another, each comes to the same."""
    policy = policy_of(name)
    together = said_of_run(replay(ledger, policy, asked))
    apart: dict[str, Mapping[str, object]] = {}
    for part in _apart(ledger):
        apart |= said_of_run(replay(part, policy, asked))
    assert [] == told(together, apart)


@pytest.mark.long
@pytest.mark.parametrize("name", [*BUSY, *SHIPPED])
@settings(max_examples=40, deadline=None)
@given(ledgers, options)
def test_shipped_policies_treat_customers_apart_and_themselves_alike(name: str, ledger: Ledger, asked: Options) -> None:
    """The same at length, and of the policies that are shipped."""
    policy = policy_of(name)
    run = replay(ledger, policy, asked)
    apart: dict[str, Mapping[str, object]] = {}
    for part in _apart(ledger):
        apart |= said_of_run(replay(part, policy, asked))
    assert [] == told(said_of_run(run), apart)
    assert not any(_leaves(compared(run, replay(ledger, policy, asked), policy)["difference"]))


@settings(max_examples=6, deadline=None)
@given(ledgers, st.sampled_from(HeldOrders), st.sampled_from(PaymentBehaviour))
def test_no_policy_changes_money_in_the_open_loop(
    ledger: Ledger, held: HeldOrders, behaviour: PaymentBehaviour
) -> None:
    """What was sold, collected and owed is as recorded; only decisions, reviews and firings are the policy's."""
    asked = Options(*WINDOW, Mode.OPEN, held, payment_behaviour=behaviour)
    record, run = kpis(replay_recorded(ledger, asked)), kpis(replay(ledger, policy_of("busy"), asked))
    for name in ("sales", "collected", "open_balance_end", "ageing", "receivables_mean", "write_offs", "on_time_share"):
        assert record[name] == run[name], name


@settings(max_examples=10, deadline=None)
@given(ledgers, options)
def test_figures_add_up(ledger: Ledger, asked: Options) -> None:
    """Outcomes to orders, buckets to the balance, months to the window, customers to the whole."""
    run = replay(ledger, policy_of("busy"), asked)
    figures = kpis(run)
    outcomes = ("approved", "held", "prepaid", "referred", "declined")
    assert figures["orders"] == sum(figures[name] for name in outcomes)
    assert figures["order_amount"] == sum(figures[f"{name}_amount"] for name in outcomes)
    assert figures["open_balance_end"] == sum(figures["ageing"].values())
    assert figures["past_due_balance_end"] == figures["open_balance_end"] - figures["ageing"]["not_due"]
    assert figures["sales"] == sum(row["sales"] for row in timeline(run))
    assert sum(figures["notices"].values()) == sum(row["notices"] for row in timeline(run))
    by_customer = [kpis(run, customers=[name]) for name in run.books]
    for name in ("sales", "collected", "open_balance_end", "write_offs", "cases_opened", "orders"):
        assert figures[name] == sum(one[name] for one in by_customer), name


def test_the_window_of_a_ledger_is_from_its_first_order_to_the_day_after_its_last() -> None:
    """By order dates, whenever the invoices came."""
    ledger = case_of("Of one order date the earlier issue date comes first").ledger
    assert window_of(ledger) == (dt.date(2026, 1, 5), dt.date(2026, 1, 6))


def test_a_difference_is_told_in_words() -> None:
    """What the runner says of another outcome can be read."""
    run = {"order I1 of C1": {"outcome": "hold"}, "customer C1": {"grade": "A"}}
    other = {"order I1 of C1": {"outcome": "approve"}, "customer C2": {"grade": "A"}}
    assert told(run, run) == []
    assert told(run, other) == [
        "customer C1: not in the trace: {'grade': 'A'}",
        "customer C2: not in the plain run: {'grade': 'A'}",
        "order I1 of C1: outcome is approve, in the plain run hold",
    ]


def test_a_difference_of_figures_is_null_where_a_side_is() -> None:
    """Dates differ in days; a key of one side counts as 0 on the other."""
    one = {"peak": "2026-01-05", "ratio": None, "notices": {"d.L1": 2}, "null_reasons": {"ratio": "nothing"}}
    other = {"peak": "2026-01-09", "ratio": 1.5, "notices": {"d.L2": 3}, "null_reasons": {}}
    assert difference(one, other) == {"peak": 4, "ratio": None, "notices": {"d.L1": -2, "d.L2": 3}}


def _leaves(value: object) -> Iterator[object]:
    if isinstance(value, Mapping):
        for one in value.values():
            yield from _leaves(one)
    else:
        yield value


def _invoices(run: Happened) -> Mapping[str, Mapping[str, object]]:
    return {about: said for about, said in said_of_run(run).items() if about.startswith("invoice ")}


def _posted_at_once(ledger: Ledger) -> Ledger:
    histories = {}
    for name, one in ledger.histories.items():
        histories[name] = replace(
            one,
            invoices=tuple(replace(each, posted_on=each.issue_date) for each in one.invoices),
            payments=tuple(replace(each, posted_on=each.date) for each in one.payments),
            adjustments=tuple(replace(each, posted_on=each.date) for each in one.adjustments),
        )
    return replace(ledger, histories=histories)


def _apart(ledger: Ledger) -> Iterator[Ledger]:
    sets: list[set[str]] = []
    for name, history in ledger.histories.items():
        kin = {name} | {version.parent_id for version in history.versions if version.parent_id}
        joined = [one for one in sets if one & kin]
        sets = [one for one in sets if not one & kin] + [kin.union(*joined)]
    for members in sets:
        yield _only(ledger, sorted(members))


def _only(ledger: Ledger, names: Sequence[str]) -> Ledger:
    histories: dict[str, CustomerHistory] = {name: ledger.histories[name] for name in names}
    return replace(ledger, histories=histories, roots={name: ledger.roots[name] for name in names})
