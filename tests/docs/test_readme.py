"""The README is short, and what it shows is what the program says."""

import json
from dataclasses import replace
from pathlib import Path
from typing import cast

import pytest
from flask.testing import FlaskClient

from policy_service.api.schemas import DecisionAnswer, DecisionQuestion, Problem
from policy_service.app import create_app
from policy_service.cli.demo_command import CUSTOMERS, INVOICES, SEED
from policy_service.sample_ledger.generate import generate
from policy_service.sample_ledger.profile import SampleCompany
from policy_service.settings import read_settings
from tests.docs.documents import DOCS, ROOT, blocks, headings, text_of
from tests.docs.terminal import exchanges, missing_part, run

_README = ROOT / "README.md"
_API = DOCS / "reference/api.md"
_SHORTENED = "..."


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("checkout")
    generate(SampleCompany(CUSTOMERS, INVOICES, SEED), folder / "var/demo/ledger")
    return folder


@pytest.fixture(scope="module")
def client(demo: Path) -> FlaskClient:
    app = create_app(replace(read_settings({}), ledger_dir=demo / "var/demo/ledger"))
    return app.test_client()


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
    question = {"type": "order", "customer_id": "C000000395", "facts": {"order_amount": "29093.57"}}
    shown = [json.loads(block.text) for block in blocks(document, "json")]
    answers = [one for one in shown if "reasons" in one]
    assert answers
    answer = client.post("/v1/decisions", json=question).json
    for one in answers:
        assert [] == _differences(one, answer)


def test_a_problem_comes_as_it_is_shown(client: FlaskClient) -> None:
    (shown,) = [json.loads(block.text) for block in blocks(_API, "json") if "status" in json.loads(block.text)]
    question = {"type": "order", "customer_id": "C9", "facts": {"order_amount": "1"}}
    answer = client.post("/v1/decisions", json=question)
    assert shown == answer.json
    assert shown["status"] == answer.status_code


def test_every_endpoint_has_its_heading(client: FlaskClient) -> None:
    rules = [rule for rule in client.application.url_map.iter_rules() if rule.endpoint != "static"]
    methods = {rule.rule: cast(set[str], rule.methods) - {"HEAD", "OPTIONS"} for rule in rules}
    served = {f"{method} {path}" for path, allowed in methods.items() for method in allowed}
    assert served == {heading for heading in headings(text_of("reference/api.md")) if "/" in heading}


def test_every_key_of_question_answer_and_problem_is_named() -> None:
    document = text_of("reference/api.md")
    for schema in (DecisionQuestion(), DecisionAnswer(), Problem()):
        for key in schema.fields:
            assert f"`{key}`" in document or f'"{key}"' in document, key
