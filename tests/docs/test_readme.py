"""The README is short, and what it shows is what the program says."""

import datetime as dt
import json
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import cast

import pytest
from flask.testing import FlaskClient

from policy_service.api.problems import Problem
from policy_service.api.schemas import DecisionAnswer, DecisionQuestion
from policy_service.app import app_of, close_app
from policy_service.cli.demo import company_until
from policy_service.domain.acting import Act
from policy_service.domain.instants import start_of_day
from policy_service.domain.permissions import Role
from policy_service.running import new_id
from policy_service.sample_ledger.generate import generate
from policy_service.services.house import House
from policy_service.services.ledger_in.importing import import_folder
from policy_service.services.seeding import seed
from policy_service.settings import read_settings
from policy_service.storage.database import Database
from policy_service.storage.migrate import set_up
from tests.api.house import Client, Clock, let_in
from tests.docs.documents import DOCS, ROOT, blocks, text_of
from tests.docs.terminal import exchanges, missing_part, run

_README = ROOT / "README.md"
_API = DOCS / "reference/api.md"
_SHORTENED = "..."
_PLACE = re.compile(r"<(?:\w+(?:\([^)]*\))?:)?(\w+)>")
WRITTEN_ON = dt.date(2026, 11, 22)


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("checkout")
    generate(company_until(WRITTEN_ON - dt.timedelta(days=1)), folder / "var/demo/ledger")
    return folder


@pytest.fixture(scope="module")
def client(demo: Path) -> Iterator[FlaskClient]:
    """Give a client of a service that holds the sample ledger, on the day on which the documents were written."""
    settings = replace(read_settings({}), database_url=f"sqlite:///{demo / 'policy.db'}")
    house = House(settings, Database(settings.database_url), new_id, "documents")
    set_up(house.database)
    with house.database.writing() as session:
        seed(house, session, settings.rules_dir, Act("system", 1))
    import_folder(house, demo / "var/demo/ledger", Act("ada", 2))
    app = app_of(house, Clock(start_of_day(WRITTEN_ON, settings.zone)))
    let_in(app, house)
    app.test_client_class = Client
    yield app.test_client().of(Role.SYSTEM)
    close_app(app)


def _differences(shown: object, found: object, path: str = "") -> list[str]:
    """Return where `found` lacks what is shown; what a document leaves out may be anything."""
    if shown == _SHORTENED:
        return []
    if isinstance(shown, dict) and isinstance(found, dict):
        return [each for key in shown for each in _differences(shown[key], found.get(key), f"{path}/{key}")]
    if isinstance(shown, list) and isinstance(found, list) and len(shown) == len(found):
        return [
            each
            for index, (one, other) in enumerate(zip(shown, found, strict=True))
            for each in _differences(one, other, f"{path}/{index}")
        ]
    return [] if shown == found else [f"{path}: {shown!r}, found {found!r}"]


def test_the_readme_has_fewer_than_600_words() -> None:
    assert len(_README.read_text(encoding="utf-8").split()) < 600


def test_the_commands_of_the_readme_answer_as_it_shows(
    demo: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(demo)
    # What the demo leaves in a database is looked at where the demo is.
    monkeypatch.setenv("DATABASE_URL", "sqlite://")
    for block in blocks(_README, "console"):
        for exchange in exchanges(block):
            written = run(exchange.command, capsys, monkeypatch)
            lacks = missing_part(exchange.answer, written)
            assert lacks is None, f"{block.place}: {exchange.command} does not say {lacks!r} but {written[-4000:]}"


def test_the_rule_set_of_the_readme_has_ten_lines() -> None:
    (block,) = blocks(_README, "yaml")
    assert 10 == len(block.text.splitlines())


@pytest.mark.parametrize("document", [_README, _API], ids=lambda path: path.name)
def test_the_endpoint_answers_as_it_is_shown(document: Path, client: FlaskClient) -> None:
    question = {
        "type": "order",
        "customer_id": "C000000009",
        "order_id": document.name,
        "facts": {"order_amount": "52829.04"},
    }
    shown = [json.loads(block.text) for block in blocks(document, "json")]
    answers = [one for one in shown if "reasons" in one]
    assert answers
    answer = client.post("/v1/decisions", json=question).json
    for one in answers:
        assert [] == _differences(one, answer)


def test_a_problem_comes_as_it_is_shown(client: FlaskClient) -> None:
    (shown,) = [json.loads(block.text) for block in blocks(_API, "json") if "status" in json.loads(block.text)]
    question = {"type": "order", "customer_id": "C9", "order_id": "SO-2", "facts": {"order_amount": "1"}}
    answer = client.post("/v1/decisions", json=question, headers={"X-Request-Id": shown["request_id"]})
    assert shown == answer.json
    assert shown["status"] == answer.status_code


def test_the_replay_of_the_readme_gives_the_same_result(client: FlaskClient) -> None:
    question = {"type": "order", "customer_id": "C000000001", "order_id": "SO-3", "facts": {"order_amount": "1.00"}}
    given = client.post("/v1/decisions", json=question).json
    replayed = client.post(f"/v1/decisions/{given['decision_id']}/replay").json
    assert replayed["identical"]
    assert replayed["result"] == given["result"]


def test_every_endpoint_is_in_the_reference(client: FlaskClient) -> None:
    document = text_of("reference/api.md")
    served = {
        f"{method} " + _PLACE.sub(r"{\1}", rule.rule)
        for rule in client.application.url_map.iter_rules()
        for method in cast(set[str], rule.methods) - {"HEAD", "OPTIONS"}
    }
    assert set() == {endpoint for endpoint in served if endpoint not in document}


def test_every_key_of_question_answer_and_problem_is_named() -> None:
    document = text_of("reference/api.md")
    for schema in (DecisionQuestion(), DecisionAnswer(), Problem()):
        for key in schema.fields:
            assert f"`{key}`" in document or f'"{key}"' in document, key
