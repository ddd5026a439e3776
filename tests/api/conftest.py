"""One application over a generated ledger for all tests of the HTTP edge."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from policy_service.app import close_app, create_app
from policy_service.sample_ledger.generate import generate
from policy_service.sample_ledger.profile import SampleCompany
from policy_service.settings import Settings


@pytest.fixture(scope="session")
def settings_of_a_service(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    folder = tmp_path_factory.mktemp("api") / "ledger"
    generate(SampleCompany(12, 400, 5), folder)
    return Settings(Path(__file__).parents[2] / "rules", default_policy="manufacturer_cn", ledger_dir=folder)


@pytest.fixture(scope="session")
def app(settings_of_a_service: Settings) -> Iterator[Flask]:
    made = create_app(settings_of_a_service)
    yield made
    close_app(made)


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()
