"""A sign-in service as a process of its own, on loopback: what it does wrong is told to it by `POST /do`."""

import base64
import hashlib
import json
import sys
import urllib.parse
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from joserfc import jwt
from joserfc.jwk import RSAKey

CLIENT, SECRET = "console", "known to both"
KEY = RSAKey.generate_key(2048, {"kid": "one"})
OTHER_KEY = RSAKey.generate_key(2048, {"kid": "one"})
#: What it is told to do: who signs in, at which second, what is wrong.
DOING: dict[str, Any] = {"login": "ada", "now": 0, "wrong": ""}
CODES: dict[str, dict[str, str]] = {}


class Provider(BaseHTTPRequestHandler):
    """The four addresses of a sign-in service, and one for the tests."""

    def do_GET(self) -> None:
        """Describe itself, give its keys, or sign somebody in at once and send them back."""
        path, _, query = self.path.partition("?")
        asked = dict(urllib.parse.parse_qsl(query))
        match path:
            case "/.well-known/openid-configuration":
                self._answer(described(self.server.server_port))
            case "/keys":
                self._answer({"keys": [KEY.as_dict(private=False)]})
            case "/authorize":
                self._send_back(asked)
            case _:
                self._answer({}, 404)

    def do_POST(self) -> None:
        """Change what it does, or give a token for a code."""
        body = self.rfile.read(int(self.headers["Content-Length"]))
        if self.path == "/do":
            DOING.update({"login": "ada", "wrong": ""}, **json.loads(body))
            self._answer({})
        else:
            self._give_token(dict(urllib.parse.parse_qsl(body.decode())))

    def _send_back(self, asked: dict[str, str]) -> None:
        assert ("S256", "code") == (asked["code_challenge_method"], asked["response_type"])
        code = f"code-{len(CODES)}"
        CODES[code] = asked
        told = {"error": "access_denied"} if DOING["wrong"] == "refused" else {"code": code}
        self.send_response(302)
        self.send_header(
            "Location", f"{asked['redirect_uri']}?{urllib.parse.urlencode({**told, 'state': asked['state']})}"
        )
        self.end_headers()

    def _give_token(self, form: dict[str, str]) -> None:
        asked = CODES.pop(form["code"], None)
        basic = "Basic " + base64.b64encode(f"{CLIENT}:{SECRET}".encode()).decode()
        if asked is None or self.headers["Authorization"] != basic or DOING["wrong"] == "down":
            return self._answer({"error": "invalid_grant"}, 400)
        digest = hashlib.sha256(form["code_verifier"].encode()).digest()
        if base64.urlsafe_b64encode(digest).rstrip(b"=").decode() != asked["code_challenge"]:
            return self._answer({"error": "invalid_grant"}, 400)
        assert form["redirect_uri"] == asked["redirect_uri"]
        return self._answer({"access_token": "a", "token_type": "Bearer", "id_token": self._token(asked)})

    def _token(self, asked: dict[str, str]) -> str:
        wrong, now = DOING["wrong"], int(DOING["now"])
        claims: dict[str, Any] = {
            "iss": "https://elsewhere.example" if wrong == "issuer" else issuer(self.server.server_port),
            "aud": "another console" if wrong == "audience" else asked["client_id"],
            "sub": "7",
            "iat": now,
            "exp": now - 3_600 if wrong == "expired" else now + 300,
            "nonce": "another" if wrong == "nonce" else asked["nonce"],
            "preferred_username": DOING["login"],
            "roles": ["admin"],
        }
        if wrong == "none":
            parts = (json.dumps({"alg": "none", "typ": "JWT"}), json.dumps(claims))
            return ".".join(base64.urlsafe_b64encode(part.encode()).rstrip(b"=").decode() for part in parts) + "."
        return jwt.encode({"alg": "RS256", "kid": "one"}, claims, OTHER_KEY if wrong == "key" else KEY)

    def _answer(self, told: dict[str, Any], status: int = 200) -> None:
        body = json.dumps(told).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the library's own signature
        """Say nothing."""


def issuer(port: int) -> str:
    """Return what it calls itself."""
    return f"http://127.0.0.1:{port}"


def described(port: int) -> dict[str, Any]:
    """Return what it says of itself."""
    named = "http://127.0.0.1:1" if DOING["wrong"] == "described" else issuer(port)
    return {
        "issuer": named,
        "authorization_endpoint": f"{issuer(port)}/authorize",
        "token_endpoint": f"{issuer(port)}/token",
        "jwks_uri": f"{issuer(port)}/keys",
        "token_endpoint_auth_methods_supported": ["client_secret_basic"],
    }


if __name__ == "__main__":
    server = ThreadingHTTPServer(("127.0.0.1", 0), Provider)
    sys.stdout.write(f"{server.server_port}\n")
    sys.stdout.flush()
    server.serve_forever()
