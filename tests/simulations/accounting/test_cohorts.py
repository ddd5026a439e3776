"""Cohorts take what the customer file says at the end of the window."""

from dataclasses import replace

import numpy as np

from policy_service.facts.knowledge import NEVER
from simulations.accounting.cohorts import ALL, cohorts_of, row_at
from simulations.ledger_snapshot.columns import Versions
from tests.simulations.accounting.worlds import Buyer, World, snapshot_of, trace_of

WORLD = World((Buyer("C1", segment="a"), Buyer("C2"), Buyer("C3", segment="b", grade=1)))


def test_the_row_that_counts_is_the_last_that_counts_by_then() -> None:
    begins, counts_from = np.array([0, 3, 4, 6]), np.array([-NEVER, 10, 20, -NEVER, -NEVER, 15])
    snapshot = replace(snapshot_of(WORLD), versions=Versions(begins, counts_from, counts_from))
    rows = {day: row_at(snapshot, day, range(3)).tolist() for day in (9, 10, 19, 20)}
    assert rows == {9: [0, 3, 4], 10: [1, 3, 4], 19: [1, 3, 5], 20: [2, 3, 5]}
    assert row_at(snapshot, 20, range(1, 3)).tolist() == [3, 5]


def test_customers_without_a_value_belong_to_none() -> None:
    found = cohorts_of(snapshot_of(WORLD), trace_of(WORLD), 100, range(3))
    named = [[found.names[place] for place in row] for row in found.groups.tolist()]
    expected = [("none", "a"), ("none", "none"), ("B", "b")]
    assert named == [[ALL, ("grade", g), ("segment", s), ("industry", "none")] for g, s in expected]


def test_a_dimension_of_too_many_values_is_left_out() -> None:
    world = World(tuple(Buyer(f"C{n:04}", segment=f"s{n}") for n in range(1001)))
    found = cohorts_of(snapshot_of(world), trace_of(world), 100, range(1001))
    assert found.uncut == ("segment",)
    assert {"", "grade", "industry"} == {dimension for dimension, _ in found.names}
