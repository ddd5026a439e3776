"""Sweeps and searches over replays: what they say is what single runs say."""

from dataclasses import replace
from decimal import Decimal
from itertools import product
from pathlib import Path
from random import Random

import pytest
import yaml

from simulations.accounting.kpis import Kpis
from simulations.replay.options import Mode
from simulations.runs.live_sample import with_parameters
from simulations.runs.simulation import Candidate, simulate
from simulations.runs.single_run import single_run
from simulations.search.asked import Asked
from simulations.search.conditions import read_conditions
from simulations.search.dials import dial_of, dials_of
from simulations.search.figures import figure_of
from simulations.search.goal_search import GoalSearch, answers, search_goal, search_report, search_rows
from simulations.search.seeking import Verdict, missed_in_all
from simulations.search.sweep import Sweep, sweep, sweep_report, sweep_rows
from simulations.stress.applying import stressed
from simulations.stress.reading import read_stress
from tests.simulations.search.dialled import asked, policy
from tests.simulations.stress.ledgers import day

CASES = {case["name"]: case for case in yaml.safe_load((Path(__file__).parent / "cases.yaml").read_text("utf-8"))}
MONEY = ("held_amount", "sales", "reasons.LARGE_ORDER.amount")


def swept(*texts: str, of: Asked | None = None, most_runs: int = 400, threads: int = 1) -> Sweep:
    """Return the sweep over these dials."""
    of = of or asked()
    return sweep(of, dials_of(texts, of.policy, 2), most_runs=most_runs, threads=threads)


@pytest.mark.parametrize("name", CASES)
def test_a_curve_is_the_one_worked_out_by_hand(name: str) -> None:
    """Every figure named at every step, and the flat stretches between the steps at which anything changes."""
    case = CASES[name]
    turned = replace(asked(), policy=with_parameters(policy(), case.get("set", {})))
    found = swept(*case["parameter"], of=turned)
    figures = case["figures"]
    for point in found.curve.points:
        value = point.values[0]
        expected = next(part["expect"] for part in case["curve"] if part["from"] <= value <= part["to"])
        scaled = [each * 100 if figure in MONEY else each for figure, each in zip(figures, expected, strict=True)]
        assert (value, scaled) == (value, [figure_of(point.kpis, figure) for figure in figures])
    flat = [(part["from"], part["to"]) for part in case["curve"] if part["from"] < part["to"]]
    assert flat == [(stretch.first, stretch.last) for stretch in found.curve.flat]


def test_a_point_is_the_run_with_that_value() -> None:
    """By a single run, and by a simulation in which it is the candidate."""
    found, of = swept("hold_after_days=4..9"), asked()
    for point in found.curve.points:
        candidate = Candidate(of.policy, {"hold_after_days": point.values[0]})
        assert point.kpis == single_run(of.snapshot, candidate, of.options, of.costs)
    alone = simulate(of.snapshot, None, Candidate(of.policy, {"hold_after_days": 6}), of.options)
    assert alone.comparison.candidate == found.curve.points[2].kpis


def test_inside_a_flat_stretch_every_run_has_its_figures() -> None:
    """Of fewer runs than steps: steps of a stretch that were not run are, drawn at random."""
    found, random = swept("hold_after_days", most_runs=20), Random(4)
    run = {point.values: point.kpis for point in found.curve.points}
    assert not found.curve.has_every_step
    for stretch in found.curve.flat:
        inside = random.sample(range(stretch.first, stretch.last + 1), k=min(2, stretch.steps))
        for value in inside:
            assert run[(stretch.first,)] == _single({"hold_after_days": value})


def test_a_grid_is_the_runs_with_both_values() -> None:
    found = swept("hold_after_days=5..15/5", "largest_order=200..400/200")
    assert found.curve.has_every_step
    for point in found.curve.points:
        assert point.kpis == _single(dict(zip(("hold_after_days", "largest_order"), point.values, strict=True)))


def test_a_sweep_is_the_same_on_any_number_of_threads() -> None:
    one, other = (sweep_report(swept("hold_after_days=0..12", threads=threads)) for threads in (1, 3))
    assert one == other


def test_a_large_ledger_is_run_once_at_a_time_on_all_threads_to_the_same_end(monkeypatch: pytest.MonkeyPatch) -> None:
    several = sweep_report(swept("hold_after_days=0..6", threads=2))
    monkeypatch.setattr("simulations.search.runs._LARGE", 1)
    assert several == sweep_report(swept("hold_after_days=0..6", threads=2))


def test_a_sweep_is_known_by_all_that_it_depends_on() -> None:
    of = asked()
    others = [
        swept("hold_after_days=0..3"), swept("hold_after_days=0..4"), swept("hold_after_days=0..3", most_runs=3),
        swept("hold_after_days=0..3", of=replace(of, options=replace(of.options, mode=Mode.OPEN))),
        swept("hold_after_days=0..3", of=replace(of, costs=replace(of.costs, margin=Decimal("0.3")))),
    ]  # fmt: skip
    assert len(others) == len({one.key for one in others})
    assert swept("hold_after_days=0..3").key == others[0].key


def test_the_live_engines_confirm_a_sweep_at_its_own_value_and_its_ends() -> None:
    found = swept("hold_after_days=0..12")
    assert (3 * 4, ()) == (found.sample.orders, found.sample.disagreements)
    agreed = sweep_report(found)["run"]["sample_agreement"]
    assert {"orders": 12, "agreed": 12} == agreed


