"""Each system says what it needs, in two languages, and is opened by that and nothing else."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Final
from zoneinfo import ZoneInfo

import pytest

from policy_service.connectors.described import Described, Form, Said, Setting
from policy_service.connectors.errors import ConnectorError
from policy_service.connectors.means import Account
from policy_service.connectors.port import System
from policy_service.connectors.system_settings import SYSTEMS
from policy_service.connectors.systems import checked_account, open_connector
from tests.connectors.standing_in import World

SECRETS: Final = {"app_secret": "very-secret", "permanent_code": "for-good"}
FXIAOKE: Final = Account({"app_id": "FSAID_1", "mobile": "13800000000"}, SECRETS)


def said(described: Described) -> Iterator[Said]:
    """Yield every text of a system that people read."""
    yield from (described.title, described.help)
    for setting in described.settings:
        yield from (setting.title, setting.help, *(choice.title for choice in setting.choices))


@pytest.mark.parametrize("system", System)
def test_every_system_is_described_in_both_languages(system: System) -> None:
    described = SYSTEMS[system]
    assert system is described.system
    assert described.objects
    for one in said(described):
        assert one.english.strip() == one.english != ""
        assert one.chinese.strip() == one.chinese != ""
    names = [setting.name for setting in described.settings]
    assert sorted(set(names)) == sorted(names)


@pytest.mark.parametrize("system", System)
def test_every_default_is_a_value_that_may_be_given(system: System) -> None:
    for setting in SYSTEMS[system].settings:
        assert not setting.default or setting.default == setting.read(setting.default)
        assert not (setting.is_secret and setting.default)
        assert (setting.form is Form.CHOICE) == bool(setting.choices)


def test_time_zones_that_can_be_chosen_are_known() -> None:
    setting = SYSTEMS[System.FXIAOKE].setting("time_zone")
    assert setting is not None
    assert all(ZoneInfo(choice.value) for choice in setting.choices)


def test_zoho_answers_at_each_of_its_data_centres() -> None:
    setting = SYSTEMS[System.ZOHO_BOOKS].setting("accounts_origin")
    assert setting is not None
    ends = {choice.value.removeprefix("https://accounts.zoho.") for choice in setting.choices}
    assert {"com", "eu", "in", "com.cn", "com.au", "jp"} <= ends
    assert SYSTEMS[System.ZOHO_CRM].setting("organization_id") is None


def test_what_is_left_out_is_filled_in() -> None:
    account = checked_account(System.FXIAOKE, FXIAOKE)
    assert "https://open.fxiaoke.com" == account.settings["origin"]
    assert ("24", "100", "") == tuple(account.settings[name] for name in ("listing_hours", "page_rows", "open_user_id"))
    assert SECRETS | {"callback_token": "", "callback_key": ""} == account.secrets


@pytest.mark.parametrize(
    ("settings", "secrets", "code", "found"),
    [
        ({"app_id": " "}, {}, "X138", "app_id"),
        ({}, {"app_secret": ""}, "X138", "app_secret"),
        ({"mobile": ""}, {}, "X138", "no user"),
        ({"page_rows": "1001"}, {}, "X139", "page_rows"),
        ({"page_rows": "０"}, {}, "X139", "page_rows"),
        ({"listing_hours": "-1"}, {}, "X139", "listing_hours"),
        ({"time_zone": "Mars/Olympus"}, {}, "X139", "time_zone"),
        ({"app_id": "FSAID\n1"}, {}, "X139", "app_id"),
        ({"app_secret": "very-secret"}, {}, "X139", "app_secret"),
        ({"surname": "x"}, {}, "X139", "surname"),
        ({}, {"mobile": "1"}, "X139", "mobile"),
    ],
)
def test_an_account_that_lacks_something_or_has_something_else_is_refused(
    settings: dict[str, str], secrets: dict[str, str], code: str, found: str
) -> None:
    account = Account({**FXIAOKE.settings, **settings}, {**FXIAOKE.secrets, **secrets})
    with pytest.raises(ConnectorError, match=rf"{found}.*\[{code}\]") as refused:
        checked_account(System.FXIAOKE, account)
    assert "very-secret" not in str(refused.value)


def test_a_choice_may_be_open_to_others() -> None:
    setting = SYSTEMS[System.ZOHO_CRM].setting("accounts_origin")
    assert setting is not None
    assert "http://127.0.0.1:1" == setting.read("http://127.0.0.1:1")


def test_lines_may_be_several() -> None:
    text = Said("a", "b")
    assert "a\nb" == Setting("x", text, text, Form.LINES).read("a\nb\n")
    with pytest.raises(ConnectorError, match=r"\[X139\]"):
        Setting("x", text, text, Form.LINES).read("a\0")


ZOHO: Final = Account({"client_id": "1000.A"}, {"client_secret": "very-secret", "refresh_token": "for-good"})


@pytest.mark.parametrize(
    ("system", "account"),
    [
        (System.FXIAOKE, FXIAOKE),
        (System.ZOHO_CRM, ZOHO),
        (System.ZOHO_BOOKS, Account({**ZOHO.settings, "organization_id": "1"}, ZOHO.secrets)),
    ],
)
def test_a_system_on_the_net_is_opened_by_its_settings(system: System, account: Account) -> None:
    connector = open_connector(system, account, World().means)
    close = getattr(connector, "close", None)
    assert callable(close)
    close()


def test_a_drop_folder_is_opened_by_its_settings(tmp_path: Path) -> None:
    (tmp_path / "erp").mkdir()
    means = replace(World().means, drop_root=tmp_path)
    connector = open_connector(System.DROP_FOLDER, Account({"folder": "erp"}, {}), means)
    names = SYSTEMS[System.DROP_FOLDER].objects
    assert names == tuple(one.name for one in connector.objects())
    assert connector.check().endswith("standings from no file yet")
