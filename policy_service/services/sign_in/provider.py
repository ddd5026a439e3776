"""The company's own sign-in service, spoken to by OpenID Connect: who somebody is, and nothing about what they may do.

Code flow with PKCE. Its addresses and keys are read from the configured issuer at each sign-in: nothing is kept.
"""

import hmac
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import httpx
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from policy_service.domain.errors import AccessError
from policy_service.domain.instants import SECOND, Instant
from policy_service.settings import Settings

#: How long somebody may take at the sign-in service.
LONGEST_AWAY: Final = 10 * 60 * SECOND
_SECONDS_TO_ANSWER: Final = 5.0
_MOST_BYTES: Final = 256 * 1024
_LEEWAY: Final = 60
_BYTES: Final = 32
#: Signatures by a key of its own alone: none, and none by a secret that both know.
_ALGORITHMS: Final = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512")
_ADDRESSES: Final = ("authorization_endpoint", "token_endpoint", "jwks_uri")


@dataclass(frozen=True, slots=True)
class Begun:
    """What a browser holds while somebody is at the sign-in service: good for one return, and for ten minutes."""

    state: str
    nonce: str
    verifier: str
    at: Instant


@dataclass(frozen=True, slots=True)
class Returned:
    """With what the sign-in service sent a browser back to `address`."""

    address: str
    state: str
    code: str
    error: str = ""
    issuer: str = ""


def begin(settings: Settings, address: str, at: Instant) -> tuple[str, Begun]:
    """Return where to send somebody to sign in, who is to come back to `address`, and what their browser is to hold.

    AccessError A418 where the sign-in service gives no proper answer.
    """
    # Most processes never need it.
    from authlib.oauth2.rfc6749.parameters import prepare_grant_uri  # noqa: PLC0415
    from authlib.oauth2.rfc7636 import create_s256_code_challenge  # noqa: PLC0415

    state, nonce, verifier = (secrets.token_urlsafe(_BYTES) for _ in range(3))
    begun = Begun(state, nonce, verifier, at)
    url = prepare_grant_uri(
        _described(settings)["authorization_endpoint"],
        settings.oidc_client_id,
        "code",
        redirect_uri=address,
        scope="openid profile email",
        state=begun.state,
        nonce=begun.nonce,
        code_challenge=create_s256_code_challenge(begun.verifier),
        code_challenge_method="S256",
    )
    return str(url), begun


def login_of(settings: Settings, begun: Begun | None, returned: Returned, at: Instant) -> str:
    """Return the login of whoever comes back from the sign-in service.

    AccessError A416 for a return that was not begun in this browser, or too long ago; A420 where the service refused;
    A417 for a word of it that does not bear proof; A418 where it gives no proper answer.
    """
    if begun is None or not hmac.compare_digest(begun.state.encode(), returned.state.encode()):
        raise _not_begun()
    if not 0 <= at - begun.at <= LONGEST_AWAY:
        raise _not_begun()
    if returned.issuer and returned.issuer != settings.oidc_issuer:
        raise _without_proof("iss")
    if returned.error or not returned.code:
        raise _refused(returned.error or "no code")
    described = _described(settings)
    token = _token(settings, described, begun, returned)
    claims = _proved(token, _asked(described["jwks_uri"]), settings, begun.nonce, at)
    login = claims.get(settings.oidc_login_claim)
    if not isinstance(login, str) or not login:
        raise _without_proof(settings.oidc_login_claim)
    return login


def _described(settings: Settings) -> Mapping[str, str]:
    found = _asked(settings.oidc_issuer.rstrip("/") + "/.well-known/openid-configuration")
    if found.get("issuer") != settings.oidc_issuer:
        raise _no_answer("it describes another issuer")
    scheme = settings.oidc_issuer.partition("://")[0]
    for name in _ADDRESSES:
        if not str(found.get(name, "")).startswith(f"{scheme}://"):
            raise _no_answer(f"its {name} is no address of {scheme}")
    return {name: str(found[name]) for name in _ADDRESSES} | {"ways": " ".join(_ways(found))}