def test_the_table_of_a_sweep_has_a_row_for_each_point_and_a_column_for_each_figure() -> None:
    heading, *rows = sweep_rows(swept("hold_after_days=0..6/3", "largest_order=200..400/200"))
    assert ["hold_after_days", "largest_order"] == list(heading[:2])
    assert {"held_amount", "ageing.over_90", "reasons.PAST_DUE.orders"} <= set(heading)
    assert [["0", "200.00"], ["0", "400.00"], ["3", "200.00"]] == [list(row[:2]) for row in rows[:3]]


def searching(
    *goals: str, keep: tuple[str, ...] = (), most_runs: int = 400, judged_from: str = "2026-02-01"
) -> GoalSearch:
    """Search with both dials, in January, judged by February."""
    of = asked()
    dials = [dial_of(text, of.policy) for text in ("hold_after_days=0..30/10", "largest_order=200..400/100")]
    wanted, kept = read_conditions(goals, of.policy), read_conditions(keep, of.policy)
    return search_goal(of, dials, wanted, kept, judged_from=day("2026-02-01"))


@pytest.mark.parametrize(
    ("goal", "keep"),
    [("sales >= 500", ()), ("held_amount <= 400", ("sales >= +0%",)), ("sales >= 900", ()), ("sales >= 901", ()),
     ("held_amount <= -100", ("held <= 1",)), ("held >= 2", ("sales >= 300",))],
)  # fmt: skip
def test_a_search_finds_what_running_everything_finds(goal: str, keep: tuple[str, ...]) -> None:
    """By every combination of a small grid run one by one, in the order that the search promises."""
    found = searching(goal, keep=keep)
    own = _single({}, begins="2026-01-15", ends="2026-02-01")
    conditions = (*found.goals, *found.kept)
    worth = {}
    for values in product(*(dial.values for dial in found.dials)):
        kpis = _single(dict(zip(("hold_after_days", "largest_order"), values, strict=True)), "2026-01-15", "2026-02-01")
        turned = sum(value != own for value, own in zip(values, (7, 100_000), strict=True))
        worth[values] = (missed_in_all(conditions, kpis, own), turned)
    looked = found.judged.found
    assert min(worth.values()) == worth[looked.values]
    assert worth[looked.values][0] == looked.missed_by
    assert sum(not missed for missed, _ in worth.values()) == looked.meeting


def test_both_periods_are_runs_of_their_own() -> None:
    found = searching("sales >= 500")
    values = dict(zip(("hold_after_days", "largest_order"), found.judged.found.values, strict=True))
    for name, (begins, ends) in {"search": ("2026-01-15", "2026-02-01"), "judge": ("2026-02-01", "2026-02-20")}.items():
        _, _, period = found.periods[name]
        assert period.own == _single({}, begins, ends)
        assert period.found == _single(values, begins, ends)


def test_what_holds_in_the_searched_period_alone_is_said_so() -> None:
    """In January 900 are sold as late as 20 days; in February C2 orders 500 and nobody more."""
    found = searching("sales >= 900")
    assert Verdict.MET_IN_SEARCH_ONLY == found.judged.verdict
    report = search_report(found)
    assert "met_in_search_only" == report["verdict"]
    assert [True, False] == [report["periods"][name]["conditions"][0]["is_met"] for name in ("search", "judge")]


def test_the_report_of_a_search_tells_the_question_and_the_answer() -> None:
    found = searching("sales >= 300", keep=("held <= +0%",))
    report = search_report(found)
    assert (["sales >= 300"], ["held <= +0%"]) == (report["goal"], report["keep"])
    assert {"hold_after_days": 7, "largest_order": 100_000} == report["own"]
    assert {"from": "2026-01-15", "to": "2026-02-01"} == report["periods"]["search"]["window"]
    assert {"runs", "combinations", "has_every_combination", "meeting"} == set(report["search"])
    answer = next(answers(found, found.judged.searched))
    assert (30_000.0, 30_000.0) == (answer.bound, report["periods"]["search"]["conditions"][0]["bound"])
    heading, *rows = search_rows(found)
    assert ["figure", "search_own", "search_found", "judge_own", "judge_found"] == list(heading)
    assert str(found.judged.searched.own["sales"]) in next(row for row in rows if row[0] == "sales")


def test_a_sweep_under_stress_runs_over_the_stressed_ledger() -> None:
    """I2 is paid in February or not at all; nothing that is worked out is observed."""
    of = asked()
    worse = stressed(of.snapshot, [read_stress("default_share=100%")], of.options.begins)
    found = swept("hold_after_days=20..22", of=replace(of, snapshot=worse.snapshot, stress=worse))
    assert {0} == {point.kpis["collected"] for point in found.curve.points}
    assert {20_000} == {point.kpis["collected"] for point in swept("hold_after_days=20..22").curve.points}
    report = sweep_report(found)
    assert ("STRESSED", {"assumed"}) == (report["caveats"][0]["code"], set(report["evidence"].values()))
    assert 2 == report["run"]["stress"]["effects"][0]["customers"]


def _single(parameters: dict[str, int], begins: str = "2026-01-15", ends: str = "2026-02-20") -> Kpis:
    of = asked()
    options = replace(of.options, begins=day(begins), ends=day(ends))
    return single_run(of.snapshot, Candidate(of.policy, parameters), options, of.costs)
