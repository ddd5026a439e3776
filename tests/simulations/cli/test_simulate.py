"""`policy simulate` from the command line to the report."""

import gc
import json
import re
import shutil
from pathlib import Path

import pytest

from simulations.cli import running
from simulations.cli.summary import SHOWN, _rounded
from simulations.cli.wording import is_worded, word
from simulations.runs.disagreement import Disagreement
from simulations.runs.simulation import Step
from tests.cli.running import RULES, Ran, policy, refusal

MONTH = ("--from", "2025-12-01", "--to", "2026-01-01")


def simulated(
    ledger: Path, *more: str | Path, baseline: str = "manufacturer_cn", candidate: str = "distributor_cn"
) -> Ran:
    """Run the command over a month."""
    sides = ("--baseline", baseline, "--candidate", candidate)
    return policy("simulate", "--ledger", ledger, *sides, *MONTH, *more)


def test_two_policies_are_compared_on_the_terminal_and_in_the_report(ledger: Path, tmp_path: Path) -> None:
    ran = simulated(ledger, "--json", tmp_path / "report.json")
    assert (0, "") == (ran.exit_code, ran.err)
    report = json.loads((tmp_path / "report.json").read_text("utf-8"))
    orders = report["run"]["orders"]
    assert orders == sum(cell["orders"] for cell in report["swap_set"].values()) == report["baseline"]["orders"]
    for part in (
        "baseline: Manufacturer, open account",
        f"{orders:,} orders, closed loop",
        "approved by both",
        "Approved here is approved, or approved against prepayment.",
        "caveats",
        f"Run key {report['run']['key']}",
        "orders of a sample decided alike by the live engines",
    ):
        assert part in ran.out
    sample = report["run"]["sample_agreement"]
    assert min(orders, 100) == sample["orders"] == sample["agreed"]


def test_what_was_loaded_before_a_run_is_garbage_again_after_it() -> None:
    """While the run lasts the collector passes it over."""
    with running.loaded_for_good():
        assert gc.get_freeze_count() > 0
    assert 0 == gc.get_freeze_count()


def test_the_summary_speaks_chinese(ledger: Path) -> None:
    ran = simulated(ledger, "--language", "zh", baseline="recorded")
    assert (0, "") == (ran.exit_code, ran.err)
    for part in ("基准：账簿所载的现行做法", "销售额", "决策变化", "须知", "经在线引擎复核一致"):
        assert part in ran.out


def test_the_summary_says_in_chinese_what_the_candidate_changes(ledger: Path, tmp_path: Path) -> None:
    shutil.copytree(RULES / "manufacturer_cn", tmp_path / "candidate")
    text = (tmp_path / "candidate" / "policy.yaml").read_text("utf-8")
    changed = text.replace("hold_after_days: {value: 15", "hold_after_days: {value: 45")
    (tmp_path / "candidate" / "policy.yaml").write_text(changed, "utf-8")
    ran = simulated(ledger, "--language", "zh", candidate=str(tmp_path / "candidate"))
    assert "- 参数 hold_after_days：由 15 改为 45" in ran.out


def test_the_page_of_a_run_speaks_the_language_of_the_command(ledger: Path, tmp_path: Path) -> None:
    ran = simulated(ledger, "--html", tmp_path / "report.html", "--json", tmp_path / "report.json", "--language", "zh")
    assert (0, "") == (ran.exit_code, ran.err)
    page = (tmp_path / "report.html").read_text("utf-8")
    assert '<html lang="zh-Hans"' in page
    assert json.loads((tmp_path / "report.json").read_text("utf-8"))["run"]["key"] in page


def test_a_capacity_stands_in_the_report_and_on_the_page(ledger: Path, tmp_path: Path) -> None:
    stated = ("--capacity", "sales", "1", "--capacity", "credit_manager", "40")
    simulated(ledger, *stated, "--json", tmp_path / "report.json", "--html", tmp_path / "report.html")
    report = json.loads((tmp_path / "report.json").read_text("utf-8"))
    assert {"credit_manager": 40, "sales": 1} == report["workload"]["capacity"]
    assert "Capacity a week" in (tmp_path / "report.html").read_text("utf-8")


def test_a_capacity_of_a_role_without_steps_is_refused(ledger: Path) -> None:
    refusal(simulated(ledger, "--capacity", "salez", "3"), "R516")


def test_every_word_of_the_summary_is_there_in_chinese() -> None:
    timed = {*Step, "started", "ledger", "compiled_code", "run_took", "before_it", "size", "same_policy", "changes"}
    every = {
        *SHOWN,
        *timed,
        "baseline",
        "candidate",
        "difference",
        "low_high",
        "evidence",
        "observed",
        "bounded",
    }
    assert set() == {name for name in every if not is_worded(name)}
    assert "bounded" == word("bounded", "en")


