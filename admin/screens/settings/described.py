"""What each of the company's settings means, how its value reads, and how it comes from a form."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import Enum, auto
from types import MappingProxyType
from typing import Any, Final, assert_never

from flask_babel import LazyString, format_decimal, gettext, lazy_gettext

from admin.inputs import plain_amount
from admin.numbers import base_currency
from admin.wording import role_said
from policy_service.domain.permissions import AUTHORITY
from policy_service.domain.whole_numbers import parse_whole_number


class Kind(Enum):
    """What values a setting has, and so how it is written."""

    NUMBER = auto()
    DAYS = auto()
    DAYS_OR_NONE = auto()
    AMOUNT = auto()
    AMOUNT_BY_ROLE = auto()
    ROLE = auto()
    TIME = auto()
    CLAIM = auto()


@dataclass(frozen=True, slots=True)
class Described:
    """A setting as people read it."""

    title: LazyString
    meaning: LazyString
    kind: Kind


#: Every setting of the company, in the order in which they are shown.
DESCRIBED: Final[Mapping[str, Described]] = MappingProxyType(
    {
        "approvers_needed": Described(
            lazy_gettext("Approvers of a policy"),
            lazy_gettext("How many people have to approve a version of a policy before it can be scheduled."),
            Kind.NUMBER,
        ),
        "requires_green_checks": Described(
            lazy_gettext("Checks must be green"),
            lazy_gettext("Whether a policy is approved only if all of its checks and cases pass."),
            Kind.CLAIM,
        ),
        "simulation_days": Described(
            lazy_gettext("Age of the simulation upon approval"),
            lazy_gettext(
                "A policy is approved only upon a simulation of exactly its text, over a ledger no older than so many"
                " days. Empty: no simulation is asked for."
            ),
            Kind.DAYS_OR_NONE,
        ),
        "override_second_person_above": Described(
            lazy_gettext("Overrides by two people above"),
            lazy_gettext("An override that lets more than this amount through counts once a second person confirms."),
            Kind.AMOUNT,
        ),
        "release_authority": Described(
            lazy_gettext("Authority to release orders"),
            lazy_gettext("The largest exposure into which each role may release a held order."),
            Kind.AMOUNT_BY_ROLE,
        ),
        "automatic_authority": Described(
            lazy_gettext("Authority of automatic reviews"),
            lazy_gettext(
                "Up to whose authority a standing comes into force by itself after a review that nobody ran in person."
            ),
            Kind.ROLE,
        ),
        "recorded_standing_days": Described(
            lazy_gettext("Days that a recorded standing counts"),
            lazy_gettext(
                "For how many days a standing from another system counts before the daily run reviews the customer."
            ),
            Kind.DAYS,
        ),
        "daily_run_at": Described(
            lazy_gettext("Time of the daily run"),
            lazy_gettext("When the day is run each morning, in the company's time zone."),
            Kind.TIME,
        ),
    }
)
#: How far a role's authority reaches, as a form says it.
ANY, UP_TO, NOTHING = "any", "up_to", "nothing"


def said(name: str, value: Any) -> list[str]:
    """Return a setting's value, as JSON gives it, in lines that people read."""
    described = DESCRIBED.get(name)
    if described is None:
        return [str(value)]
    match described.kind:
        case Kind.AMOUNT_BY_ROLE:
            return [gettext(": ").join((role_said(role), _reach(role, value))) for role in AUTHORITY]
        case _ as kind:
            return [_one(kind, value)]


def written(kind: Kind, form: Mapping[str, str]) -> object:
    """Return what a form says of a setting, as JSON gives it; whether it can be is for the service to say."""
    text = form.get("value", "").strip()
    match kind:
        case Kind.NUMBER | Kind.DAYS:
            return _whole(text)
        case Kind.DAYS_OR_NONE:
            return _whole(text) if text else None
        case Kind.AMOUNT:
            return plain_amount(text)
        case Kind.AMOUNT_BY_ROLE:
            named = [role for role in AUTHORITY if form.get(f"reach-{role}") in (ANY, UP_TO)]
            return {
                role.value: None if form[f"reach-{role}"] == ANY else plain_amount(form.get(f"amount-{role}", ""))
                for role in named
            }
        case Kind.ROLE:
            return text or None
        case Kind.TIME:
            return text
        case Kind.CLAIM:
            return text == "yes"
        case _:
            assert_never(kind)


def _one(kind: Kind, value: Any) -> str:
    match kind:
        case Kind.CLAIM:
            return str(gettext("yes") if value else gettext("no"))
        case Kind.ROLE:
            return role_said(value) if value else str(gettext("nobody's: a person decides each"))
        case Kind.DAYS | Kind.DAYS_OR_NONE:
            return str(gettext("%(days)s days", days=value) if value is not None else gettext("not asked for"))
        case Kind.AMOUNT:
            return _money(value)
        case _:
            return str(value)


def _reach(role: str, value: Mapping[str, Any]) -> str:
    if role not in value:
        return str(gettext("releases nothing"))
    reach = value[role]
    return str(gettext("any amount") if reach is None else gettext("up to %(amount)s", amount=_money(reach)))


def _money(value: str) -> str:
    return f"{format_decimal(Decimal(value), format='#,##0.##')} {base_currency()}".strip()


def _whole(text: str) -> object:
    number = parse_whole_number(text)
    return text if number is None else number
