"""`policy demo` shows a company decided; `policy serve` starts the service."""

import logging
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from types import SimpleNamespace

import pytest
import structlog
import waitress
from flask import Flask

from policy_service.api.edge import house_of
from policy_service.cli import demo
from policy_service.domain.acting import Act
from policy_service.domain.permissions import Role
from policy_service.running import now, open_house
from policy_service.services.sign_in.signing_in import Attempt, sign_in, who_is_signed_in
from policy_service.settings import read_settings
from policy_service.storage.database import Database
from policy_service.storage.ledger_store import LedgerStore
from simulations.cli import demo_command, running
from tests.api.house import store_key, store_person
from tests.cli.running import policy, refusal


@pytest.fixture
def small_company(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(demo, "CUSTOMERS", 20)
    monkeypatch.setattr(demo, "INVOICES", 600)
    # What it simulates, and leaves in the database, is looked at where simulations are.
    monkeypatch.setattr(running, "simulate_imported", lambda *_: 0)
    monkeypatch.setattr(demo_command, "leave_in_database", lambda *_: None)


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


@pytest.fixture
def new_database(tmp_path: Path, one_policy: None, monkeypatch: pytest.MonkeyPatch) -> str:
    """Let the service have a database that is not there yet."""
    url = f"sqlite:///{tmp_path / 'new' / 'policy.db'}"
    monkeypatch.setenv("DATABASE_URL", url)
    return url


@pytest.fixture(autouse=True)
def logs_of_the_tests() -> Iterator[None]:
    """Set up no logs for the tests that come after."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield
    root.handlers[:] = handlers
    root.setLevel(level)
    structlog.reset_defaults()


def serving(monkeypatch: pytest.MonkeyPatch, answers: Callable[[Flask], None] = lambda _: None) -> list[object]:
    """Let the server do this with the application instead of waiting for requests; return what it is told."""
    told: list[object] = []

    def create_server(app: Flask, host: str, port: int, threads: int, ident: object) -> SimpleNamespace:
        told.extend([host, port, threads > 1, ident])
        return SimpleNamespace(run=partial(answers, app))

    monkeypatch.setattr(waitress, "create_server", create_server)
    return told


@pytest.mark.usefixtures("new_database")
def test_serving_answers_on_the_port_asked_for(ledger: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    answers: list[int] = []

    def ask(app: Flask) -> None:
        house = house_of(app)
        store_person(house, "ada", Role.CREDIT_MANAGER)
        client = app.test_client()
        client.environ_base["HTTP_AUTHORIZATION"] = f"Bearer {store_key(house, 'ada')}"
        body = {"type": "order", "customer_id": "C000000001", "order_id": "1", "facts": {"order_amount": "5000.00"}}
        answers.append(client.post("/v1/decisions", json=body).status_code)
        answers.append(client.get("/readyz").status_code)

    told = serving(monkeypatch, ask)
    ran = policy("serve", "--ledger", ledger, "--port", "8099")
    assert (0, ["127.0.0.1", 8099, True, None], [201, 200]) == (ran.exit_code, told, answers)
    for part in ("Imported ", "http://127.0.0.1:8099", "/docs/", "person add", "key add"):
        assert part in ran.out


def test_the_ledger_is_imported_once(ledger: Path, new_database: str, monkeypatch: pytest.MonkeyPatch) -> None:
    serving(monkeypatch)
    assert "Imported " in policy("serve", "--ledger", ledger).out
    again = policy("serve", "--ledger", ledger)
    assert (0, False) == (again.exit_code, "Imported " in again.out)
    database = Database(new_database)
    with database.reading() as session:
        assert 1 == LedgerStore(session).head()
    database.close()


@pytest.mark.usefixtures("new_database")
def test_the_commands_it_names_let_somebody_ask(monkeypatch: pytest.MonkeyPatch) -> None:
    serving(monkeypatch)
    named = [
        line.strip().removeprefix("./run ").split() for line in policy("serve").out.splitlines() if "./run" in line
    ]
    assert 2 == len(named)
    for words in named:
        assert 0 == policy(*words).exit_code
    again = policy("serve").out
    assert "Nobody is known yet" not in again
    assert "There is no ledger yet" in again


def test_the_password_it_writes_lets_the_administrator_into_the_console(
    new_database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    serving(monkeypatch)
    lines = [line.split() for line in policy("serve").out.splitlines()]
    said = {words[0]: words[1] for words in lines if len(words) == 2 and words[0] in ("login", "password")}
    house = open_house(read_settings({"DATABASE_URL": new_database}))
    sign_in(house, Attempt(said["login"], said["password"], "token"), Act(said["login"], now()))
    found = who_is_signed_in(house, "token", now())
    assert found is not None
    assert (True, {Role.ADMIN}) == (found.must_change, found.actor.roles)
    house.close()


@pytest.mark.usefixtures("new_database")
@pytest.mark.parametrize(
    "refusing",
    [OSError(98, "Address already in use"), ValueError("Invalid host/port specified.")],
    ids=["a port in use", "an unknown host"],
)
def test_an_address_where_nobody_can_listen_is_named(refusing: Exception, monkeypatch: pytest.MonkeyPatch) -> None:
    def create_server(*_: object, **__: object) -> None:
        raise refusing

    monkeypatch.setattr(waitress, "create_server", create_server)
    ran = policy("serve", "--port", "8099")
    refusal(ran, "R504")
    assert f"Nobody can listen at 127.0.0.1:8099 ({refusing.args[-1]})" in ran.err
    assert "Listening" not in ran.out


def test_serving_needs_a_possible_port() -> None:
    for port in ("0", "65536", "-1", "http"):
        ran = policy("serve", "--port", port)
        assert (2, "") == (ran.exit_code, ran.out)
        assert "'--port'" in ran.err


def test_a_database_that_cannot_be_used_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "mysql://host/name")
    refusal(policy("serve"), "S201")
