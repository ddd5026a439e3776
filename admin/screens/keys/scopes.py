"""What keys may do, as people read it."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from flask_babel import LazyString, lazy_gettext

from policy_service.domain.permissions import Permission

_P: Final = Permission

#: Every permission with what it allows, in the order in which they are offered.
SCOPES: Final[Mapping[Permission, LazyString]] = MappingProxyType(
    {
        _P.DECISIONS_ASK: lazy_gettext("ask for decisions"),
        _P.DECISIONS_TRY: lazy_gettext("try decisions out without keeping them"),
        _P.DECISIONS_READ: lazy_gettext("read decisions"),
        _P.CUSTOMERS_READ: lazy_gettext("read customers"),
        _P.LEDGER_READ: lazy_gettext("read the ledger"),
        _P.LEDGER_WRITE: lazy_gettext("write the ledger"),
        _P.CONNECTIONS_CONNECT: lazy_gettext("connect other systems"),
        _P.CONNECTIONS_RUN: lazy_gettext("have other systems pulled and written back to"),
        _P.ORDERS_READ: lazy_gettext("read orders"),
        _P.ORDERS_WRITE: lazy_gettext("say what became of orders"),
        _P.ORDERS_RELEASE: lazy_gettext("release held orders"),
        _P.REVIEWS_RUN: lazy_gettext("run reviews"),
        _P.STANDINGS_APPROVE: lazy_gettext("approve standings"),
        _P.STANDINGS_RECORD: lazy_gettext("record standings of another system"),
        _P.OVERRIDES_GIVE: lazy_gettext("give overrides"),
        _P.OVERRIDES_CONFIRM: lazy_gettext("confirm overrides as the second person"),
        _P.CASES_READ: lazy_gettext("read collection cases"),
        _P.CASES_WORK: lazy_gettext("work on collection cases"),
        _P.DAY_RUN: lazy_gettext("run the day"),
        _P.POLICIES_READ: lazy_gettext("read policies"),
        _P.POLICIES_EDIT: lazy_gettext("edit drafts of policies"),
        _P.POLICIES_SUBMIT: lazy_gettext("submit policies"),
        _P.POLICIES_APPROVE: lazy_gettext("approve policies"),
        _P.POLICIES_RELEASE: lazy_gettext("schedule approved policies and roll back"),
        _P.POLICIES_BYPASS: lazy_gettext("release policies in an emergency"),
        _P.SIMULATIONS_RUN: lazy_gettext("run simulations"),
        _P.SIMULATIONS_READ: lazy_gettext("read simulations"),
        _P.PEOPLE_READ: lazy_gettext("read people"),
        _P.PEOPLE_CHANGE: lazy_gettext("change people and their roles"),
        _P.SETTINGS_READ: lazy_gettext("read settings"),
        _P.SETTINGS_CHANGE: lazy_gettext("change settings"),
        _P.KEYS_OWN: lazy_gettext("have keys of one's own"),
        _P.KEYS_ALL: lazy_gettext("see and revoke everybody's keys"),
        _P.WEBHOOKS_MANAGE: lazy_gettext("set up webhooks"),
        _P.JOBS_READ: lazy_gettext("read jobs"),
        _P.AUDIT_READ: lazy_gettext("read the audit trail"),
    }
)
