"""A signed-in conversation with one of Zoho's services: OAuth 2.0 by a refresh token, renewed once where it expired.

An access token is kept and shared by every process, as only ten are given out every ten minutes. Where the API lies
comes with it, and is gone to only if it is one of Zoho's own or settings allow it.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from hashlib import sha256
from typing import Final

import httpx

from policy_service.connectors.http.bodies import no_answer
from policy_service.connectors.http.channel import Answer, Call, Channel
from policy_service.connectors.http.limits import Limits
from policy_service.connectors.http.origins import checked_origin
from policy_service.connectors.http.pace import Pace, Paces
from policy_service.connectors.http.refusals import out_of_order
from policy_service.connectors.means import Account, Means, Token
from policy_service.connectors.zoho.refusals import not_set, sign_in_refused, too_many_tokens, words_of
from policy_service.domain.instants import SECOND

_REGIONS: Final = ("com", "eu", "in", "com.cn", "com.au", "jp", "sa")
ACCOUNT_ORIGINS: Final = (*(f"https://accounts.zoho.{each}" for each in _REGIONS), "https://accounts.zohocloud.ca")
API_ORIGINS: Final = (*(f"https://www.zohoapis.{each}" for each in _REGIONS), "https://www.zohoapis.ca")
#: Names of settings and secrets of a connection.
ACCOUNTS, CLIENT_ID, CLIENT_SECRET, REFRESH_TOKEN = "accounts_origin", "client_id", "client_secret", "refresh_token"

_USUAL_ACCOUNTS: Final = ACCOUNT_ORIGINS[0]
_USUAL_API: Final = API_ORIGINS[0]
_BROKEN: Final = 500
_OK: Final = 200
#: Said where more tokens were asked for than are given out.
_TOO_MANY: Final = "Access Denied"
#: A token is not used in the last minute of its time.
_MARGIN: Final = 60 * SECOND
_USUAL_SECONDS: Final = 3600
_LONGEST_SECONDS: Final = 24 * 3600
_TOKENS, _SECONDS_OF_TOKENS = 9, 600.0
_TOKEN_PACES: Final = Paces()


@dataclass(frozen=True, slots=True)
class Network:
    """The bounds of its calls, their pace, and what stands in for the network in tests."""

    limits: Limits = Limits()  # noqa: RUF009  # it is frozen
    pace: Pace | None = None
    transport: httpx.BaseTransport | None = None


class Session:
    """Asks one API of Zoho in the name of one connection."""

    def __init__(self, account: Account, means: Means, network: Network) -> None:
        self._account = account
        self._means = means
        self._network = network
        self._channel: Channel | None = None
        self._used: Token | None = None

    @property
    def host(self) -> str:
        """Where the API lies, as far as that is known yet."""
        return (self._channel.origin if self._channel else _USUAL_API).partition("://")[2]

    def close(self) -> None:
        """Close the connection."""
        if self._channel is not None:
            self._channel.close()

    def ask(self, call: Call, is_expired: Callable[[Answer], bool]) -> Answer:
        """Return the answer to a call made with the access token; with a new one where `is_expired` says so, once.

        ConnectorError X110 where the token is not renewed, X111 where that is not asked for now.
        """
        token = self._usable(self._used) or self._kept() or self._renewed(None)
        answer = self._asked(call, token)
        if is_expired(answer):
            token = self._renewed(token)
            answer = self._asked(call, token)
        # To look for it again costs a database as much as the call costs otherwise.
        self._used = token
        if answer.status >= _BROKEN:
            raise out_of_order(self.host, answer.status, None)
        return answer

    def _asked(self, call: Call, token: Token) -> Answer:
        # The scheme that Zoho wants is not the one that its token names.
        headers = {**call.headers, "Authorization": f"Zoho-oauthtoken {token.text}"}
        return self._channel_to(token.domain or _USUAL_API).ask(replace(call, headers=headers))

    def _channel_to(self, domain: str) -> Channel:
        origin = checked_origin(domain, API_ORIGINS, self._means)
        if self._channel is not None and self._channel.origin == origin:
            return self._channel
        self.close()
        network = self._network
        self._channel = Channel(
            origin, API_ORIGINS, self._means, network.limits, pace=network.pace, transport=network.transport
        )
        return self._channel

    def _kept(self) -> Token | None:
        return self._usable(self._means.token.load())

    def _usable(self, token: Token | None) -> Token | None:
        return token if token is not None and token.until > self._means.now() else None

    def _renewed(self, expired: Token | None) -> Token:
        kept = self._kept()
        # Somebody else may have renewed it meanwhile.
        if kept is not None and expired is not None and kept.text != expired.text:
            return kept
        accounts = self._account.settings.get(ACCOUNTS) or _USUAL_ACCOUNTS
        network = self._network
        with Channel(accounts, ACCOUNT_ORIGINS, self._means, network.limits, transport=network.transport) as channel:
            form = self._form()
            self._count(channel.origin, form[REFRESH_TOKEN])
            answer = channel.ask(Call("POST", "/oauth/v2/token", form=form))
            token = self._token(answer, channel.origin.partition("://")[2])
        self._means.token.keep(token)
        return token

    def _count(self, origin: str, refresh_token: str) -> None:
        key = sha256(f"{origin} {refresh_token}".encode()).hexdigest()
        pace = _TOKEN_PACES.of(key, _TOKENS, _SECONDS_OF_TOKENS)
        if seconds := pace.seconds_to_wait(self._means.monotonic()):
            raise too_many_tokens(seconds)

    def _form(self) -> Mapping[str, str]:
        client = self._account.settings.get(CLIENT_ID, "").strip()
        if not client:
            raise not_set(CLIENT_ID)
        return {
            "grant_type": "refresh_token",
            "client_id": client,
            "client_secret": self._secret(CLIENT_SECRET),
            "refresh_token": self._secret(REFRESH_TOKEN),
        }

    def _secret(self, name: str) -> str:
        found = self._account.secrets.get(name, "").strip()
        if not found:
            raise not_set(name)
        return found

    def _token(self, answer: Answer, host: str) -> Token:
        """Return the token of an answer; a refusal comes with status 200 too."""
        if answer.status >= _BROKEN:
            raise out_of_order(host, answer.status, None)
        said = answer.json()
        if not isinstance(said, dict):
            raise no_answer("it is no token")
        if error := words_of(said.get("error")):
            if error == _TOO_MANY or "too many" in words_of(said.get("error_description")).lower():
                raise too_many_tokens(_SECONDS_OF_TOKENS)
            raise sign_in_refused(host, error)
        text, domain = said.get("access_token"), said.get("api_domain")
        if answer.status != _OK or not isinstance(text, str) or not text:
            raise no_answer("it is no token")
        domain = domain if isinstance(domain, str) and domain else _USUAL_API
        # Before it is kept: nothing is ever sent to an origin that is not allowed.
        origin = checked_origin(domain, API_ORIGINS, self._means)
        seconds = min(_whole(said.get("expires_in"), _USUAL_SECONDS), _LONGEST_SECONDS)
        return Token(text, self._means.now() + seconds * SECOND - _MARGIN, origin)


def _whole(found: object, otherwise: int) -> int:
    match found:
        case bool():
            return otherwise
        case int():
            return max(found, 0)
        case str() if found.isascii() and found.isdigit() and len(found) < 10:
            return int(found)
        case _:
            return otherwise
