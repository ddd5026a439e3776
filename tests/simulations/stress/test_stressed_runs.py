"""Runs over a ledger under stress: figures worked out by hand, and none that changes where nothing is affected."""

import re
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest
from python_calamine import CalamineWorkbook

from simulations.accounting.costs import Costs
from simulations.accounting.kpis import Kpis
from simulations.executors.port import Executor
from simulations.executors.process_pool import ProcessPool
from simulations.ledger_snapshot.snapshot import Snapshot
from simulations.replay.options import Options
from simulations.report.contents import report_bytes, report_of
from simulations.report.page.writing import write_page
from simulations.report.workbook import write_workbook
from simulations.runs.simulation import Candidate, Simulation, simulate
from simulations.runs.single_run import single_run
from simulations.runs.stressed_simulation import simulate_stressed
from simulations.stress.applying import stressed
from simulations.stress.reading import read_stress
from tests.simulations.plain.cases import policy_of
from tests.simulations.stress.ledgers import day, small_ledger

OPTIONS = Options(day("2026-02-01"), day("2026-03-01"))


def run(snapshot: Snapshot) -> Kpis:
    """Return the figures of February under a policy that approves everything."""
    approves = policy_of("approve_all")
    assert approves is not None
    return single_run(snapshot, Candidate(approves), OPTIONS, Costs())


def worse(*texts: str) -> Snapshot:
    """Return the ledger under these stresses."""
    return stressed(small_ledger(), [read_stress(text) for text in texts], OPTIONS.begins).snapshot


def simulated(text: str, candidate: str = "limit_1000", executor: Executor | None = None) -> Simulation:
    """Return the simulation of two policies under a stress."""
    sides = [policy_of(name) for name in ("approve_all", candidate)]
    under = stressed(small_ledger(), [read_stress(text)], OPTIONS.begins)
    assert sides[0] is not None
    assert sides[1] is not None
    return simulate_stressed(under, Candidate(sides[0]), Candidate(sides[1]), OPTIONS, executor=executor)


def test_as_recorded_everything_due_in_february_is_paid() -> None:
    """100 + 200 + 250 + 800 + the deposit of 20; of I5 30 are open, not due."""
    kpis = run(small_ledger())
    assert (137_000, 3_000, 0) == (kpis["collected"], kpis["open_balance_end"], kpis["past_due_balance_end"])


def test_builders_who_pay_twenty_days_later_leave_two_of_three_past_due() -> None:
    """I1 is paid on 24 February, 20 days late; 200 of I2 and 250 of I3 come in March; the baker and the deposit stay.

    Days late: (100 x 20 + 800 x 0) / 900.
    """
    kpis = run(worse("sector=construction,days_late+20"))
    assert (92_000, 48_000, 45_000) == (kpis["collected"], kpis["open_balance_end"], kpis["past_due_balance_end"])
    assert 200_000 / 90_000 == kpis["days_late_mean_weighted"]
    assert {"not_due": 3_000, "1_30": 45_000, "31_60": 0, "61_90": 0, "over_90": 0} == kpis["ageing"]


def test_builders_who_stop_paying_leave_all_past_due() -> None:
    """800 of the baker alone; 100 + 200 + 250 stay open; of I5 all 50, not due. Nothing is written off."""
    kpis = run(worse("sector=construction,default_share=100%"))
    assert (80_000, 60_000, 55_000) == (kpis["collected"], kpis["open_balance_end"], kpis["past_due_balance_end"])
    assert 0 == kpis["write_offs"]


@pytest.mark.parametrize("text", ["days_late+0", "default_share=0%", "industry=food,segment=normal,days_late+20"])
def test_where_nothing_is_affected_every_figure_is_as_without_stress(text: str) -> None:
    assert run(small_ledger()) == run(worse(text))


def test_a_policy_meets_the_worse_history_day_by_day() -> None:
    """B1 orders 50 on 20 February: with 100 still open beside the deposit it is past due by then, so it is declined."""
    holds = policy_of("declines_past_due")
    assert holds is not None
    outcomes = [
        single_run(snapshot, Candidate(holds), OPTIONS, Costs())["declined"]
        for snapshot in (small_ledger(), worse("sector=construction,days_late+20"))
    ]
    assert [0, 1] == outcomes


