"""Tokens are given out as the text says: few, for an hour or two, and errors of Zoho come with HTTP 200."""

import httpx

from tests.connectors.stand_ins import StandIn
from tests.plain_http import NO_CERTIFICATES
from tests.sample_crms.asking import ORGANIZATION, fx, token_answer, zoho

ACCOUNTS = "/crm/v8/Accounts"


def test_a_refresh_token_gets_an_access_token_for_an_hour(zoho_crm: StandIn) -> None:
    answer = token_answer(zoho_crm).json()
    assert {"access_token", "api_domain", "token_type", "expires_in"} == set(answer)
    assert (zoho_crm.origin, "Bearer", 3600) == (answer["api_domain"], answer["token_type"], answer["expires_in"])


def test_what_is_wrong_is_told_with_http_200(zoho_crm: StandIn) -> None:
    for wrong, code in (({"refresh_token": "x"}, "invalid_code"), ({"client_secret": "x"}, "invalid_client")):
        answer = token_answer(zoho_crm, **wrong)
        assert (200, {"error": code}) == (answer.status_code, answer.json())


def test_the_query_string_does_as_well_as_a_form(zoho_books: StandIn) -> None:
    names = ("client_id", "client_secret", "refresh_token")
    params = {"grant_type": "refresh_token", **{name: zoho_books.sign_in[name] for name in names}}
    answer = httpx.post(
        f"{zoho_books.origin}/oauth/v2/token", params=params, trust_env=False, timeout=60, verify=NO_CERTIFICATES
    )
    assert "access_token" in answer.json()


def test_a_code_gets_a_refresh_token_once(zoho_crm: StandIn) -> None:
    asked = {name: zoho_crm.sign_in[name] for name in ("code", "redirect_uri")}
    first = token_answer(zoho_crm, grant_type="authorization_code", **asked).json()
    assert "access_token" in token_answer(zoho_crm, refresh_token=first["refresh_token"]).json()
    assert {"error": "invalid_code"} == token_answer(zoho_crm, grant_type="authorization_code", **asked).json()


def test_an_eleventh_token_in_ten_minutes_is_refused(zoho_crm: StandIn) -> None:
    for _ in range(10):
        assert "access_token" in token_answer(zoho_crm).json()
    assert "error" in token_answer(zoho_crm).json()
    zoho_crm.forward(601)
    assert "access_token" in token_answer(zoho_crm).json()


def test_a_token_is_good_until_it_expires(zoho_crm: StandIn) -> None:
    client = zoho(zoho_crm)
    assert 200 == client.get(ACCOUNTS, fields="Account_Name").status_code
    zoho_crm.forward(3601)
    answer = client.get(ACCOUNTS, fields="Account_Name")
    wanted = {"code": "INVALID_TOKEN", "details": {}, "message": "invalid oauth token", "status": "error"}
    assert (401, wanted) == (answer.status_code, answer.json())


def test_a_token_that_is_sent_as_bearer_is_refused(zoho_crm: StandIn) -> None:
    client = zoho(zoho_crm)
    own = {"Authorization": f"Bearer {client.token}"}
    answer = client.ask("GET", ACCOUNTS, headers=own, fields="Account_Name")
    assert (401, "INVALID_TOKEN") == (answer.status_code, answer.json()["code"])


def test_books_tells_a_bad_token_from_none(zoho_books: StandIn) -> None:
    client = zoho(zoho_books, **ORGANIZATION)
    url = f"{zoho_books.origin}/books/v3/invoices?organization_id=10234695"
    bare = httpx.get(url, trust_env=False, timeout=60, verify=NO_CERTIFICATES)
    assert (401, 57) == (bare.status_code, bare.json()["code"])
    zoho_books.tell("expire_tokens")
    bad = client.get("/books/v3/invoices")
    assert (401, 14) == (bad.status_code, bad.json()["code"])


def test_a_scope_that_was_not_granted_is_missed(zoho_crm: StandIn, zoho_books: StandIn) -> None:
    zoho_crm.tell("expire_tokens")
    zoho_crm.settings(scopes=["ZohoCRM.modules.accounts.READ"])
    zoho_crm.tell("sign_in_again")
    client = zoho(zoho_crm)
    assert 200 == client.get(ACCOUNTS, fields="id").status_code
    refused = client.get("/crm/v8/Invoices", fields="id")
    assert (401, "OAUTH_SCOPE_MISMATCH") == (refused.status_code, refused.json()["code"])


def test_a_token_of_fxiaoke_is_in_the_body_and_expires(fxiaoke: StandIn) -> None:
    client = fx(fxiaoke)
    assert 0 == client.query("AccountObj")["errorCode"]
    fxiaoke.forward(7201)
    assert 20016 == client.query("AccountObj")["errorCode"]


def test_a_user_of_fxiaoke_is_found_by_mobile_and_needed(fxiaoke: StandIn) -> None:
    client = fx(fxiaoke)
    found = client.post("/cgi/user/getByMobile", mobile="13800000001")
    assert "FSUID_1SELLER" == found["empList"][0]["openUserId"]
    assert 0 != fx(fxiaoke, user="nobody").query("AccountObj")["errorCode"]


def test_a_user_has_twenty_refresh_tokens_and_loses_the_oldest(zoho_crm: StandIn) -> None:
    kept = []
    for number in range(20):
        zoho_crm.tell("code", {"code": f"code {number}"})
        answer = token_answer(
            zoho_crm,
            grant_type="authorization_code",
            code=f"code {number}",
            redirect_uri=zoho_crm.sign_in["redirect_uri"],
        )
        kept.append(answer.json()["refresh_token"])
    assert {"error": "invalid_code"} == token_answer(zoho_crm).json()
    assert "access_token" in token_answer(zoho_crm, refresh_token=kept[0]).json()
