"""Decisions over HTTP: everything promised is measured, at tiny sizes, and time is put down to the right part."""

import pytest
from flask import Flask

from benchmarks import decisions_over_http
from benchmarks.counts import QUICK
from benchmarks.load import Plan, bodies
from benchmarks.time_shares import HTTP, PARTS, Shares
from tests.storage.postgres import NoPostgreSQL


@pytest.mark.long
def test_the_service_is_measured_beside_a_bare_endpoint() -> None:
    try:
        section = decisions_over_http.run(QUICK)
    except NoPostgreSQL as reason:
        pytest.skip(str(reason))
    rates, parts, memory = section.grids
    assert 4 == len(rates.rows)
    assert all(row[1] > 0 for row in rates.rows if isinstance(row[1], float))
    assert list(PARTS) == [row[0] for row in parts.rows]
    assert ["1", "2"] == [row[0] for row in memory.rows]
    assert 3 == len(section.targets)


def test_every_order_of_a_plan_has_an_id_of_its_own() -> None:
    plan = Plan(0, "key", "run", [("C1", "1.00"), ("C2", "2.00")], 5)
    single = list(bodies(plan))
    batches = list(bodies(Plan(0, "key", "run", [("C1", "1.00"), ("C2", "2.00")], 5, lines=2)))
    assert 5 == len(set(single))
    assert [2, 2, 1] == [len(batch.splitlines()) for batch in batches]
    assert b"\n".join(single) + b"\n" == b"".join(batches)


def test_what_no_part_of_the_service_does_is_put_down_to_http() -> None:
    shares = Shares()
    with shares.counting():
        sum(number for _ in range(60) for number in range(10_000))
        Flask(__name__)
    assert 1.0 == shares.of(HTTP)
