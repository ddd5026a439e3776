"""Signing in to Fxiaoke: once for many calls, anew once when the token is too old, and never shown."""

import pytest

from policy_service.connectors.errors import ConnectorError
from policy_service.connectors.fxiaoke.connector import open_fxiaoke
from policy_service.connectors.http.channel import Answer, Call
from policy_service.connectors.means import Account, Token
from tests.connectors.fxiaoke.company import ORDERS, SECRETS, SETTINGS, Company, opened
from tests.connectors.standing_in import Kept, World


class RenewedMeanwhile(Kept):
    """Gives the token that is kept once, and from then on the one that another process keeps."""

    def __init__(self, token: Token | None, later: Token | None) -> None:
        super().__init__(token)
        self._later = later

    def load(self) -> Token | None:
        token, self.token = self.token, self._later
        return token


def paths(company: Company) -> list[str]:
    return [path.rpartition("/")[2] for path, _ in company.calls]


def test_a_check_says_whom_the_connection_reaches() -> None:
    assert "Fxiaoke company FSCID_1, user FSUID_1, 2 objects" == opened(Company(World())).check()


def test_a_user_that_settings_name_is_not_asked_for() -> None:
    company = Company(World())
    assert "user FSUID_1" in opened(company, open_user_id="FSUID_1", mobile="").check()
    assert ["V2", "list"] == paths(company)


def test_a_token_is_kept_for_those_who_come_after() -> None:
    company = Company(World())
    opened(company).page(ORDERS, "")
    opened(company).page(ORDERS, "")
    assert ["V2", "getByMobile", "query", "query"] == paths(company)


def test_a_token_is_used_until_five_minutes_before_its_end() -> None:
    company = Company(World())
    connector = opened(company)
    connector.page(ORDERS, "")
    company.world.seconds = 6_899.0
    connector.page(ORDERS, "")
    assert 1 == company.tokens
    company.world.seconds = 6_900.0
    connector.page(ORDERS, "")
    assert 2 == company.tokens


def test_a_token_of_another_app_or_user_is_not_used() -> None:
    company = Company(World())
    opened(company).page(ORDERS, "")
    opened(company, open_user_id="FSUID_1").page(ORDERS, "")
    assert 2 == company.tokens


@pytest.mark.parametrize("code", [20005, 20016])
def test_a_token_that_is_too_old_is_renewed_once_and_the_call_made_again(code: int) -> None:
    company = Company(World())
    connector = opened(company)
    connector.page(ORDERS, "")
    company.faults.append({"errorCode": code, "errorMessage": "expired"})
    assert connector.page(ORDERS, "").is_last
    assert ["V2", "getByMobile", "query", "query", "V2", "getByMobile", "query"] == paths(company)
    assert [] == company.world.waits


def test_a_token_that_another_process_has_renewed_is_taken_from_there() -> None:
    company = Company(World())
    opened(company).page(ORDERS, "")
    old = company.world.kept.token
    company.world.kept.token = None
    opened(company).page(ORDERS, "")
    company.world.kept = RenewedMeanwhile(old, later=company.world.kept.token)
    opened(company).page(ORDERS, "")
    assert 2 == company.tokens


def test_a_token_that_is_refused_at_once_is_an_error_and_no_endless_round() -> None:
    company = Company(World())
    company.expires_after = 1
    with pytest.raises(ConnectorError, match=r"\[X121\]") as refused:
        opened(company).page(ORDERS, "")
    assert not refused.value.is_passing
    assert 2 == company.tokens


def test_an_app_that_is_not_let_in_is_told_so_without_its_secrets() -> None:
    company = Company(World())
    account = Account(SETTINGS, SECRETS | {"app_secret": "mistyped"})
    with pytest.raises(
        ConnectorError, match=r"the parameter appSecret is missing or illegal \(code 10006\)"
    ) as refused:
        open_fxiaoke(account, company.world.means, company).check()
    assert "X121" == refused.value.code
    assert "mistyped" not in str(refused.value)


def test_a_mobile_number_of_nobody_is_told_so() -> None:
    with pytest.raises(ConnectorError, match=r"nobody there has the mobile number.*\[X121\]"):
        opened(Company(World()), mobile="1").check()


@pytest.mark.parametrize(
    "answer",
    [
        Answer(302, {}, b""),
        Answer(200, {}, b"[]"),
        Answer(200, {}, b"{}"),
        Answer(200, {}, b'{"errorCode":0}'),
        Answer(200, {}, b'{"errorCode":0,"corpAccessToken":"T","corpId":"C","expiresIn":0}'),
        Answer(200, {}, b'{"errorCode":"0.0"}'),
    ],
)
def test_an_answer_that_is_no_answer_is_refused(answer: Answer) -> None:
    class Strange:
        def ask(self, call: Call) -> Answer:
            return answer

    with pytest.raises(ConnectorError, match=r"\[X124\]"):
        open_fxiaoke(Account(SETTINGS, SECRETS), World().means, Strange()).check()


def test_an_origin_that_nobody_allowed_is_refused() -> None:
    account = Account(SETTINGS | {"origin": "https://open.example.com"}, SECRETS)
    with pytest.raises(ConnectorError, match=r"\[X101\]"):
        open_fxiaoke(account, World().means)


def test_no_token_or_secret_is_shown() -> None:
    company = Company(World())
    opened(company).check()
    shown = repr((company.world.kept.token, Account(SETTINGS, SECRETS)))
    assert not any(secret in shown for secret in ("T1", *SECRETS.values()))
