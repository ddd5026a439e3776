"""A curve of the warm runs is that of runs from beginning to end, point by point, and goes on where it ended."""

import time
from collections.abc import Iterator
from dataclasses import replace
from itertools import count
from typing import Any

import pytest

from policy_service.domain.errors import RequestError
from policy_service.language.policy import Parameter, Policy
from simulations.accounting.costs import DEFAULT_COSTS
from simulations.ledger_snapshot.content import content_hash
from simulations.ledger_snapshot.from_ledger import snapshot_of
from simulations.ledger_snapshot.snapshot import Snapshot
from simulations.replay.options import Options
from simulations.runs.simulation import Candidate, window_of
from simulations.runs.single_run import single_run
from simulations.search.bounds import bounds_of, with_dial
from simulations.warm.curves import MOST_POINTS, CurveQuestion, WarmCurves
from simulations.warm.errors import outdated
from simulations.warm.warm_runs import Asked
from tests.simulations.plain.cases import policy_of
from tests.simulations.plain.random_histories import Shape, history_of
from tests.simulations.warm.asked import warm_runs

_POLICY = policy_of("sme_simple")
assert _POLICY is not None
POLICY: Policy = _POLICY
DIAL = "materiality"


@pytest.fixture(scope="module")
def ledger() -> Snapshot:
    """Give a small ledger in the policy's currency."""
    made = replace(snapshot_of(history_of(5, Shape(customers=4, has_groups=False))), currency=POLICY.currency)
    return replace(made, hash=content_hash(made))


@pytest.fixture
def curves(ledger: Snapshot) -> WarmCurves:
    """Give curves of which every answer has one point more: the clock runs fast."""
    seconds = count()
    return WarmCurves(warm_runs(ledger), lambda: float(next(seconds)))


@pytest.fixture(scope="module")
def curve(ledger: Snapshot) -> dict[str, Any]:
    """Give the whole curve over the parameter."""
    return whole(WarmCurves(warm_runs(ledger), time.monotonic), question(ledger))


def question(ledger: Snapshot, **told: Any) -> CurveQuestion:
    """Return a question about the policy."""
    whole = Options(*window_of(ledger))
    asked = {"parameter": DIAL, "bound": "", "at": None, "options": whole, "costs": DEFAULT_COSTS, **told}
    return CurveQuestion(POLICY, **asked)


def whole(curves: WarmCurves, asked: CurveQuestion) -> dict[str, Any]:
    """Return the curve once nothing more is to be run."""
    while True:
        answer = curves.answer(asked, lambda: None)
        if answer["is_done"]:
            return dict(answer)


def figures(ledger: Snapshot, side: Candidate, names: Iterator[str]) -> dict[str, Any]:
    """Return the figures of a run from beginning to end."""
    kpis = single_run(ledger, side, Options(*window_of(ledger)), DEFAULT_COSTS)
    return {name: kpis[name] for name in names}


def test_every_point_is_that_of_a_run_from_beginning_to_end(curve: dict[str, Any], ledger: Snapshot) -> None:
    for point in curve["points"][::8]:
        side = Candidate(POLICY, {DIAL: point["value"]})
        assert figures(ledger, side, iter(point["figures"])) == point["figures"]


def test_so_is_every_point_of_a_bound(curves: WarmCurves, ledger: Snapshot) -> None:
    bound = next(one for rule_set in POLICY.rule_sets for one in bounds_of(rule_set))
    points = whole(curves, question(ledger, parameter="", bound=bound.name))["points"]
    for point in points[::8]:
        turned = with_dial(POLICY, bound, Parameter("x", bound.kind, point["value"]))
        assert figures(ledger, Candidate(turned), iter(point["figures"])) == point["figures"]


def test_it_goes_on_where_it_ended(curves: WarmCurves, ledger: Snapshot) -> None:
    asked = question(ledger)
    lengths = [len(curves.answer(asked, lambda: None)["points"]) for _ in range(4)]
    assert [1, 2, 3, 4] == lengths


def test_it_ends_with_as_many_points_as_it_may_have(curve: dict[str, Any]) -> None:
    assert MOST_POINTS >= len(curve["points"]) > 4


def test_the_value_under_the_hand_comes_first(curves: WarmCurves, ledger: Snapshot) -> None:
    dial = POLICY.parameters[DIAL]
    assert dial.maximum is not None
    answer = curves.answer(question(ledger, at=dial.maximum), lambda: None)
    assert [dial.maximum] == [point["value"] for point in answer["points"]]


def test_a_later_question_ends_it_between_points(curves: WarmCurves, ledger: Snapshot) -> None:
    def refuse() -> None:
        raise outdated()

    with pytest.raises(RequestError) as refused:
        curves.answer(question(ledger), refuse)
    assert "R563" == refused.value.code


def test_flat_stretches_have_the_same_figures_from_end_to_end(curve: dict[str, Any]) -> None:
    by_value = {point["value"]: point["figures"] for point in curve["points"]}
    assert curve["flat"]
    for one in curve["flat"]:
        assert by_value[one["from"]] == by_value[one["to"]]


def test_the_runs_of_a_curve_leave_the_answer_to_an_edit_as_it_is(ledger: Snapshot) -> None:
    runs = warm_runs(ledger)
    options = Options(*window_of(ledger))
    edit = Asked(Candidate(POLICY), Candidate(POLICY, {DIAL: 0}), options)
    before = runs.answer(edit).comparison.difference
    WarmCurves(runs, time.monotonic).answer(question(ledger), lambda: None)
    assert before == runs.answer(edit).comparison.difference


def test_a_parameter_that_there_is_not_is_refused(curves: WarmCurves, ledger: Snapshot) -> None:
    with pytest.raises(RequestError) as refused:
        curves.answer(question(ledger, parameter="nothing"), lambda: None)
    assert "R540" == refused.value.code
