"""`policy demo` shows a company decided; `policy serve` starts the service."""

import json
from pathlib import Path

import pytest
import waitress
from flask import Flask

from policy_service.cli import demo_command
from tests.cli.running import policy, refusal


@pytest.fixture
def small_company(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(demo_command, "CUSTOMERS", 20)
    monkeypatch.setattr(demo_command, "INVOICES", 600)


@pytest.mark.usefixtures("small_company")
def test_the_demo_generates_decides_and_explains(tmp_path: Path) -> None:
    first = policy("demo", "--folder", tmp_path / "demo")
    assert (0, "") == (first.exit_code, first.err)
    for part in ("20 customers and 600 invoices", "grade", "approval role", "orders", "reason", "characteristic"):
        assert part in first.out
    assert "./run decide --ledger" in first.out


@pytest.mark.usefixtures("small_company")
def test_the_demo_finds_its_company_again(tmp_path: Path) -> None:
    first = policy("demo", "--folder", tmp_path / "demo")
    again = policy("demo", "--folder", tmp_path / "demo")
    assert "A sample ledger of" not in again.out
    assert first.out.endswith(again.out)


@pytest.mark.usefixtures("small_company")
def test_the_demo_speaks_chinese(tmp_path: Path) -> None:
    ran = policy("demo", "--folder", tmp_path / "demo", "--language", "zh")
    assert ran.exit_code == 0
    assert "信用评审" in ran.out


@pytest.mark.usefixtures("small_company")
def test_a_demo_folder_that_is_a_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "demo").write_text("in the way")
    refusal(policy("demo", "--folder", tmp_path / "demo"), "R503")


def test_serving_answers_on_the_port_asked_for(ledger: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    served: list[object] = []

    def serve(app: Flask, host: str, port: int, threads: int) -> None:
        body = {"type": "order", "customer_id": "C000000001", "facts": {"order_amount": "5000.00"}}
        answer = app.test_client().post("/v1/decisions", json=body)
        served.extend([host, port, threads > 1, answer.get_json()["result"]])

    monkeypatch.setattr(waitress, "serve", serve)
    ran = policy("serve", "--ledger", ledger, "--port", "8099")
    decided = policy("decide", "--ledger", ledger, "--customer", "C000000001", "--order", "5000", "--json")

    assert ran.exit_code == 0
    assert "http://127.0.0.1:8099" in ran.out
    assert served == ["127.0.0.1", 8099, True, json.loads(decided.out)["order"]]


def test_a_port_in_use_is_said(ledger: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def serve(*_: object, **__: object) -> None:
        raise OSError(98, "Address already in use")

    monkeypatch.setattr(waitress, "serve", serve)
    ran = policy("serve", "--ledger", ledger)
    assert ran.exit_code == 2
    assert "Address already in use" in ran.err


def test_serving_needs_a_ledger_and_a_possible_port(ledger: Path) -> None:
    refusal(policy("serve"), "S104")
    for port in ("0", "65536", "-1", "http"):
        ran = policy("serve", "--ledger", ledger, "--port", port)
        assert (2, "") == (ran.exit_code, ran.out)
        assert "'--port'" in ran.err