def test_a_simulation_under_stress_tells_both_sides_with_and_without_it() -> None:
    simulation = simulated("sector=construction,days_late+20", "declines_past_due")
    report = simulation.report
    assert [0, 1] == [report["stress"]["without"]["candidate"]["declined"], report["candidate"]["declined"]]
    assert 137_000 == report["stress"]["without"]["baseline"]["collected"]
    assert small_ledger().hash == report["stress"]["recorded_ledger_hash"] != report["run"]["ledger_hash"]
    effect = report["stress"]["effects"][0]
    assert (3, 4, 20, "2026-02-01") == (
        effect["customers"], effect["payments_later"], effect["days_late"], effect["from"],
    )  # fmt: skip


def test_nothing_under_stress_is_called_observed_and_the_first_caveat_says_why() -> None:
    simulation = simulated("days_late+1")
    assert {"assumed"} == set(simulation.report["evidence"].values())
    assert "STRESSED" == simulation.report["caveats"][0]["code"]


def test_the_stress_is_part_of_the_run_key() -> None:
    plain = simulate(
        small_ledger(), *(Candidate(policy) for name in ("approve_all", "limit_1000") if (policy := policy_of(name))),
        OPTIONS,
    )  # fmt: skip
    keys = {plain.comparison.key, *(simulated(text).comparison.key for text in ("days_late+1", "days_late+2"))}
    assert 3 == len(keys)
    assert simulated("days_late+1").comparison.key in keys


def test_the_live_engines_confirm_a_run_under_stress() -> None:
    simulation = simulated("sector=construction,days_late+20,default_share=50%", "declines_past_due")
    assert simulation.is_confirmed
    assert 0 < simulation.circumstances.re_decided


def test_processes_of_their_own_come_to_the_same_under_stress() -> None:
    """They map the ledger under stress from a folder that is made for them."""
    asked = "sector=construction,days_late+20,default_share=50%", "declines_past_due"
    with closing(ProcessPool(1)) as pool:
        found = simulated(*asked, pool)
    assert found.is_confirmed
    assert report_bytes(simulated(*asked).report) == report_bytes(found.report)


def test_a_report_without_stress_says_nothing_of_one() -> None:
    simulation = simulated("days_late+1")
    assert "stress" not in report_of(simulation.comparison, replace(simulation.circumstances, stress=None))


@pytest.mark.parametrize(
    ("language", "told"),
    [
        ("en", "from 2026-02-01 on. Customers hit: 3; payments that come 20 days later: 4."),
        ("zh", "自 2026-02-01 起。涉及客户 3 个；推迟 20 天的回款 4 笔。"),
    ],
)
def test_a_page_of_a_run_under_stress_says_before_any_figure_what_the_stress_was(
    language: str, told: str, tmp_path: Path
) -> None:
    simulation = simulated("sector=construction,days_late+20")
    write_page(tmp_path / "report.html", simulation.comparison, simulation.circumstances, language)
    page = (tmp_path / "report.html").read_text("utf-8")
    assert page.index("sector=construction,days_late+20") < page.index(told) < page.index('id="in-short"')


@pytest.mark.parametrize(("language", "label"), [("en", "Collected"), ("zh", "回款")])
def test_a_page_of_a_run_under_stress_has_every_figure_without_it_too(
    language: str, label: str, tmp_path: Path
) -> None:
    """As recorded 1,370 is collected; of the builders' 450 and their deposit some comes too late for February."""
    simulation = simulated("sector=construction,days_late+20", "approve_all")
    write_page(tmp_path / "report.html", simulation.comparison, simulation.circumstances, language)
    page = (tmp_path / "report.html").read_text("utf-8")
    (table,) = re.findall(r'<table role="table" class="stacked" id="stress-rows">(.*?)</table>', page, re.DOTALL)
    (row,) = re.findall(rf'scope="row">{label}</th>(.*?)</tr>', table)
    assert ["1,370.00", "920.00"] * 2 == re.findall(r'class="number" data-label="[^"]+">([^<]*)<', row)


def test_a_workbook_of_a_run_under_stress_has_what_it_was_and_the_figures_without_it(tmp_path: Path) -> None:
    simulation = simulated("sector=construction,days_late+20")
    write_workbook(tmp_path / "report.xlsx", simulation.comparison, simulation.circumstances)
    book = CalamineWorkbook.from_path(tmp_path / "report.xlsx")
    assert ["Stress", "Without stress"] == book.sheet_names[-2:]
    told = book.get_sheet_by_name("Stress").to_python()
    assert ["1", "chosen.sector", "construction"] in told
    assert ["1", "payments_later", "4"] in told
    without = {row[0]: row[1:] for row in book.get_sheet_by_name("Without stress").to_python()}
    stress = simulation.report["stress"]["without"]
    amounts = [stress[side]["collected"] / 100 for side in ("baseline", "candidate")]
    assert ["Collected", "回款", "CNY", *amounts] == without["collected"]
