"""The systems that can be connected: what each needs, and its connector."""

from collections.abc import Callable, Mapping
from importlib import import_module
from types import MappingProxyType
from typing import Final

from policy_service.connectors.described import Setting
from policy_service.connectors.errors import ConnectorError
from policy_service.connectors.means import Account, Means
from policy_service.connectors.port import Connector, System
from policy_service.connectors.system_settings import SYSTEMS

#: Where each connector is made. It is loaded once somebody connects such a system (decision 0048).
_MADE_BY: Final[Mapping[System, tuple[str, str]]] = MappingProxyType(
    {
        System.FXIAOKE: ("policy_service.connectors.fxiaoke.connector", "open_fxiaoke"),
        System.ZOHO_CRM: ("policy_service.connectors.zoho.crm", "ZohoCrm"),
        System.ZOHO_BOOKS: ("policy_service.connectors.zoho.books", "ZohoBooks"),
        System.DROP_FOLDER: ("policy_service.connectors.drop_folder.connector", "DropFolder"),
    }
)


def open_connector(system: System, account: Account, means: Means) -> Connector:
    """Return the connector of an account; nothing is asked over there yet.

    The errors are those of `checked_account`, and ConnectorError X101 for an origin that is not allowed.
    """
    checked = checked_account(system, account)
    module, name = _MADE_BY[system]
    make: Callable[[Account, Means], Connector] = getattr(import_module(module), name)
    return make(checked, means)


def checked_account(system: System, account: Account) -> Account:
    """Return the account with what was left out filled in.

    ConnectorError X138 for what is lacking, X139 for a value that does not fit, or a name that the system does not
    know: it may be misspelt, or a secret among the settings.
    """
    wanted = SYSTEMS[system].settings
    settings = _read(account.settings, [one for one in wanted if not one.is_secret])
    if system is System.FXIAOKE and not (settings["open_user_id"] or settings["mobile"]):
        raise ConnectorError(
            "X138",
            "The connection names no user, neither by open_user_id nor by mobile.",
            remedy="Fill in one of the two; what the user may not see is not pulled.",
        )
    return Account(settings, _read(account.secrets, [one for one in wanted if one.is_secret]))


def _read(given: Mapping[str, str], wanted: list[Setting]) -> Mapping[str, str]:
    known = {setting.name for setting in wanted}
    for name in given:
        if name not in known:
            raise ConnectorError(
                "X139",
                f"The system has no setting or secret {name[:60]!r}, or has it among the others.",
                remedy=f"It has {', '.join(sorted(known)) or 'none'} here.",
            )
    return {setting.name: setting.read(given.get(setting.name, "")) for setting in wanted}
