"""A simulation reports what the plain replay reports, and the live engines decide its orders alike."""

from collections.abc import Mapping, Sequence

import numba
import pytest

from policy_service.domain.errors import EngineFault, RequestError
from simulations.ledger_snapshot.from_ledger import snapshot_of
from simulations.replay.options import HeldOrders, Mode, Options, PaymentBehaviour
from simulations.report.contents import report_bytes
from simulations.runs.simulation import Candidate, simulate
from tests.simulations.plain.against import date, figure_differences
from tests.simulations.plain.cases import case_of, policy_of
from tests.simulations.plain.random_histories import WINDOW, Shape, history_of
from tests.simulations.runs.simulated import plainly, simulated, simulated_cases

CASES = simulated_cases()
FIGURES = ("baseline", "candidate", "difference", "swap_set", "grade_migration")


@pytest.mark.parametrize("name", CASES)
def test_a_case_has_the_figures_of_the_plain_report(name: str) -> None:
    """Every figure of both sides, the differences, the swap set and the grades are the plain ones."""
    plain, report = plainly(name), simulated(name).report
    # Why a figure has no difference is said in words of its own.
    plain["difference"].pop("null_reasons", None)
    report["difference"].pop("null_reasons", None)
    assert [] == [line for part in FIGURES for line in figure_differences(plain[part], report[part], part)]


@pytest.mark.parametrize("name", CASES)
def test_a_case_has_the_cohorts_months_and_customers_of_the_plain_report(name: str) -> None:
    plain, report = plainly(name), simulated(name).report
    for kind, values in report["cohorts"].items():
        assert [] == figure_differences(plain["cohorts"][kind], values, kind)
    assert [] == figure_differences(_by_month(plain["timeline"]), _by_month(report["timeline"]))
    assert [_customer(one) for one in plain["customers"]] == [_customer(one) for one in report["customers"]]


@pytest.mark.parametrize("name", CASES)
def test_the_live_engines_decide_every_order_of_a_case_alike(name: str) -> None:
    """Outcome, reason and row are the same, and every fact, measured in the history that the run made."""
    simulation = simulated(name)
    assert [] == [str(one) for one in simulation.disagreements]
    sample = simulation.report["run"]["sample_agreement"]
    assert {"orders": simulation.comparison.orders, "agreed": simulation.comparison.orders} == sample


@pytest.mark.parametrize("seed", range(4 if numba.config.DISABLE_JIT else 12))
def test_the_live_engines_decide_orders_of_random_ledgers_alike(seed: int) -> None:
    """Crowded, late, disputed, in other currencies, prepaid, with and without a file of orders."""
    modes = (Mode.CLOSED, Mode.CLOSED, Mode.OPEN)
    held, behaviour = list(HeldOrders)[seed % 3], list(PaymentBehaviour)[seed % 2]
    options = Options(*WINDOW, modes[seed // 3 % 3], held, 7, behaviour)
    busy = Candidate(policy_of(("busy", "group_ladders", "busy_jumps", "busy_groups")[seed % 4]))
    simulation = simulate(snapshot_of(history_of(seed, Shape(restless=seed % 4 == 1))), None, busy, options)
    assert [] == [str(one) for one in simulation.disagreements]


def test_a_policy_against_itself_differs_in_nothing() -> None:
    report = _of_two(threads=1)
    assert [] == report["customers"]
    assert {0} == {report["swap_set"][name]["orders"] for name in ("approved_only_baseline", "approved_only_candidate")}
    assert {0} == set(_numbers({name: one for name, one in report["difference"].items() if name != "null_reasons"}))


@pytest.mark.parametrize("name", ["busy", "group_ladders"])
def test_the_same_run_gives_the_same_bytes_on_any_number_of_threads(name: str) -> None:
    assert report_bytes(_of_two(1, name)) == report_bytes(_of_two(3, name))


@pytest.mark.parametrize(("value", "shown"), [(-1, "cannot be -1"), (10**6, "cannot be 1000000")])
def test_a_parameter_out_of_its_range_is_refused(value: int, shown: str) -> None:
    shipped = policy_of("manufacturer_cn")
    assert shipped is not None
    turned = Candidate(shipped, {"hold_after_days": value})
    with pytest.raises(RequestError, match=shown) as refused:
        simulate(snapshot_of(history_of(5)), None, turned, Options(*WINDOW))
    assert "R515" == refused.value.code


def test_a_parameter_that_is_none_is_refused() -> None:
    with pytest.raises(EngineFault, match="has no parameter tolerence"):
        simulate(
            snapshot_of(history_of(5)),
            None,
            Candidate(policy_of("busy"), {"tolerence": 1}),
            Options(*WINDOW),
        )


def test_the_steps_are_told_in_their_order() -> None:
    told: list[str] = []
    name = CASES[0]
    case = case_of(name)
    assert case.policy is not None
    simulate(
        snapshot_of(case.ledger),
        None,
        Candidate(case.policy),
        case.options,
        tell=lambda step, _done, _total: told.append(step),
        clock=iter([3.0, 5.5]).__next__,
    )
    assert ["replaying", "comparing", "sample"] == [one for one in dict.fromkeys(told) if one != "causes"]


def _of_two(threads: int, name: str = "busy") -> Mapping[str, object]:
    busy = Candidate(policy_of(name))
    return simulate(snapshot_of(history_of(5)), busy, busy, Options(*WINDOW), threads=threads).report


def _by_month(rows: Sequence[Mapping[str, object]]) -> Mapping[object, object]:
    return {row["month"]: {"baseline": row["baseline"], "candidate": row["candidate"]} for row in rows}


def _customer(told: Mapping[str, object]) -> Mapping[str, object]:
    why = told["why"]
    said = {name: why[name] or "" for name in ("rule_set", "row")}
    on = why["date"] if isinstance(why["date"], str) else date(why["date"])
    return {**told, "why": {**said, "date": on}}


def _numbers(figure: object) -> list[float]:
    if isinstance(figure, Mapping):
        return [number for one in figure.values() for number in _numbers(one)]
    return [figure] if isinstance(figure, int | float) else []
