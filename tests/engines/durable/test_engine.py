"""The durable engine over whole policies: right at every limit, clean after every failure, no memory kept."""

import gc
import os
import threading
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

import durable_rules_engine
import pytest

from policy_service.domain.errors import EngineFault
from policy_service.domain.outcomes import EngineReason, Outcome
from policy_service.domain.values import MILLION, UNKNOWN
from policy_service.engines.durable.bounds import MOST_ON_STACK
from policy_service.engines.durable.engine import DurableEngine
from policy_service.engines.interpreter import Interpreter
from policy_service.engines.port import Engine
from policy_service.language.cells import Cell
from policy_service.language.feel.expressions import AnyOf, Comparison, Name, NameSource, NoneOf, Operator
from policy_service.language.policy import Policy
from policy_service.language.rule_sets import DecisionTable, HitPolicy
from tests.engines.durable.small_policies import (
    OPEN,
    WHOLE,
    at_least,
    best_of_all,
    equal,
    policy_of,
    separable,
    separable_values,
    table,
)

#: A reload leaves less than this behind, in bytes: far below the 60 kB that a ruleset of ten rows takes.
LEFT_BY_A_RELOAD = 4_000
RELOADS = int(os.environ.get("ENGINE_RELOADS", "75"))


def resident_bytes() -> int:
    gc.collect()
    pages = int(Path("/proc/self/statm").read_text("ascii").split()[1])
    return pages * os.sysconf("SC_PAGESIZE")


def assert_agreement(policy: Policy, cases: list[dict[str, int]]) -> None:
    interpreter, durable = Interpreter(policy), DurableEngine(policy)
    for values in cases:
        for rule_set in policy.rule_sets:
            assert interpreter.evaluate(rule_set.name, values) == durable.evaluate(rule_set.name, values)
    durable.close()


def test_it_is_an_engine() -> None:
    engine: Engine = DurableEngine(policy_of(separable(10)))
    assert engine.evaluate("table", separable_values(7)).hits == ("R7",)


@pytest.mark.parametrize("hit_policy", [HitPolicy.FIRST, HitPolicy.UNIQUE, HitPolicy.COLLECT])
def test_every_row_of_a_large_table_is_found(hit_policy: HitPolicy) -> None:
    policy = policy_of(separable(1_000, hit_policy))
    with_unknowns = [separable_values(row) | {"segment": UNKNOWN} for row in range(0, 1_000, 97)]
    beyond = [separable_values(3) | {"overdue": 100}, separable_values(3) | {"sales": 0}]
    assert_agreement(policy, [*map(separable_values, range(0, 1_000, 7)), *with_unknowns, *beyond])


def test_a_table_separable_by_equality_is_one_ruleset_with_a_small_bound() -> None:
    engine = DurableEngine(policy_of(separable(1_000)))
    (report,) = engine.report()
    engine.close()
    assert (report.rulesets, report.relaxed_rulesets) == (1, 1)
    assert report.stack_bound < 8


def test_a_table_of_a_thousand_rows_compiles_in_two_seconds_of_processor_time() -> None:
    started = time.thread_time()
    DurableEngine(policy_of(separable(1_000))).close()
    assert time.thread_time() - started < 2


def test_rows_that_may_all_match_at_once_are_split_and_all_found() -> None:
    """Two hundred nested ranges: one ruleset would need two hundred places of the engine's sixty-four."""
    policy = policy_of(table(("score",), [(at_least(bound),) for bound in range(200)], HitPolicy.COLLECT))
    engine = DurableEngine(policy)
    (report,) = engine.report()
    assert engine.evaluate("table", {"score": 1_000}).hits == tuple(f"R{row}" for row in range(200))
    assert (report.rulesets, report.stack_bound) == (4, MOST_ON_STACK)
    engine.close()
    assert_agreement(policy, [{"score": score} for score in (-1, 0, 63, 64, 65, 199, 200)] + [{}])


def test_the_first_of_several_rulesets_is_the_first_of_the_table() -> None:
    policy = policy_of(table(("score",), [(at_least(199 - bound),) for bound in range(200)]))
    assert_agreement(policy, [{"score": score} for score in (0, 1, 64, 128, 198, 199, 1_000)])


