"""Roles that people hold, what each may do, and up to which role's authority.

A permission is also a scope of an API key: a key may do what both its scopes and its person's roles allow.
"""

from collections.abc import Collection, Iterable, Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import Final


class Permission(StrEnum):
    """One thing that a person or a key may do."""

    DECISIONS_ASK = "decisions:ask"
    DECISIONS_TRY = "decisions:try"
    DECISIONS_READ = "decisions:read"
    CUSTOMERS_READ = "customers:read"
    LEDGER_READ = "ledger:read"
    LEDGER_WRITE = "ledger:write"
    CONNECTIONS_CONNECT = "connections:connect"
    CONNECTIONS_RUN = "connections:run"
    ORDERS_READ = "orders:read"
    ORDERS_WRITE = "orders:write"
    ORDERS_RELEASE = "orders:release"
    REVIEWS_RUN = "reviews:run"
    STANDINGS_APPROVE = "standings:approve"
    STANDINGS_RECORD = "standings:record"
    OVERRIDES_GIVE = "overrides:give"
    OVERRIDES_CONFIRM = "overrides:confirm"
    CASES_READ = "cases:read"
    CASES_WORK = "cases:work"
    DAY_RUN = "day:run"
    POLICIES_READ = "policies:read"
    POLICIES_EDIT = "policies:edit"
    POLICIES_SUBMIT = "policies:submit"
    POLICIES_APPROVE = "policies:approve"
    POLICIES_RELEASE = "policies:release"
    POLICIES_BYPASS = "policies:bypass"
    SIMULATIONS_RUN = "simulations:run"
    SIMULATIONS_READ = "simulations:read"
    PEOPLE_READ = "people:read"
    PEOPLE_CHANGE = "people:change"
    SETTINGS_READ = "settings:read"
    SETTINGS_CHANGE = "settings:change"
    KEYS_OWN = "keys:own"
    KEYS_ALL = "keys:all"
    WEBHOOKS_MANAGE = "webhooks:manage"
    JOBS_READ = "jobs:read"
    AUDIT_READ = "audit:read"


class Role(StrEnum):
    """What somebody is in the company; policies name these as owners of cases and as approvers of limits."""

    VIEWER = "viewer"
    SYSTEM = "system"
    SALES = "sales"
    COLLECTOR = "collector"
    ANALYST = "analyst"
    CREDIT_MANAGER = "credit_manager"
    FINANCE_HEAD = "finance_head"
    APPROVER = "approver"
    EMERGENCY = "emergency"
    ADMIN = "admin"
    AUDITOR = "auditor"


#: What a key has only if its scopes name it: a shop's key pushes payments, and grants no limits.
ONLY_IF_NAMED: Final = frozenset({Permission.STANDINGS_RECORD})
#: The roles that approve limits and release orders, each with the authority of those before it.
AUTHORITY: Final = (Role.ANALYST, Role.CREDIT_MANAGER, Role.FINANCE_HEAD)

_P = Permission
_SEES: Final = frozenset(
    {
        _P.DECISIONS_READ,
        _P.CUSTOMERS_READ,
        _P.LEDGER_READ,
        _P.ORDERS_READ,
        _P.CASES_READ,
        _P.POLICIES_READ,
        _P.JOBS_READ,
        _P.KEYS_OWN,
    }
)
_WORKS_CASES: Final = _SEES | {_P.CASES_WORK, _P.DECISIONS_ASK}
_ANALYSES: Final = _WORKS_CASES | {
    _P.DECISIONS_TRY,
    _P.ORDERS_WRITE,
    _P.ORDERS_RELEASE,
    _P.REVIEWS_RUN,
    _P.STANDINGS_APPROVE,
    _P.OVERRIDES_GIVE,
    _P.POLICIES_EDIT,
    _P.SIMULATIONS_RUN,
    _P.SIMULATIONS_READ,
}
_MANAGES: Final = _ANALYSES | {
    _P.OVERRIDES_CONFIRM,
    _P.CONNECTIONS_RUN,
    _P.DAY_RUN,
    _P.POLICIES_SUBMIT,
    _P.POLICIES_RELEASE,
    _P.SETTINGS_READ,
    _P.PEOPLE_READ,
    _P.AUDIT_READ,
}

