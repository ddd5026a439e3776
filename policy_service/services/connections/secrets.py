"""Secrets of connections: encrypted where they are kept, shown nowhere.

The first key of the settings encrypts, all of them decrypt: a new key is put in front, and once every connection
was changed or pulled since, the old one can go.
"""

import json
from collections.abc import Mapping
from typing import Final

from cryptography.fernet import Fernet, InvalidToken, MultiFernet

from policy_service.connectors.errors import ConnectorError
from policy_service.settings import Settings

#: The code of the error for secrets that the keys do not fit.
CANNOT_BE_DECRYPTED: Final = "X163"
_REMEDY: Final = "Set CONNECTIONS_KEY or CONNECTIONS_KEY_FILE; make a key by: openssl rand -base64 32 | tr '+/' '-_'."


class Vault:
    """Encrypts and decrypts what is kept of one connection, each thing for its own purpose."""

    def __init__(self, settings: Settings, connection_id: int) -> None:
        """Take the keys of the settings; ConnectorError X160 without one, X161 for one that is none."""
        if not settings.connections_key:
            raise ConnectorError("X160", "There is no key to encrypt the secrets of connections with.", remedy=_REMEDY)
        try:
            keys = [Fernet(key) for key in settings.connections_key]
        except ValueError:
            # The cause quotes nothing, but is not needed either.
            raise ConnectorError("X161", "A key of CONNECTIONS_KEY is no key.", remedy=_REMEDY) from None
        self._first, self._keys = keys[0], MultiFernet(keys)
        self._connection_id = connection_id

    def encrypted(self, purpose: str, values: Mapping[str, str]) -> str:
        """Return values as text that says nothing without the key."""
        # What was encrypted for one connection and purpose is good for no other.
        said = {"connection": self._connection_id, "purpose": purpose, "values": dict(values)}
        return self._keys.encrypt(json.dumps(said).encode()).decode()

    def decrypted(self, purpose: str, text: str) -> Mapping[str, str]:
        """Return the values again, none of an empty text; ConnectorError X163 where the keys do not fit."""
        if not text:
            return {}
        try:
            said = json.loads(self._keys.decrypt(text.encode()))
        except (InvalidToken, ValueError):
            raise self._does_not_fit() from None
        if (said.get("connection"), said.get("purpose")) != (self._connection_id, purpose):
            raise self._does_not_fit()
        values: Mapping[str, str] = said["values"]
        return values

    def is_of_first_key(self, text: str) -> bool:
        """Return whether the first key alone decrypts it, so that the others are not needed for it."""
        try:
            self._first.decrypt(text.encode())
        except InvalidToken:
            return False
        return True

    def _does_not_fit(self) -> ConnectorError:
        return ConnectorError(
            CANNOT_BE_DECRYPTED,
            "The secrets of the connection cannot be decrypted with the keys of the settings.",
            remedy="Put the key that they were kept with back into CONNECTIONS_KEY, or give all of them anew.",
        )