def test_a_scorecard_of_thirteen_by_five_decides_its_best_customer() -> None:
    """Written as plain ranges, this is where the engine fails for the best customers alone."""
    scorecard = best_of_all(characteristics=13, attributes=5)
    best = {f"fact_{fact}": 1_000 for fact in range(13)}
    engine = DurableEngine(policy_of(scorecard))
    assert engine.evaluate("scorecard", best).outputs == {"score": 13 * 4 * MILLION, "grade": 0}
    engine.close()
    assert_agreement(policy_of(scorecard), [best, dict.fromkeys(best, 0), best | {"fact_3": UNKNOWN}, {}])


@pytest.mark.parametrize("rows", [254, 255, 256, 600])
def test_rows_that_test_nothing_are_more_than_one_chain_may_hold(rows: int) -> None:
    policy = policy_of(table(("score",), [(OPEN,)] * rows, HitPolicy.RULE_ORDER))
    assert_agreement(policy, [{"score": 1}, {}])


@pytest.mark.parametrize("rows", [510, 511, 512, 513, 1_100])
def test_values_in_one_column_are_more_than_one_node_may_hold(rows: int) -> None:
    policy = policy_of(table(("customer",), [(equal(row),) for row in range(rows)]))
    assert_agreement(policy, [{"customer": value} for value in (-1, 0, 1, 255, 256, 510, 511, 512, rows - 1, rows)])


def test_sets_of_values_are_more_than_one_message_may_hold() -> None:
    """Each odd set of bins takes a property of its own, and a message has room for some two hundred."""
    cells = [_one_of(row, row + 2, row + 5, row + 9, row + 14) for row in range(400)]
    policy = policy_of(table(("customer",), [(cell,) for cell in cells], HitPolicy.RULE_ORDER))
    assert_agreement(policy, [{"customer": value} for value in (0, 1, 2, 5, 7, 250, 399, 413, 414)] + [{}])


@pytest.mark.parametrize("hit_policy", [HitPolicy.FIRST, HitPolicy.RULE_ORDER, HitPolicy.UNIQUE])
def test_short_lists_in_many_rows_are_written_out_value_by_value(hit_policy: HitPolicy) -> None:
    """A message needs no property per list then, so a table of hundreds of rows stays one ruleset."""
    rows = [(_one_of(row % 40, row % 40 + 3), _one_of(row % 70, row % 70 + 1, row % 70 + 9)) for row in range(300)]
    policy = policy_of(table(("customer", "item"), rows, hit_policy))
    engine = DurableEngine(policy)
    engine.close()
    assert [1] == [report.rulesets for report in engine.report()]
    known = [{"customer": customer, "item": item} for customer in range(0, 45, 3) for item in range(0, 80, 4)]
    assert_agreement(policy, [*known, {"customer": 3}, {"item": 9}, {}])


def _one_of(*values: int) -> Cell:
    return Cell("", AnyOf(tuple(equal(value).test for value in values)))


def test_ends_that_are_facts_arrive_as_signs() -> None:
    other = Name("other", NameSource.FACT, WHOLE)
    above, not_equal = Comparison(Operator.GREATER, other), NoneOf(Comparison(Operator.EQUAL, other))
    policy = policy_of(table(("score", "age"), [(Cell("", above), equal(1)), (Cell("", not_equal), OPEN)]))
    scores = [{"score": score, "other": 5, "age": age} for score in (4, 5, 6) for age in (0, 1)]
    assert_agreement(policy, [*scores, {"score": 4}, {"other": 4}, {"age": 1}])


def test_an_overflow_is_a_refer_and_no_exception() -> None:
    engine = DurableEngine(policy_of(separable(3)))
    result = engine.evaluate("table", {"segment": "not a number"})  # type: ignore[dict-item]
    engine.close()
    assert result.outcome is Outcome.REFER
    assert [reason.code for reason in result.reasons] == [EngineReason.ENGINE_FAULT]