def test_a_policy_against_itself_moves_nobody(ledger: Path, tmp_path: Path) -> None:
    ran = simulated(ledger, "--json", tmp_path / "report.json", candidate="manufacturer_cn")
    assert 0 == ran.exit_code
    assert "No customer has an order that is decided otherwise." in ran.out
    assert [] == json.loads((tmp_path / "report.json").read_text("utf-8"))["customers"]


def test_the_same_run_writes_the_same_bytes_but_for_its_seconds(ledger: Path, tmp_path: Path) -> None:
    reports = []
    for threads in ("1", "2"):
        simulated(ledger, "--json", tmp_path / "report.json", "--threads", threads)
        report = json.loads((tmp_path / "report.json").read_text("utf-8"))
        assert report["run"].pop("seconds") > 0
        reports.append(report)
    assert reports[0] == reports[1]


def test_the_options_reach_the_run(ledger: Path, tmp_path: Path) -> None:
    simulated(
        ledger, "--json", tmp_path / "report.json", "--mode", "open", "--held-orders", "released",
        "--release-days", "7", "--payment-behaviour", "keep_date", "--yearly-rate", "6.5%",
        "--margin", "0.3", "--loss-given-default", "0.9",
        "--cost-per-step", "12.50",
    )  # fmt: skip
    run = json.loads((tmp_path / "report.json").read_text("utf-8"))["run"]
    assert ("open", {"from": "2025-12-01", "to": "2026-01-01"}) == (run["mode"], run["window"])
    assert {
        "held_orders": "released", "release_days": 7, "payment_behaviour": "keep_date", "yearly_rate": "0.065",
        "margin": "0.3", "loss_given_default": "0.9", "cost_per_step": 1250,
    } == run["assumptions"]  # fmt: skip


