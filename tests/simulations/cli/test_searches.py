"""`policy sweep`, `policy seek` and `policy simulate --stress` from the command line to the files."""

import csv
import json
from collections.abc import Mapping
from pathlib import Path

import pytest

from simulations.cli import searching
from simulations.runs.disagreement import Disagreement
from simulations.search.trust import Sample
from tests.cli.running import Ran, policy, refusal
from tests.simulations.cli.dialled_files import write_dialled
from tests.simulations.search.dialled import PREPAYING

WINDOW = ("--from", "2026-01-15", "--to", "2026-02-20")
GOAL = ("--goal", "sales >= 500", "--judge-from", "2026-02-01")
DAYS = ("--parameters", "hold_after_days=0..30/10")


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """Give the folders of a small ledger and of a policy with two dials."""
    return write_dialled(tmp_path_factory.mktemp("dialled"))


def asked(files: tuple[Path, Path], command: str, *more: str | Path) -> Ran:
    """Run a command over the ledger."""
    ledger, folder = files
    return policy(command, "--ledger", ledger, "--policy", folder, *WINDOW, *more)


def read(file: Path) -> Mapping[str, object]:
    """Return the report in a file, without what differs from run to run."""
    report = json.loads(file.read_text("utf-8"))
    assert report["run"].pop("seconds") > 0
    return report


def test_a_sweep_shows_the_curve_and_names_where_nothing_changes(files: tuple[Path, Path]) -> None:
    ran = asked(files, "sweep", "--parameter", "hold_after_days")
    assert (0, "") == (ran.exit_code, ran.err)
    for part in (
        "hold_after_days (Hold after): 0 to 30, steps of 1; now 7",
        "Every one of 31 steps was run.",
        "1,400.00 (0)",
        "- hold_after_days from 20 to 30: every figure is the same (11 steps)",
        "- hold_after_days from 5 to 7: every figure is the same (3 steps); today's value lies in it",
        "12 / 12 sampled orders of 3 runs decided alike by the live engines",
    ):
        assert part in ran.out
    assert "gaps" not in ran.out


