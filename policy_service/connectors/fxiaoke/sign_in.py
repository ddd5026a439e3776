"""Signing in to Fxiaoke: the company's token, and the user whose rights count."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final, Protocol

import msgspec

from policy_service.connectors.fxiaoke.refusals import code_of, no_sign_in, not_as_said, refused, said_in, whole_number
from policy_service.connectors.http.channel import Answer, Call
from policy_service.connectors.means import Account, Means, Token
from policy_service.connectors.port import Json
from policy_service.domain.instants import SECOND

_OK: Final = 200
#: A token is used no longer than this before its end, as calls take time and clocks differ.
_EARLIER: Final = 300 * SECOND
_LONGEST_LIFE: Final = 7 * 24 * 3600


class Asks(Protocol):
    """What carries calls to Fxiaoke: the channel, or what stands in for it."""

    def ask(self, call: Call) -> Answer:
        """Return the answer to the call."""


@dataclass(frozen=True, slots=True)
class Identity:
    """What every call bears: the company, its token, and the user whose rights it has."""

    company: str
    user: str
    token: str = field(repr=False)

    def sent(self) -> Mapping[str, str]:
        """Return it as the fields of a call."""
        return {"corpAccessToken": self.token, "corpId": self.company, "currentOpenUserId": self.user}


class SignIn:
    """Gives the identity of one account, from the token that is kept as long as it lives."""

    def __init__(self, channel: Asks, account: Account, means: Means) -> None:
        self._channel = channel
        self._account = account
        self._means = means

    def identity(self) -> Identity:
        """Return the identity that is kept, or a new one; ConnectorError X121 if Fxiaoke does not let us in."""
        return self._kept() or self._new()

    def renewed(self, expired: Identity) -> Identity:
        """Return another identity than one that Fxiaoke no longer takes: what another process got, or a new one."""
        kept = self._kept()
        if kept is not None and kept.token != expired.token:
            return kept
        self._means.token.keep(None)
        return self._new()

    def _kept(self) -> Identity | None:
        token = self._means.token.load()
        if token is None or token.until <= self._means.now():
            return None
        try:
            kept = msgspec.json.decode(token.text, type=_Kept)
        except (msgspec.MsgspecError, ValueError):
            return None
        # The settings may have changed since.
        return Identity(kept.company, kept.user, kept.token) if kept.asked == self._asked() else None

    def _new(self) -> Identity:
        settings, secrets = self._account.settings, self._account.secrets
        began = self._means.now()
        answer = self._let_in(
            "/cgi/corpAccessToken/get/V2",
            {
                "appId": settings.get("app_id", ""),
                "appSecret": secrets.get("app_secret", ""),
                "permanentCode": secrets.get("permanent_code", ""),
            },
        )
        token, company = _text(answer, "corpAccessToken"), _text(answer, "corpId")
        until = began + _seconds(answer) * SECOND - _EARLIER
        user = settings.get("open_user_id", "") or self._user(token, company)
        kept = msgspec.json.encode(_Kept(self._asked(), company, user, token)).decode()
        self._means.token.keep(Token(kept, until))
        return Identity(company, user, token)

    def _user(self, token: str, company: str) -> str:
        mobile = self._account.settings.get("mobile", "")
        answer = self._let_in("/cgi/user/getByMobile", {"corpAccessToken": token, "corpId": company, "mobile": mobile})
        match answer.get("empList"):
            case [{"openUserId": str(user)}, *_] if user:
                return user
            case _:
                raise no_sign_in("nobody there has the mobile number of the connection")

    def _let_in(self, path: str, body: Mapping[str, Json]) -> Mapping[str, Json]:
        answer = read_answer(self._channel.ask(Call("POST", path, json=body)))
        code = code_of(answer)
        if code == 0:
            return answer
        error = refused(code, answer)
        raise error if error.is_passing else no_sign_in(f"{said_in(answer)} (code {code})")

    def _asked(self) -> tuple[str, ...]:
        return tuple(self._account.settings.get(name, "") for name in ("app_id", "open_user_id", "mobile"))


class _Kept(msgspec.Struct, frozen=True):
    asked: tuple[str, ...]
    company: str
    user: str
    token: str


def read_answer(answer: Answer) -> Mapping[str, Json]:
    """Return the object that an answer holds; ConnectorError X124 for another status or another value."""
    if answer.status != _OK:
        raise not_as_said(f"its status is {answer.status}")
    read = answer.json()
    if not isinstance(read, Mapping):
        raise not_as_said("it is no JSON object")
    return read


def _text(answer: Mapping[str, Json], name: str) -> str:
    value = answer.get(name)
    if not isinstance(value, str) or not value:
        raise not_as_said(f"it lacks {name}")
    return value


def _seconds(answer: Mapping[str, Json]) -> int:
    seconds = whole_number(answer.get("expiresIn"))
    if seconds is None or not 0 < seconds <= _LONGEST_LIFE:
        raise not_as_said("it does not say for how long its token lives")
    return seconds
