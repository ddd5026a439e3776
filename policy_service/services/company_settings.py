"""What the company has settled about approvals, overrides, releases and the daily run."""

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from decimal import Decimal
from types import MappingProxyType
from typing import Any, Final, NoReturn

from sqlalchemy.orm import Session

from policy_service.domain.amounts import decimal_text, parse_decimal
from policy_service.domain.errors import PolicyServiceError, RequestError
from policy_service.domain.permissions import AUTHORITY, Role
from policy_service.storage.errors import not_stored
from policy_service.storage.settings_store import SettingsStore

#: More people than this agree to nothing.
MOST_APPROVERS: Final = 5
_MOST_DAYS: Final = 3_650
_TIME_OF_DAY: Final = re.compile(r"([01]\d|2[0-3]):[0-5]\d", re.ASCII)
_SHIPPED_AUTHORITY: Final[Mapping[Role, Decimal | None]] = MappingProxyType(
    {Role.ANALYST: Decimal(200_000), Role.CREDIT_MANAGER: Decimal(1_000_000), Role.FINANCE_HEAD: None}
)


@dataclass(frozen=True, slots=True)
class CompanySettings:
    """What is in force; amounts are in major units of the policy's base currency.

    `release_authority` is the largest exposure into which a role may release an order, none for any; a role that
    it does not name releases nothing. `automatic_authority` is that of reviews which nobody ran in person.
    `recorded_standing_days` is for how many days a standing that another system recorded counts before the daily run
    reviews the customer. With `simulation_days` a policy is approved only upon a simulation of exactly its text over
    the ledger as it was no more than so many days before.
    """

    approvers_needed: int = 1
    override_second_person_above: Decimal = Decimal(100_000)
    release_authority: Mapping[Role, Decimal | None] = field(default_factory=lambda: _SHIPPED_AUTHORITY)
    automatic_authority: Role | None = Role.ANALYST
    daily_run_at: str = "06:00"
    requires_green_checks: bool = True
    recorded_standing_days: int = 180
    simulation_days: int | None = None


def company_settings(session: Session) -> CompanySettings:
    """Return what is in force in the session's transaction."""
    settled = SettingsStore(session).values()
    values: dict[str, Any] = {name: _READERS[name](json.loads(text)) for name, text in settled.items()}
    return CompanySettings(**values)


def read_setting(name: str, given: object) -> object:
    """Return the value that JSON gives a setting; NotStored S209 for none such, R417 for a value it cannot have."""
    reader = _READERS.get(name)
    if reader is None:
        raise not_stored(f"setting {name[:60]!r}")
    try:
        return reader(given)
    except _Misfit as misfit:
        raise RequestError(
            "R417", f"{name} cannot be {json.dumps(given, ensure_ascii=False)[:80]}.", remedy=str(misfit)
        ) from misfit


def plain_settings(settings: CompanySettings) -> dict[str, object]:
    """Return the settings as JSON gives them, by name: amounts as decimal text."""
    return {each.name: plain_value(getattr(settings, each.name)) for each in fields(settings)}


def plain_value(value: object) -> object:
    """Return one setting's value as JSON gives it."""
    match value:
        case Decimal():
            return decimal_text(value)
        case Mapping():
            return {str(role): plain_value(amount) for role, amount in value.items()}
        case _:
            return value


class _Misfit(Exception):
    """Says in which form the value is to be given."""


def _misfit(form: str) -> NoReturn:
    raise _Misfit(f"Give {form}.")


def _approvers(given: object) -> int:
    if isinstance(given, bool) or not isinstance(given, int) or not 1 <= given <= MOST_APPROVERS:
        _misfit(f"a whole number from 1 to {MOST_APPROVERS}")
    return given


def _days(given: object) -> int:
    if isinstance(given, bool) or not isinstance(given, int) or not 0 <= given <= _MOST_DAYS:
        _misfit(f"a whole number of days from 0 to {_MOST_DAYS}")
    return given


def _days_or_none(given: object) -> int | None:
    if given is not None and (isinstance(given, bool) or not isinstance(given, int) or not 1 <= given <= _MOST_DAYS):
        _misfit(f"null or a whole number of days from 1 to {_MOST_DAYS}")
    return given


def _amount(given: object) -> Decimal:
    try:
        amount = parse_decimal(given) if isinstance(given, str) else Decimal(-1)
    except PolicyServiceError:
        amount = Decimal(-1)
    if amount < 0:
        _misfit('an amount from 0 up as decimal text, such as "100000.00"')
    return amount


def _release_authority(given: object) -> Mapping[Role, Decimal | None]:
    if not isinstance(given, dict) or not given.keys() <= set(AUTHORITY):
        _misfit(f"an object with an amount, or null for any, for some of {', '.join(AUTHORITY)}")
    return MappingProxyType({Role(role): None if amount is None else _amount(amount) for role, amount in given.items()})


def _role(given: object) -> Role | None:
    if given is not None and given not in AUTHORITY:
        _misfit(f"null or one of {', '.join(AUTHORITY)}")
    return None if given is None else Role(str(given))


def _time_of_day(given: object) -> str:
    if not isinstance(given, str) or not _TIME_OF_DAY.fullmatch(given):
        _misfit('a time of day such as "06:00"')
    return given


def _claim(given: object) -> bool:
    if not isinstance(given, bool):
        _misfit("true or false")
    return given


_READERS: Final[Mapping[str, Callable[[object], object]]] = MappingProxyType(
    {
        "approvers_needed": _approvers,
        "override_second_person_above": _amount,
        "release_authority": _release_authority,
        "automatic_authority": _role,
        "daily_run_at": _time_of_day,
        "requires_green_checks": _claim,
        "recorded_standing_days": _days,
        "simulation_days": _days_or_none,
    }
)