def test_a_sweep_writes_its_report_and_its_table(files: tuple[Path, Path], tmp_path: Path) -> None:
    ran = asked(
        files,
        "sweep",
        "--parameter",
        "hold_after_days=0..9",
        "--json",
        tmp_path / "a.json",
        "--csv",
        tmp_path / "a.csv",
    )
    assert 0 == ran.exit_code
    report = read(tmp_path / "a.json")
    assert {"run", "parameters", "own", "points", "has_every_step", "flat", "gaps", "caveats", "evidence"} == set(
        report
    )
    assert 10 == len(report["points"])  # type: ignore[arg-type]
    with (tmp_path / "a.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert [str(value) for value in range(10)] == [row["hold_after_days"] for row in rows]
    assert ["140000", "70000"] == [rows[place]["held_amount"] for place in (0, 9)]
    assert {"a.json", "a.csv"} == {one.name for one in tmp_path.iterdir()}


def test_the_same_sweep_writes_the_same_report_on_any_number_of_threads(
    files: tuple[Path, Path], tmp_path: Path
) -> None:
    reports = []
    for threads in ("1", "2"):
        asked(files, "sweep", "--parameter", "hold_after_days", "--threads", threads, "--json", tmp_path / "a.json")
        reports.append(read(tmp_path / "a.json"))
    assert reports[0] == reports[1]


def test_a_grid_shows_both_parameters_and_the_figure_asked_for(files: tuple[Path, Path]) -> None:
    names = "hold_after_days=0..30/10,largest_order=200..400/100"
    ran = asked(files, "sweep", "--parameter", names, "--figure", "reasons.PAST_DUE.orders")
    assert 0 == ran.exit_code
    for part in (
        "hold_after_days \\ largest_order",
        "reasons.PAST_DUE.orders",
        "Every one of 15 combinations was run.",
    ):
        assert part in ran.out


def test_fewer_runs_than_steps_are_said(files: tuple[Path, Path]) -> None:
    ran = asked(files, "sweep", "--parameter", "hold_after_days", "--runs", "5")
    assert "5 of 31 steps were run; figures are known at these alone." in ran.out
    assert "pairs of neighbouring runs figures change at a step that was not run" in ran.out


def test_a_sweep_speaks_chinese(files: tuple[Path, Path]) -> None:
    ran = asked(files, "sweep", "--parameter", "hold_after_days", "--language", "zh")
    for part in ("双参数政策", "全部 31 档均已试算。", "指标不变的区间：", "冻结金额", "经在线引擎复核一致"):
        assert part in ran.out


@pytest.mark.parametrize(
    ("command", "asked_for"),
    [("sweep", ("--parameter", "hold_after_days=0..25/5")), ("seek", ("--goal", "prepaid >= 3", *GOAL[2:], *DAYS))],
    ids=["sweep", "seek"],
)
@pytest.mark.parametrize(
    ("language", "sold", "mostly"),
    [
        ("en", "Orders against prepayment count as sold and paid", "More than half of the orders are against prepay"),
        ("zh", "预付订单按已付款、已成交计入", "一半以上的订单须预付"),
    ],
    ids=["en", "zh"],
)
def test_runs_that_ask_for_prepayment_are_told_to_take_it_as_paid(
    tmp_path: Path, command: str, asked_for: tuple[str, ...], language: str, sold: str, mostly: str
) -> None:
    files = write_dialled(tmp_path, dials=PREPAYING["head"], order_check=PREPAYING["order_check"])
    ran = asked(files, command, *asked_for, "--language", language, "--json", tmp_path / "a.json")
    assert "" == ran.err
    assert 0 < ran.out.index(sold) < ran.out.index(mostly)
    codes = [one["code"] for one in json.loads((tmp_path / "a.json").read_text("utf-8"))["caveats"]]
    assert ["PREPAID_IS_SOLD", "MOSTLY_PREPAID"] == codes[:2]


def test_a_search_that_meets_its_goal_says_what_to_set(files: tuple[Path, Path], tmp_path: Path) -> None:
    """At 10 days 200 and 300 are sold in January; in February C2 orders 500, 8 days past due."""
    ran = asked(files, "seek", *GOAL, *DAYS, "--json", tmp_path / "a.json", "--csv", tmp_path / "a.csv")
    assert (0, "") == (ran.exit_code, ran.err)
    for part in (
        "Found: these values meet every condition in the period searched, and in the later one that judges.",
        "searched: 2026-01-15 to 2026-01-31",
        "judged: 2026-02-01 to 2026-02-19",
        "hold_after_days: {value: 10, ...}",
        "Every one of 5 combinations of steps was run, and 3 met every condition: there is no better answer.",
    ):
        assert part in ran.out
    assert ("met", {"hold_after_days": 10}) == (read(tmp_path / "a.json")["verdict"], read_found(tmp_path / "a.json"))
    assert "figure,search_own,search_found,judge_own,judge_found" == (tmp_path / "a.csv").read_text().splitlines()[0]


def read_found(file: Path) -> object:
    """Return the values that a search found."""
    return json.loads(file.read_text("utf-8"))["found"]


def test_a_later_period_that_the_policy_meets_as_it_stands_judges_nothing(files: tuple[Path, Path]) -> None:
    """At 7 days two orders are held in January, and one in February; of sales nothing is made there."""
    judges_nothing = "that period does not tell the two apart"
    assert judges_nothing in asked(files, "seek", "--goal", "held <= 1", "--judge-from", "2026-02-01", *DAYS).out
    assert judges_nothing not in asked(files, "seek", *GOAL, *DAYS).out


@pytest.mark.parametrize(
    ("goal", "says"),
    [
        ("sales >= 900", "Do not rely on it"),
        ("sales >= 901", "Nothing found meets every condition. The nearest that was run is shown."),
        ("bad_debt_ratio < 0%", "Nothing found meets every condition."),
    ],
)
def test_a_search_that_does_not_says_so_and_ends_with_1(files: tuple[Path, Path], goal: str, says: str) -> None:
    ran = asked(files, "seek", "--goal", goal, "--judge-from", "2026-02-01", *DAYS)
    assert (1, "") == (ran.exit_code, ran.err)
    assert says in ran.out
    assert "set in policy.yaml" not in ran.out


def test_a_goal_that_is_met_already_changes_nothing(files: tuple[Path, Path]) -> None:
    ran = asked(files, "seek", "--goal", "orders >= 1", "--judge-from", "2026-02-01", *DAYS)
    assert 0 == ran.exit_code
    assert "Nothing to change: the policy as it stands meets every condition in both periods." in ran.out
    assert "(unchanged)" in ran.out


def test_a_figure_that_cannot_be_computed_is_explained(files: tuple[Path, Path]) -> None:
    """At 0 days nothing is sold at all, so that there is no ratio to sales."""
    parameters = ("--parameters", "hold_after_days=0..0", "--judge-from", "2026-02-01")
    ran = asked(files, "seek", "--goal", "bad_debt_ratio <= 1%", *parameters)
    assert 1 == ran.exit_code
    assert "bad debt ratio cannot be computed: Nothing was sold in the window." in ran.out


def test_a_search_speaks_chinese(files: tuple[Path, Path]) -> None:
    ran = asked(files, "seek", *GOAL, *DAYS, "--keep", "held <= +0%", "--language", "zh")
    for part in ("已找到：", "保持: held <= +0%", "搜索期", "检验期", "如要采用"):
        assert part in ran.out


def test_both_sides_of_a_simulation_are_put_under_stress(files: tuple[Path, Path], tmp_path: Path) -> None:
    """I2 is paid on 12 February; eight days later that is after the window."""
    ledger, folder = files
    sides = ("--baseline", folder, "--candidate", folder, *WINDOW)
    stress = ("--stress", "sector=food,days_late+8")
    ran = policy("simulate", "--ledger", ledger, *sides, *stress, "--json", tmp_path / "a.json")
    assert (0, "") == (ran.exit_code, ran.err)
    for part in ("Stress: sector=food,days_late+8: from 2026-01-15 on. Customers hit: 1; payments", "STRESSED"):
        assert part in ran.out + (tmp_path / "a.json").read_text("utf-8")
    assert "candidate, under stress" in ran.out
    assert "baseline, under stress" not in ran.out
    report = read(tmp_path / "a.json")
    without = report["stress"]["without"]["candidate"]  # type: ignore[index]
    assert (20_000, 0) == (without["collected"], report["candidate"]["collected"])  # type: ignore[index]


def test_a_stress_that_changes_nothing_is_said(files: tuple[Path, Path]) -> None:
    ran = asked(files, "sweep", "--parameter", "hold_after_days=0..1", "--stress", "sector=construction,days_late+8")
    assert 0 == ran.exit_code
    assert "Nothing is changed by it: no payment of those customers is dated from that day on." in ran.out


@pytest.mark.parametrize(
    ("command", "more", "code"),
    [
        ("sweep", ("--parameter", "tolerence"), "R540"),
        ("sweep", ("--parameter", "free"), "R541"),
        ("sweep", ("--parameter", "hold_after_days=0..99"), "R515"),
        ("sweep", ("--parameter", "share,strict,largest_order"), "R542"),
        ("sweep", ("--parameter", "share", "--figure", "losses"), "R544"),
        ("sweep", ("--parameter", "share", "--to", "2026-01-15"), "R510"),
        ("sweep", ("--parameter", "share", "--csv", "/there/is/none.csv"), "R513"),
        ("sweep", ("--parameter", "share", "--stress", "days_late"), "R530"),
        ("sweep", ("--parameter", "share", "--stress", "days_late+999"), "R531"),
        ("sweep", ("--parameter", "share", "--stress", "planet=mars,days_late+9"), "R532"),
        ("sweep", ("--parameter", "share", "--stress", "sector=mars,days_late+9"), "R533"),
        ("seek", ("--goal", "sales > much", "--parameters", "share"), "R543"),
        ("seek", ("--goal", "losses > 1", "--parameters", "share"), "R544"),
        ("seek", ("--goal", "sales > 1", "--keep", "held", "--parameters", "share"), "R543"),
        ("seek", ("--goal", "sales > 1", "--parameters", "share", "--judge-from", "2026-02-20"), "R545"),
        ("seek", ("--goal", "sales > 1", "--parameters", "share", "--judge-from", "2026-01-15"), "R545"),
        ("seek", ("--goal", "sales > 1", "--parameters", "share", "--to", "2026-09-01"), "R547"),
        ("seek", ("--goal", "sales > 1", "--parameters", "share", "--from", "2025-01-01"), "R547"),
    ],
)
def test_what_cannot_be_run_is_refused(
    files: tuple[Path, Path], command: str, more: tuple[str, ...], code: str
) -> None:
    refusal(asked(files, command, *more), code)


def test_a_sweep_of_a_window_without_orders_says_so(files: tuple[Path, Path]) -> None:
    ran = asked(files, "sweep", "--parameter", "hold_after_days=0..1", "--from", "2030-01-01", "--to", "2030-02-01")
    assert 0 == ran.exit_code
    assert "No order is dated in the window" in ran.out


def test_a_sample_that_the_live_engines_decide_otherwise_fails_the_runs(
    files: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    doubted = Sample(7, (Disagreement("dialled", "C1", "I2", "2026-01-16", "exposure is 1 in the run, 2 live"),))
    monkeypatch.setattr("simulations.search.sweep.decided_alike", lambda *_: doubted)
    ran = asked(files, "sweep", "--parameter", "hold_after_days=0..1")
    assert 1 == ran.exit_code
    assert "[E014]" in ran.err
    assert "6 / 7 sampled orders" in ran.out


def test_stopping_a_sweep_leaves_no_file(
    files: tuple[Path, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As by Ctrl-C in the middle of its runs: what was there stays, and nothing new is."""

    def stopped(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    (tmp_path / "a.json").write_text("before")
    monkeypatch.setattr("simulations.search.runs.added_up", stopped)
    ran = asked(files, "sweep", "--parameter", "hold_after_days", "--json", tmp_path / "a.json")
    assert 2 == ran.exit_code
    assert "Stopped." in ran.err
    assert {"a.json": "before"} == {one.name: one.read_text() for one in tmp_path.iterdir()}


def test_what_is_asked_is_checked_before_a_ledger_is_read(
    files: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    def unread(*_: object) -> None:
        raise AssertionError("The ledger was read.")

    monkeypatch.setattr(searching, "named_history", unread)
    refusal(asked(files, "seek", "--goal", "losses > 1", "--parameters", "share"), "R544")
    refusal(asked(files, "sweep", "--parameter", "share", "--stress", "days_late"), "R530")