def _ways(described: Mapping[str, Any]) -> list[str]:
    found = described.get("token_endpoint_auth_methods_supported", ["client_secret_basic"])
    return [str(way) for way in found] if isinstance(found, list) else []


def _token(settings: Settings, described: Mapping[str, str], begun: Begun, returned: Returned) -> str:
    form = {
        "grant_type": "authorization_code",
        "code": returned.code,
        "redirect_uri": returned.address,
        "code_verifier": begun.verifier,
    }
    auth = None
    if settings.oidc_client_secret and "client_secret_basic" in described["ways"].split():
        auth = httpx.BasicAuth(settings.oidc_client_id, settings.oidc_client_secret)
    else:
        form["client_id"] = settings.oidc_client_id
        if settings.oidc_client_secret:
            form["client_secret"] = settings.oidc_client_secret
    token = _asked(described["token_endpoint"], form, auth).get("id_token")
    if not isinstance(token, str):
        raise _no_answer("it gave no id_token")
    return token


def _proved(token: str, keys: Mapping[str, Any], settings: Settings, nonce: str, at: Instant) -> Mapping[str, Any]:
    from authlib.oidc.core import CodeIDToken  # noqa: PLC0415

    try:
        read = jwt.decode(token, KeySet.import_key_set(dict(keys)), algorithms=list(_ALGORITHMS))  # type: ignore[arg-type]
        options = {
            "iss": {"essential": True, "value": settings.oidc_issuer},
            "aud": {"essential": True, "value": settings.oidc_client_id},
        }
        claims = CodeIDToken(read.claims, read.header, options, {"nonce": nonce, "client_id": settings.oidc_client_id})
        claims.validate(now=at // SECOND, leeway=_LEEWAY)
    except JoseError as error:
        raise _without_proof(getattr(error, "claim", None) or error.error) from error
    except (KeyError, TypeError, ValueError) as error:
        raise _without_proof(type(error).__name__) from error
    return dict(claims)


def _asked(url: str, form: Mapping[str, str] | None = None, auth: httpx.BasicAuth | None = None) -> dict[str, Any]:
    """Return what an address of the sign-in service answers; it leads nowhere else."""
    method = "GET" if form is None else "POST"
    try:
        with httpx.Client(timeout=_SECONDS_TO_ANSWER, follow_redirects=False) as client:
            headers = {"Accept": "application/json"}
            with client.stream(method, url, data=form, auth=auth, headers=headers) as answer:
                if answer.status_code != httpx.codes.OK:
                    raise _no_answer(f"it answered {answer.status_code}")
                body = _read(answer)
        found = httpx.Response(200, content=body).json()
    except (httpx.HTTPError, httpx.InvalidURL, ValueError) as error:
        raise _no_answer(type(error).__name__) from error
    if not isinstance(found, dict):
        raise _no_answer("its answer is no JSON object")
    return found


def _read(answer: httpx.Response) -> bytes:
    body = b""
    for part in answer.iter_bytes():
        body += part
        if len(body) > _MOST_BYTES:
            raise _no_answer("its answer is too long")
    return body


def _not_begun() -> AccessError:
    return AccessError(
        "A416", "This sign-in was not begun in this browser, or too long ago.", remedy="Begin it on the sign-in page."
    )


def _without_proof(what: str) -> AccessError:
    return AccessError(
        "A417",
        f"What the company's sign-in service says bears no proof ({what[:60]}).",
        remedy="Try again; if it stays, tell whoever runs the service.",
    )


def _no_answer(found: str) -> AccessError:
    return AccessError(
        "A418",
        f"The company's sign-in service gives no proper answer: {found}.",
        remedy="Try again in a moment, or sign in with a password.",
    )


def _refused(why: str) -> AccessError:
    shown = "".join(one for one in why[:60] if one.isascii() and one.isprintable())
    return AccessError("A420", f"The company's sign-in service refused: {shown}.", remedy="Ask whoever runs it.")