def test_a_sample_that_the_live_engines_decide_otherwise_fails_the_run(
    ledger: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The report says how many agree, the exit code is 1, and the error names the order."""
    wrong = Disagreement("distributor_cn", "C1", "I1", "2025-03-01", "exposure is 1 in the run, 2 live")
    simulate = running.simulate

    def doubted(*asked: object, **more: object) -> object:
        found = simulate(*asked, **more)  # type: ignore[arg-type]
        return type(found)(found.comparison, found.circumstances, [wrong])

    monkeypatch.setattr(running, "simulate", doubted)
    ran = simulated(ledger)
    assert 1 == ran.exit_code
    assert "order I1 of C1 on 2025-03-01 under distributor_cn: exposure is 1 in the run, 2 live" in ran.err
    assert "[E014]" in ran.err


@pytest.mark.parametrize(
    ("more", "code"),
    [
        (("--to", "2025-12-01"), "R510"),
        (("--from", "2026-06-01"), "R510"),
        (("--from", "1025-01-01"), "R514"),
        (("--cost-per-step", "much"), "L231"),
        (("--csv", "/there/is/none.csv"), "R513"),
    ],
)
def test_what_cannot_be_run_is_refused(ledger: Path, more: tuple[str, ...], code: str) -> None:
    refusal(simulated(ledger, *more), code)


@pytest.mark.parametrize(
    "more", [("--margin", "120%"), ("--yearly-rate", "a lot"), ("--threads", "0"), ("--mode", "wide")]
)
def test_an_option_that_cannot_be_read_is_refused(ledger: Path, more: tuple[str, str]) -> None:
    ran = simulated(ledger, *more)
    assert (2, "") == (ran.exit_code, ran.out)
    assert more[0] in ran.err


def test_what_changed_between_the_policies_is_said(ledger: Path, tmp_path: Path) -> None:
    shutil.copytree(RULES / "manufacturer_cn", tmp_path / "turned")
    file = tmp_path / "turned" / "policy.yaml"
    text = file.read_text("utf-8")
    file.write_text(text.replace("hold_after_days: {value: 15", "hold_after_days: {value: 45"), "utf-8")
    ran = simulated(ledger, candidate=str(tmp_path / "turned"))
    assert "- parameter hold_after_days: 15 -> 45" in ran.out
    assert "Both policies are the same" in simulated(ledger, candidate="manufacturer_cn").out
    assert "changes between the two policies" in simulated(ledger).out


def test_the_run_is_timed_apart_from_what_came_before_it(ledger: Path) -> None:
    ran = simulated(ledger)
    took = r"\d+\.\d\d"
    steps = ", ".join(f"{step} {took}" for step in ("replaying both", "comparing", "causes", "sample by the.*?"))
    assert re.search(f"The run took {took} s: {steps}\\.", ran.out)
    assert re.search(f"Before it: start and imports {took}, ledger {took}, compiled code {took}\\.", ran.out)


def test_a_first_compilation_is_announced_and_timed(ledger: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(running, "is_compiled", lambda *_: False)
    english, chinese = simulated(ledger).err, simulated(ledger, "--language", "zh").err
    assert "The simulator is compiled now, once for this machine" in english
    assert re.search(r"Compiled in \d+ seconds\.", english)
    assert re.search(r"正在编译模拟器.*\n编译用时 \d+ 秒", chinese)


def test_nothing_is_compiled_for_what_is_refused(ledger: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(running, "is_compiled", lambda *_: False)
    assert "compiled" not in refusal(simulated(ledger, "--from", "2026-06-01"), "R510")


def test_caveats_name_in_chinese_what_they_are_about(tmp_path: Path) -> None:
    write_ledger(tmp_path)
    sides = ("--baseline", "recorded", "--candidate", "manufacturer_cn", "--language", "zh")
    out = policy("simulate", "--ledger", tmp_path, *sides).out.replace("\n", "")
    assert "客户档案没有 current_assets、" in out


def test_shares_are_in_per_cent_and_what_rounds_to_nothing_has_no_sign() -> None:
    assert ("+1.18", "0.00", "-0.01") == tuple(_rounded(each, 2, signed=True) for each in (1.18, -0.004, -0.006))


@pytest.mark.parametrize("where", ["simulate", "write_results"])
def test_a_run_that_is_stopped_leaves_nothing(
    ledger: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, where: str
) -> None:
    """Whoever presses Ctrl-C is told so, and finds no result."""

    def stopped(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(running, where, stopped)
    ran = simulated(ledger, "--json", tmp_path / "report.json", "--xlsx", tmp_path / "report.xlsx")
    assert (2, "", "Stopped.") == (ran.exit_code, ran.out, ran.err.strip())
    assert [] == list(tmp_path.iterdir())


def test_an_unknown_policy_is_refused(ledger: Path) -> None:
    assert "Name a folder, or one of" in refusal(simulated(ledger, candidate="nobody"), "R401")
    refusal(simulated(ledger, baseline="nobody"), "R401")


def test_policies_in_two_currencies_are_refused(ledger: Path) -> None:
    refusal(simulated(ledger, candidate="sme_simple"), "R512")


def test_a_ledger_without_orders_is_refused(tmp_path: Path) -> None:
    (tmp_path / "customers.csv").write_text("customer_id\nC1\n")
    (tmp_path / "invoices.csv").write_text("invoice_id,customer_id,issue_date,due_date,amount\n")
    refusal(
        policy("simulate", "--ledger", tmp_path, "--baseline", "recorded", "--candidate", "manufacturer_cn"), "R511"
    )


def write_ledger(folder: Path) -> None:
    """Write a ledger of one invoice."""
    (folder / "customers.csv").write_text("customer_id\nC1\n")
    (folder / "invoices.csv").write_text(
        "invoice_id,customer_id,issue_date,due_date,amount\nI1,C1,2026-01-05,2026-02-05,100.00\n"
    )


def test_a_ledger_without_payments_and_customer_facts_says_what_it_lacks(tmp_path: Path) -> None:
    write_ledger(tmp_path)
    ran = policy("simulate", "--ledger", tmp_path, "--baseline", "recorded", "--candidate", "manufacturer_cn")
    assert (0, "") == (ran.exit_code, ran.err)
    assert "The ledger has no payments" in ran.out
    assert "The customer file does not have" in ran.out


def test_a_window_without_orders_is_said(ledger: Path, tmp_path: Path) -> None:
    sides = ("--baseline", "recorded", "--candidate", "manufacturer_cn")
    window = ("--from", "2030-01-01", "--to", "2030-01-02")
    ran = policy("simulate", "--ledger", ledger, *sides, *window, "--json", tmp_path / "report.json")
    assert 0 == ran.exit_code
    assert "No order is dated in the window." in ran.out
    told = json.loads((tmp_path / "report.json").read_text())["caveats"]
    assert "NO_ORDERS" == told[0]["code"]


def test_nothing_is_left_of_a_run_that_is_refused(ledger: Path, tmp_path: Path) -> None:
    shutil.copytree(RULES / "distributor_cn", tmp_path / "broken")
    (tmp_path / "broken" / "order_check.yaml").write_text("decision_table: order_check\nrows: [")
    ran = simulated(ledger, "--json", tmp_path / "report.json", candidate=str(tmp_path / "broken"))
    assert 2 == ran.exit_code
    assert {"broken"} == {one.name for one in tmp_path.iterdir()}
