"""Large tables of every shape: both engines and a peer answer alike on them."""

import pytest

pytest.importorskip("zen")

from benchmarks.counts import QUICK
from benchmarks.large_policies import SHAPES, Shape, large_policy, values_for
from benchmarks.table_sizes import make_size, run
from policy_service.domain.outcomes import DecisionType
from policy_service.language.rule_sets import DecisionTable
from policy_service.services.engine_pair import EnginePair
from tests.examples import examples

by_shape = pytest.mark.parametrize("shape", SHAPES, ids=lambda shape: shape.name)


@by_shape
def test_both_engines_and_the_peer_agree_on_a_large_table(shape: Shape) -> None:
    size = make_size(shape, rows=300, decisions=examples(300))
    size.pair.close()
    assert examples(300) == len(size.values)


@by_shape
def test_a_table_has_the_rows_asked_for(shape: Shape) -> None:
    (table,) = large_policy(shape, 25).rule_sets
    assert isinstance(table, DecisionTable)
    assert 25 == len(table.rows)


@by_shape
def test_most_values_sit_in_a_row(shape: Shape) -> None:
    policy = large_policy(shape, 40)
    pair = EnginePair(policy)
    decided = [pair.decide(DecisionType.REVIEW, values) for values in values_for(shape, policy, 40, 40)]
    pair.close()
    hits = [result.rule_sets[0].hits for result in decided]
    assert sum(hit != ("otherwise",) for hit in hits) >= 30


def test_the_cost_of_every_shape_and_size_is_measured() -> None:
    growth, *shapes = run(QUICK).grids
    assert [shape.name for shape in SHAPES] == [row[0] for row in growth.rows]
    assert [len(QUICK.table_rows)] * len(SHAPES) == [len(grid.rows) for grid in shapes]
