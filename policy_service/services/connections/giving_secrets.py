"""Secrets given to a connection: beside those it has, or in place of all that nobody can read any more."""

from collections.abc import Mapping

from policy_service.connectors.errors import ConnectorError
from policy_service.connectors.port import System
from policy_service.connectors.system_settings import SYSTEMS
from policy_service.services.connections.opening import SECRETS
from policy_service.services.connections.secrets import CANNOT_BE_DECRYPTED, Vault
from policy_service.storage.connection_store import StoredConnection


def secrets_with(vault: Vault, before: StoredConnection, given: Mapping[str, str]) -> str:
    """Return the secrets of a connection as they are kept once some are given; the same text where nothing changes.

    Those it has stay, unless the keys of the settings fit them no more: then those that are given are all it has.
    ConnectorError X163 if one that the system needs is not among them.
    """
    try:
        kept = vault.decrypted(SECRETS, before.secrets)
    except ConnectorError as error:
        if error.code != CANNOT_BE_DECRYPTED:
            raise
        _require_all(System(before.system), given)
        return vault.encrypted(SECRETS, given)
    together = {**kept, **given}
    if together == kept and vault.is_of_first_key(before.secrets):
        return before.secrets
    return vault.encrypted(SECRETS, together)


def _require_all(system: System, given: Mapping[str, str]) -> None:
    needed = [one.name for one in SYSTEMS[system].settings if one.is_secret and one.is_required]
    if not all(given.get(name) for name in needed):
        raise ConnectorError(
            CANNOT_BE_DECRYPTED,
            "The secrets that the connection has cannot be decrypted, so they cannot stay beside those that are given.",
            remedy=f"Give {', '.join(needed)} in one go, and others that the connection is to have; or put the key "
            "that they were kept with back into CONNECTIONS_KEY.",
        )
