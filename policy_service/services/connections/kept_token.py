"""The access token of a connection, kept encrypted for every process."""

import json

from policy_service.connectors.errors import ConnectorError
from policy_service.connectors.means import Token
from policy_service.services.connections.secrets import Vault
from policy_service.services.house import House
from policy_service.storage.connection_store import ConnectionStore

_PURPOSE = "token"


class TokenOfConnection:
    """Loads and keeps the token in transactions of its own: never use it within one."""

    def __init__(self, house: House, connection_id: int, vault: Vault) -> None:
        self._house = house
        self._id = connection_id
        self._vault = vault

    def load(self) -> Token | None:
        """Return the token that is kept, if one is; one that cannot be decrypted any more is none."""
        with self._house.database.reading() as session:
            kept = ConnectionStore(session).state(self._id).token
        if not kept:
            return None
        try:
            values = self._vault.decrypted(_PURPOSE, kept)
        except ConnectorError:
            # Whoever signs in again has another one.
            return None
        return Token(values["text"], int(values["until"]), values["domain"])

    def keep(self, token: Token | None) -> None:
        """Keep it in place of the one before; none forgets it."""
        kept = ""
        if token is not None:
            said = {"text": token.text, "until": json.dumps(token.until), "domain": token.domain}
            kept = self._vault.encrypted(_PURPOSE, said)
        with self._house.database.writing() as session:
            ConnectionStore(session).move(self._id, token=kept)
