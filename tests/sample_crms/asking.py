"""Plain calls, as the examples of the protocols show them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import httpx

from tests.connectors.stand_ins import StandIn
from tests.plain_http import NO_CERTIFICATES

ORGANIZATION = {"organization_id": "10234695"}


@dataclass(frozen=True, slots=True)
class Zoho:
    """A client of a Zoho system that has an access token."""

    origin: str
    token: str
    params: Mapping[str, str] = field(default_factory=dict)

    def ask(
        self, method: str, path: str, json: object = None, headers: Mapping[str, str] | None = None, **params: object
    ) -> httpx.Response:
        own = {"Authorization": f"Zoho-oauthtoken {self.token}", **(headers or {})}
        asked = {**self.params, **{name: str(value) for name, value in params.items()}}
        with httpx.Client(trust_env=False, timeout=60, verify=NO_CERTIFICATES) as client:
            return client.request(method, self.origin + path, json=json, headers=own, params=asked)

    def get(self, path: str, **params: object) -> httpx.Response:
        return self.ask("GET", path, **params)


def token_answer(system: StandIn, **changed: str) -> httpx.Response:
    form = {
        "grant_type": "refresh_token",
        "client_id": system.sign_in["client_id"],
        "client_secret": system.sign_in["client_secret"],
        "refresh_token": system.sign_in["refresh_token"],
        **changed,
    }
    return httpx.post(f"{system.origin}/oauth/v2/token", data=form, trust_env=False, timeout=60, verify=NO_CERTIFICATES)


def zoho(system: StandIn, **params: str) -> Zoho:
    return Zoho(system.origin, token_answer(system).json()["access_token"], params)


@dataclass(frozen=True, slots=True)
class Fx:
    """A client of Fxiaoke that has a token."""

    origin: str
    own: Mapping[str, str]

    def post(self, path: str, **body: object) -> dict[str, Any]:
        made = {**self.own, **body}
        answer = httpx.post(self.origin + path, json=made, trust_env=False, timeout=60, verify=NO_CERTIFICATES)
        assert answer.status_code == 200
        found: dict[str, Any] = answer.json()
        return found

    def query(self, name: str, is_custom: bool = False, **info: object) -> dict[str, Any]:
        path = "/cgi/crm/custom/v2/data/query" if is_custom else "/cgi/crm/v2/data/query"
        return self.post(path, data={"dataObjectApiName": name, "search_query_info": info})


def fx(system: StandIn, user: str = "") -> Fx:
    asked = {name: system.sign_in[name] for name in ("appId", "appSecret", "permanentCode")}
    given = httpx.post(
        f"{system.origin}/cgi/corpAccessToken/get/V2", json=asked, trust_env=False, timeout=60, verify=NO_CERTIFICATES
    ).json()
    own = {"corpAccessToken": given["corpAccessToken"], "corpId": given["corpId"]}
    return Fx(system.origin, {**own, "currentOpenUserId": user or system.sign_in["currentOpenUserId"]})
