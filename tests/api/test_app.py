"""The service starts with a policy and a ledger, or says what is missing."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest
from flask import Flask

from policy_service.app import create_app
from policy_service.domain.errors import LedgerError, PolicyServiceError, PolicyTextError, RequestError, SettingsError
from policy_service.settings import Settings
from tests.api.asking import ask


@pytest.mark.parametrize(
    ("change", "error", "code"),
    [
        ({"ledger_dir": None}, SettingsError, "S104"),
        ({"default_policy": "nothing_like_it"}, RequestError, "R401"),
        ({"ledger_dir": Path(__file__).parent}, LedgerError, "D102"),
        ({"ledger_mapping": Path("no_such_file.yaml")}, PolicyTextError, "L001"),
    ],
)
def test_a_start_that_cannot_be_ends_with_its_own_code(
    settings_of_a_service: Settings, change: dict[str, object], error: type[PolicyServiceError], code: str
) -> None:
    with pytest.raises(error) as refused:
        create_app(replace(settings_of_a_service, **change))
    assert code == refused.value.code
    assert refused.value.remedy


def test_questions_asked_at_once_are_answered_as_those_asked_in_turn(app: Flask) -> None:
    def answer(number: int) -> bytes:
        return ask(app.test_client(), customer_id=f"C{number % 12 + 1:09}", explain=True).data

    in_turn = [answer(number) for number in range(24)]
    with ThreadPoolExecutor(8) as threads:
        at_once = list(threads.map(answer, range(24)))
    assert at_once == in_turn
