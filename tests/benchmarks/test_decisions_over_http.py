"""Decisions over HTTP: everything promised is measured, at tiny sizes, and time is put down to the right part."""

from pathlib import Path

import pytest
from flask import Flask

from benchmarks import bare_endpoint, decisions_over_http
from benchmarks.counts import QUICK
from benchmarks.load import Plan, bodies
from benchmarks.time_shares import HTTP, PARTS, Shares
from tests.storage.postgres import NoPostgreSQL, running_server


def test_the_endpoint_that_stores_its_answer_has_a_row_for_each(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    try:
        with running_server() as server:
            url = server.create()
            (tmp_path / "answer.json").write_text('{"outcome": "approve"}', "utf-8")
            monkeypatch.setenv(bare_endpoint.ANSWER_FILE, str(tmp_path / "answer.json"))
            monkeypatch.setenv(bare_endpoint.DATABASE, url)
            bare_endpoint.make_table(url)
            app = bare_endpoint.storing()
            answers = [app.test_client().post("/v1/decisions", json={}) for _ in range(2)]
            (connection,) = app.extensions[bare_endpoint.CONNECTIONS]
            stored = connection.execute("SELECT body FROM bare_answers ORDER BY number").fetchall()
            connection.close()
    except NoPostgreSQL as reason:
        pytest.skip(str(reason))
    assert [answer.get_data() for answer in answers] == [body for (body,) in stored]


@pytest.mark.long
def test_the_service_is_measured_beside_a_bare_endpoint() -> None:
    try:
        section = decisions_over_http.run(QUICK)
    except NoPostgreSQL as reason:
        pytest.skip(str(reason))
    rates, parts, memory = section.grids
    assert 6 == len(rates.rows)
    assert all(row[1] > 0 for row in rates.rows if isinstance(row[1], float))
    assert {1.0} == {rates.rows[0][2], rates.rows[1][3]}
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
