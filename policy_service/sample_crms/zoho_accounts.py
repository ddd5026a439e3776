"""The accounts server of Zoho: access tokens for a refresh token, few of them, each with its scopes."""

import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

from policy_service.sample_crms.clock import MINUTE, SECOND, Window
from policy_service.sample_crms.speaking import FORM, Answer, Asked, Refusal, answer
from policy_service.sample_crms.system import StandIn
from policy_service.sample_crms.table import Row

PATH: Final = "/oauth/v2/token"
HEADER: Final = "Zoho-oauthtoken "
REDIRECT: Final = "https://policy.example/oauth"
_REFRESH_TOKENS: Final = 20
_KNOWN: Final = frozenset(
    {"grant_type", "client_id", "client_secret", "refresh_token", "code", "redirect_uri", "scope"}
)


@dataclass(slots=True)
class _Grant:
    scopes: frozenset[str]
    asked: Window = field(default_factory=lambda: Window(10 * MINUTE))


@dataclass(slots=True)
class ZohoAccounts:
    """One client of one user; `everything` are the scopes that it has unless the setting `scopes` says less."""

    system: StandIn
    everything: frozenset[str]
    client_id: str = "1000.SAMPLE0CLIENT"
    client_secret: str = "sample-of-a-client-secret"  # noqa: S105
    refresh_token: str = "1000.sample-of-a-refresh-token"  # noqa: S105
    code: str = "1000.sample-of-a-code"
    _grants: dict[str, _Grant] = field(default_factory=dict)
    _given: dict[str, tuple[int, frozenset[str]]] = field(default_factory=dict)
    _codes: set[str] = field(default_factory=set)

    def begin(self) -> None:
        """Forget what was given out."""
        self._grants = {self.refresh_token: _Grant(self._scopes())}
        self._given = {}
        self._codes = {self.code}

    def expire(self) -> None:
        """Let every access token expire."""
        self._given.clear()

    def control(self, verb: str, document: Row) -> Row:
        """Give out another code, which is good once, as a user does who allows the client again."""
        if verb != "code":
            raise KeyError(verb)
        code = str(document.get("code", "1000." + secrets.token_hex(16)))
        self._codes.add(code)
        return {"code": code}

    def credentials(self) -> Row:
        """Return what one needs to sign in; the code is good once."""
        return {
            "client_id": self.client_id,
            "client_secret": self.client_secret,
            "refresh_token": self.refresh_token,
            "code": self.code,
            "redirect_uri": REDIRECT,
        }

    def allowed(self, asked: Asked) -> frozenset[str] | None:
        """Return the scopes of the token that came with a request; none if it is no good."""
        header = asked.headers.get("authorization", "")
        until, scopes = self._given.get(header.removeprefix(HEADER), (0, frozenset[str]()))
        if not header.startswith(HEADER) or until <= self.system.clock.now():
            return None
        return scopes

    def answer(self, asked: Asked) -> Answer:
        """Answer a request for a token; what is wrong is told with HTTP 200."""
        self.system.journal.token_requests += 1
        if asked.method != "POST":
            raise _refusal("invalid_request", "tokens are asked for by POST")
        fields = dict(asked.query)
        if asked.body:
            if asked.content_type != FORM:
                raise _refusal("invalid_request", f"a form or a query, not {asked.content_type}")
            fields |= asked.form()
        if unknown := set(fields) - _KNOWN:
            raise _refusal("invalid_request", f"unknown {sorted(unknown)}")
        if (fields.get("client_id"), fields.get("client_secret")) != (self.client_id, self.client_secret):
            raise _refusal("invalid_client", "no such client, or another secret")
        grants: dict[str, Callable[[dict[str, str]], Row]] = {
            "refresh_token": self._refreshed,
            "authorization_code": self._exchanged,
        }
        grant = grants.get(fields.get("grant_type", ""))
        if grant is None:
            raise _refusal("invalid_request", "unknown grant_type")
        document = grant(fields)
        foreign = asked.shapes.get("api_domain")
        if foreign is not None:
            document["api_domain"] = str(foreign.get("domain", "https://zohoapis.attacker.example"))
        return answer(200, document)

    def _refreshed(self, fields: dict[str, str]) -> Row:
        grant = self._grants.get(fields.get("refresh_token", ""))
        if grant is None:
            raise _refusal("invalid_code", "no such refresh token")
        return self._token(grant)

    def _exchanged(self, fields: dict[str, str]) -> Row:
        code = fields.get("code", "")
        if code not in self._codes or fields.get("redirect_uri") != REDIRECT:
            raise _refusal("invalid_code", "no such code, used before, or another redirect_uri")
        self._codes.discard(code)
        grant = _Grant(self._scopes())
        document = self._token(grant)
        refresh = "1000." + secrets.token_hex(16)
        self._grants[refresh] = grant
        while len(self._grants) > _REFRESH_TOKENS:
            del self._grants[next(iter(self._grants))]
        return {**document, "refresh_token": refresh}

    def _token(self, grant: _Grant) -> Row:
        now = self.system.clock.now()
        if not grant.asked.take(now, self.system.most("tokens_in_10_minutes", 10)):
            # What is said then is not in the text; that errors come with HTTP 200 is.
            raise _refusal("Access Denied", "more than 10 tokens in 10 minutes")
        lives = self.system.most("token_lives_s", 3600)
        token = "1000." + secrets.token_hex(16)
        self._given[token] = (now + lives * SECOND, grant.scopes)
        return {
            "access_token": token,
            "api_domain": self.system.origin,
            "token_type": "Bearer",
            "expires_in": lives,
        }

    def _scopes(self) -> frozenset[str]:
        chosen = self.system.settings.get("scopes")
        return frozenset(str(one) for one in chosen) if isinstance(chosen, list) else self.everything


def covers(scopes: frozenset[str], *wanted: str) -> bool:
    """Tell whether one of the wanted scopes was granted; `X.ALL` covers every `X.…`."""
    return any(one in scopes or one.rpartition(".")[0] + ".ALL" in scopes for one in wanted)


def _refusal(code: str, reason: str) -> Refusal:
    return Refusal(answer(200, {"error": code}), reason)
