"""Zoho CRM: signing in and staying so, against one in memory."""

from collections.abc import Callable

import httpx
import pytest

from policy_service.connectors.errors import ConnectorError
from policy_service.connectors.means import Account, Token
from policy_service.connectors.port import Wanted
from policy_service.connectors.zoho.crm import ZohoCrm
from tests.connectors.standing_in import NOON, Kept, World
from tests.connectors.zoho.crm_over_there import CrmOverThere, account, connected, said

HOUR = 3600 * 1_000_000


def refused(ask: Callable[[], object]) -> ConnectorError:
    with pytest.raises(ConnectorError) as caught:
        ask()
    assert "s3cret" not in str(caught.value)
    return caught.value


def test_a_token_is_kept_and_used_until_it_expires() -> None:
    crm, world = CrmOverThere(), World()
    for _ in range(3):
        connected(crm, world).check()
    assert (crm.tokens_given, world.kept.times) == (1, 1)
    assert world.kept.token == Token("t1", NOON + 59 * 60 * 1_000_000, "https://www.zohoapis.com")
    world.seconds += 3599
    connected(crm, world).check()
    assert crm.tokens_given == 2


@pytest.mark.parametrize("code", ["INVALID_TOKEN", "AUTHENTICATION_FAILURE"])
def test_a_token_that_is_not_taken_is_renewed_once(code: str) -> None:
    crm, world = CrmOverThere(), World()
    one = connected(crm, world)
    one.check()
    crm.accepts = "another"
    one.check()
    assert crm.tokens_given == 2
    always = httpx.MockTransport(
        lambda request: (
            said(401, {"code": code})
            if "token" not in request.url.path
            else said(200, {"access_token": "t", "expires_in": 3600})
        )
    )
    error = refused(ZohoCrm(account(), World().means, transport=always).check)
    assert (error.code, error.is_passing) == ("X112", False)


@pytest.mark.parametrize("code", ["INVALID_TOKEN", "AUTHENTICATION_FAILURE"])
def test_a_token_that_is_not_taken_is_renewed_whatever_the_status(code: str) -> None:
    tokens, asked = iter("ab"), list[str]()

    def answer(request: httpx.Request) -> httpx.Response:
        if request.url.path == "/oauth/v2/token":
            return said(200, {"access_token": next(tokens), "expires_in": 3600})
        asked.append(request.headers["authorization"])
        if asked[-1].endswith(" a"):
            return said(400, {"code": code, "message": "invalid oauth token"})
        return said(200, {"modules": []})

    ZohoCrm(account(), World().means, transport=httpx.MockTransport(answer)).check()
    assert asked == ["Zoho-oauthtoken a", "Zoho-oauthtoken b"]


def test_a_token_that_expires_in_the_middle_of_a_page_is_renewed_within_it() -> None:
    crm, world = CrmOverThere(), World()
    for number in range(300):
        crm.put(f"{number:03}", **{f"F{field}": f"{number}.{field}0" for field in range(120)})
    wanted = Wanted("Invoices", tuple(f"F{field}" for field in range(120)))
    one = connected(crm, world)
    crm.before = lambda: setattr(crm, "accepts", "gone") if len(crm.asked) in {3, 8} else None
    page = one.page(wanted, "")
    assert len(page.rows) == 200
    assert {len(row.body) for row in page.rows} == {120}
    assert all(row.body["F119"] == f"{int(row.row_id)}.1190" for row in page.rows)


class RenewedElsewhere(Kept):
    """Gives another token from the second look on."""

    looks = 0

    def load(self) -> Token | None:
        self.looks += 1
        return self.token if self.looks == 1 else Token("other", NOON + HOUR, "https://www.zohoapis.com")


def test_a_token_that_another_process_has_renewed_is_taken_from_there() -> None:
    crm = CrmOverThere(accepts="other")
    world = World(kept=RenewedElsewhere(Token("gone", NOON + HOUR)))
    connected(crm, world).check()
    assert crm.tokens_given == 0


def test_a_token_is_looked_for_once_and_not_with_every_call() -> None:
    kept = RenewedElsewhere(Token("other", NOON + HOUR, "https://www.zohoapis.com"))
    crm = connected(CrmOverThere(accepts="other"), World(kept=kept))
    crm.check()
    crm.check()
    assert kept.looks == 1


def test_no_more_tokens_are_asked_for_than_are_given_out() -> None:
    crm, world = CrmOverThere(), World()
    same = account()
    for _ in range(9):
        world.kept.token = None
        ZohoCrm(same, world.means, transport=crm).check()
    world.kept.token = None
    error = refused(ZohoCrm(same, world.means, transport=crm).check)
    assert (error.code, error.is_passing, error.retry_after, crm.tokens_given) == ("X111", True, 600.0, 9)
    world.seconds += 600
    ZohoCrm(same, world.means, transport=crm).check()


@pytest.mark.parametrize(
    ("answer", "code", "is_passing"),
    [
        ({"error": "invalid_code"}, "X110", False),
        ({"error": "invalid_client"}, "X110", False),
        ({"error": "Access Denied", "error_description": "You have made too many requests"}, "X111", True),
        ({"access_token": ""}, "X105", False),
        ({"access_token": "t", "api_domain": "https://evil.example"}, "X101", False),
        ({"access_token": "t", "api_domain": "http://www.zohoapis.com"}, "X101", False),
        ({"access_token": "t\r\nX: y"}, "X108", False),
        ({"error": "Access Denied"}, "X111", True),
        ([], "X105", False),
    ],
)
def test_an_answer_that_gives_no_token_is_told(answer: dict[str, str], code: str, is_passing: bool) -> None:
    crm = CrmOverThere(token_answer=answer)
    error = refused(connected(crm, World()).check)
    assert (error.code, error.is_passing) == (code, is_passing)
    assert len(crm.asked) == 1


@pytest.mark.parametrize("lacking", ["client_id", "client_secret", "refresh_token"])
def test_a_connection_that_is_not_complete_asks_nothing(lacking: str) -> None:
    whole, crm = account(), CrmOverThere()
    part = Account(
        {name: value for name, value in whole.settings.items() if name != lacking},
        {name: value for name, value in whole.secrets.items() if name != lacking},
    )
    error = refused(ZohoCrm(part, World().means, transport=crm).check)
    assert (error.code, crm.asked) == ("X113", [])
    assert lacking in error.message


@pytest.mark.parametrize("origin", ["https://accounts.zoho.eu", "https://accounts.zoho.com.cn"])
def test_each_region_signs_in_at_its_own_place(origin: str) -> None:
    crm = CrmOverThere()
    ZohoCrm(account(accounts_origin=origin), World().means, transport=crm).check()
    assert str(crm.asked[0].url) == f"{origin}/oauth/v2/token"


def test_a_place_to_sign_in_that_is_not_allowed_gets_no_secret() -> None:
    crm = CrmOverThere()
    evil = account(accounts_origin="https://accounts.zoho.evil.example")
    assert refused(ZohoCrm(evil, World().means, transport=crm).check).code == "X101"
    assert crm.asked == []