def test_no_trace_of_a_failed_decision_is_left_for_the_next_customer(monkeypatch: pytest.MonkeyPatch) -> None:
    engine = DurableEngine(policy_of(separable(10, HitPolicy.COLLECT)))
    with monkeypatch.context() as patch:
        patch.setattr(durable_rules_engine, "complete_and_start_action", lambda handle, session: 1 / 0)
        failed = engine.evaluate("table", separable_values(3))
    assert [reason.code for reason in failed.reasons] == [EngineReason.ENGINE_FAULT]
    assert engine.evaluate("table", separable_values(4)).hits == ("R4",)
    assert engine.evaluate("table", {"segment": -1}).hits == ()
    engine.close()


def test_threads_share_one_engine() -> None:
    engine = DurableEngine(policy_of(separable(100)))
    wrong: list[object] = []

    def decide(start: int) -> None:
        for row in [*range(start, 100), *range(start)] * 3:
            hits = engine.evaluate("table", separable_values(row)).hits
            if hits != (f"R{row}",):
                wrong.append((row, hits))

    threads = [threading.Thread(target=decide, args=(start,)) for start in range(0, 80, 10)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    engine.close()
    assert wrong == []


def test_a_closed_engine_refers() -> None:
    engine = DurableEngine(policy_of(separable(10)))
    engine.close()
    engine.close()
    assert engine.evaluate("table", separable_values(1)).outcome is Outcome.REFER


def test_a_rule_set_that_is_none_is_a_key_error() -> None:
    with pytest.raises(KeyError):
        DurableEngine(policy_of(separable(1))).evaluate("no such rule set", {})


def test_parameters_replace_those_of_the_policy() -> None:
    bound = Cell("", Comparison(Operator.GREATER_OR_EQUAL, Name("bound", NameSource.PARAMETER, WHOLE)))
    policy = policy_of(table(("score",), [(bound,)]), parameters={"bound": 10})
    assert DurableEngine(policy).evaluate("table", {"score": 9}).hits == ()
    assert DurableEngine(policy, {"bound": 9}).evaluate("table", {"score": 9}).hits == ("R0",)


def test_a_parameter_that_is_none_is_refused() -> None:
    with pytest.raises(EngineFault) as fault:
        DurableEngine(policy_of(separable(1)), {"no such": 1})
    assert fault.value.code == "E003"


def test_decisions_leave_no_memory_behind() -> None:
    assert in_a_process_of_its_own(_left_by_decisions) < 500_000


def test_reloads_leave_no_memory_behind() -> None:
    assert in_a_process_of_its_own(_left_by_reloads) / RELOADS < LEFT_BY_A_RELOAD


def in_a_process_of_its_own(measured: Callable[[], int]) -> int:
    """Return what is measured where no other test has left anything that may go or grow meanwhile."""
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        return pool.submit(measured).result()


def _left_by_decisions() -> int:
    engine = DurableEngine(policy_of(separable(50, HitPolicy.COLLECT)))
    cases = [separable_values(row) | ({"branch": UNKNOWN} if row % 3 else {}) for row in range(50)]
    _decide(engine, cases, rounds=20)
    left = _left_each_time(lambda: _decide(engine, cases, rounds=100))
    engine.close()
    return left


def _left_by_reloads() -> int:
    _reload(separable(50), times=20)
    return _left_each_time(lambda: _reload(separable(50), times=RELOADS))


def _left_each_time(act: Callable[[], None]) -> int:
    # Python takes a megabyte from the system at a time: what is lost is lost each time, such a step comes once.
    left = []
    for _time in range(2):
        before = resident_bytes()
        act()
        left.append(resident_bytes() - before)
    return min(left)


@pytest.mark.long
def test_a_thousand_reloads_leave_no_memory_behind() -> None:
    _reload(separable(50), times=50)
    before = resident_bytes()
    _reload(separable(50), times=1_000)
    assert (resident_bytes() - before) / 1_000 < LEFT_BY_A_RELOAD


def _decide(engine: DurableEngine, cases: list[dict[str, int]], rounds: int) -> None:
    for _ in range(rounds):
        for values in cases:
            engine.evaluate("table", values)


def _reload(of: DecisionTable, times: int) -> None:
    policy = policy_of(of)
    for row in range(times):
        engine = DurableEngine(policy)
        engine.evaluate("table", separable_values(row % 50))
        engine.close()