#: What each role may do.
PERMISSIONS: Final[Mapping[Role, frozenset[Permission]]] = MappingProxyType(
    {
        Role.VIEWER: _SEES | {_P.SIMULATIONS_READ},
        # Shops and ERPs: they ask, push and tell what became of orders; they release and approve nothing. What the
        # policy says, and what was said to debtors, is not for every machine that sells. Nobody else writes the ledger:
        # with a payment that nobody made a person could let go what they may not release.
        Role.SYSTEM: (_SEES - {_P.CASES_READ, _P.POLICIES_READ})
        | {
            _P.DECISIONS_ASK,
            _P.LEDGER_WRITE,
            _P.CONNECTIONS_CONNECT,
            _P.CONNECTIONS_RUN,
            _P.ORDERS_WRITE,
            _P.STANDINGS_RECORD,
        },
        Role.SALES: _WORKS_CASES,
        Role.COLLECTOR: _WORKS_CASES,
        Role.ANALYST: _ANALYSES,
        Role.CREDIT_MANAGER: _MANAGES,
        Role.FINANCE_HEAD: _MANAGES | {_P.SETTINGS_CHANGE},
        # Simulations are for those who answer for policies: whoever sells or collects has no use of them.
        Role.APPROVER: _SEES | {_P.POLICIES_APPROVE, _P.DECISIONS_TRY, _P.SIMULATIONS_RUN, _P.SIMULATIONS_READ},
        Role.EMERGENCY: _SEES | {_P.POLICIES_BYPASS, _P.SIMULATIONS_READ},
        Role.ADMIN: frozenset(
            {
                _P.PEOPLE_READ,
                _P.PEOPLE_CHANGE,
                _P.SETTINGS_READ,
                _P.SETTINGS_CHANGE,
                _P.KEYS_OWN,
                _P.KEYS_ALL,
                _P.WEBHOOKS_MANAGE,
                _P.CONNECTIONS_CONNECT,
                _P.JOBS_READ,
                _P.POLICIES_READ,
            }
        ),
        Role.AUDITOR: _SEES | {_P.AUDIT_READ, _P.PEOPLE_READ, _P.SETTINGS_READ, _P.SIMULATIONS_READ},
    }
)


#: By each of these somebody answers for orders that go.
_LETS_GO: Final = frozenset({_P.ORDERS_RELEASE, _P.STANDINGS_APPROVE, _P.OVERRIDES_GIVE, _P.OVERRIDES_CONFIRM})


def are_apart(one: Role, other: Role) -> bool:
    """Return whether nobody may hold both: one writes the ledger, and the other lets orders go by what it says."""
    both = (PERMISSIONS[one], PERMISSIONS[other])
    return any(_P.LEDGER_WRITE in writes and _LETS_GO & lets for writes, lets in (both, both[::-1]))


def permissions_of(roles: Iterable[Role]) -> frozenset[Permission]:
    """Return everything that somebody who holds these roles may do.

    Whoever lets orders go by what the ledger says does not say as well where it comes from.
    """
    held = _given_by(roles)
    return held - {Permission.CONNECTIONS_CONNECT} if _LETS_GO & held else held


def is_withheld(permission: Permission, roles: Collection[Role]) -> bool:
    """Return whether one of these roles gives a permission, and another takes it."""
    return permission in _given_by(roles) - permissions_of(roles)


def _given_by(roles: Iterable[Role]) -> frozenset[Permission]:
    return frozenset(permission for role in roles for permission in PERMISSIONS[role])


def authority_of(roles: Iterable[Role]) -> Role | None:
    """Return the highest of the roles that carries authority over limits and orders; none without one."""
    held = set(roles)
    return next((role for role in reversed(AUTHORITY) if role in held), None)


def has_authority(roles: Iterable[Role], needed: str) -> bool:
    """Return whether one who holds these roles may do what `needed` names: that role, or one above it.

    A role without a rank, such as one that only a policy names, needs to be held itself.
    """
    held = set(roles)
    if needed in AUTHORITY:
        return any(role in held for role in AUTHORITY[AUTHORITY.index(Role(needed)) :])
    return needed in held
