"""The replay's peers decide what the product decides, before anything is said of their speed.

The normal suite runs what is compared interpreted (test_interpreted.py).
"""

import pytest

pytest.importorskip("zen")
pytest.importorskip("polars")
pytest.importorskip("duckdb")

from benchmarks.counts import QUICK
from benchmarks.replay_speed import agree, open_loop, run
from benchmarks.replays.plain_loops import DURABLE, PLAIN, ZEN, in_a_child
from benchmarks.replays.side_by_side import BY_HAND, OURS, in_partitions

pytestmark = pytest.mark.long


def test_queries_decide_the_orders_of_an_open_loop_as_the_product_does() -> None:
    queries = open_loop(400)
    assert {"Polars": 0, "DuckDB": 0} == queries.differing
    assert {OURS, "Polars", "DuckDB"} == queries.spent.keys()


def test_loops_in_python_decide_a_sample_as_the_kernel_does() -> None:
    loops = in_a_child(100)
    assert {PLAIN, ZEN, DURABLE} == loops.seconds.keys()
    assert agree(loops)


def test_every_peer_is_measured_and_none_of_them_differs() -> None:
    section = run(QUICK)
    assert [len(QUICK.replayed_orders), 3, 3, len(QUICK.simulated_orders)] == [len(grid.rows) for grid in section.grids]
    assert "none differs" in section.notes[0]
    assert all(cost > 0 for row in section.grids[3].rows for cost in row[1:2])


def test_partitions_are_put_together() -> None:
    beside = in_partitions(500, 3)
    assert 1_500 == beside.orders
    assert all(spent.seconds > 0 for spent in (beside.spent[OURS], beside.spent[BY_HAND]))
