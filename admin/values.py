"""Values of facts, outputs and cells as people read them, and what each of them is called."""

from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from types import MappingProxyType
from typing import Final

from flask import Flask
from flask_babel import LazyString, format_decimal, gettext, lazy_gettext

from admin.filters import add_filters
from admin.languages import short_language
from admin.wording import role_said, word_said
from policy_service.chinese.wording import in_chinese
from policy_service.domain.values import Kind
from policy_service.language.definitions.dictionary import Title
from policy_service.language.policy import Policy
from policy_service.services.code_book import Plain

#: What decisions set, as people call it.
OUTPUTS: Final[Mapping[str, LazyString]] = MappingProxyType(
    {
        "grade": lazy_gettext("Grade"),
        "score": lazy_gettext("Score"),
        "credit_limit": lazy_gettext("Credit limit"),
        "limit_valid_days": lazy_gettext("Days the limit counts"),
        "payment_term_days": lazy_gettext("Payment term, days"),
        "payment_term_kind": lazy_gettext("Kind of payment term"),
        "prepay_percent": lazy_gettext("Prepayment, per cent"),
        "discount_percent": lazy_gettext("Cash discount, per cent"),
        "discount_days": lazy_gettext("Days for the cash discount"),
        "interest_percent": lazy_gettext("Interest, per cent"),
        "collateral_required": lazy_gettext("Collateral wanted"),
        "collateral_amount": lazy_gettext("Amount of collateral"),
        "next_review_days": lazy_gettext("Days to the next review"),
        "watch_list": lazy_gettext("On the watch list"),
        "stop_credit": lazy_gettext("Credit stopped"),
        "grace_days": lazy_gettext("Days of grace"),
        "ladder_variant": lazy_gettext("Ladder of escalation"),
        "approval_role": lazy_gettext("Who has to agree"),
        "outcome": lazy_gettext("Outcome"),
        "days_past_due": lazy_gettext("Days past due"),
        "level": lazy_gettext("Level"),
        "action": lazy_gettext("Action"),
        "channel": lazy_gettext("Channel"),
        "owner": lazy_gettext("Owner"),
        "deadline_days": lazy_gettext("Days to act"),
    }
)
#: Units of facts, as the dictionary of facts writes them.
_UNITS: Final[Mapping[str, LazyString]] = MappingProxyType(
    {
        "days": lazy_gettext("days"),
        "days per 30 days": lazy_gettext("days per 30 days"),
        "months": lazy_gettext("months"),
        "per month": lazy_gettext("per month"),
        "points": lazy_gettext("points"),
    }
)
#: Outputs whose words are the service's own, and those that name a role.
_WORDED: Final = frozenset({"outcome", "payment_term_kind", "action", "channel"})
_ROLES: Final = frozenset({"approval_role", "owner"})


def register_values(console: Flask) -> None:
    """Let templates write values by `{{ value|value_of(kind, name) }}` and name facts and outputs."""
    add_filters(
        console,
        {
            "value_of": value_said,
            "set_to": set_to,
            "output": output_said,
            "called": called,
            "told": told,
            "amount": amount,
            "unit": unit_said,
            "one_decimal": one_decimal,
            "found_as": found_said,
        },
    )


def value_said(value: Plain, kind: Kind | str = Kind.CATEGORY, name: str = "") -> str:
    """Return a value as the API writes it, of a kind, in the words and with the digits of the page's language."""
    match value:
        case None:
            return str(gettext("unknown"))
        case bool():
            return str(gettext("yes") if value else gettext("no"))
        case int():
            return str(format_decimal(value, format="#,##0"))
    if name in _ROLES:
        return role_said(value)
    if name in _WORDED:
        return word_said(value)
    if kind in (Kind.MONEY, Kind.NUMBER, Kind.INTEGER, Kind.DAYS):
        return amount(value)
    if kind == Kind.BOOLEAN:
        return str(gettext("yes") if value == "true" else gettext("no"))
    return value


def amount(text: Plain) -> str:
    """Return an amount or a number that is decimal text with its thousands apart, its decimals as they are."""
    if text is None:
        return "–"
    if text == "unlimited":
        return str(gettext("unlimited"))
    try:
        number = Decimal(str(text))
    except InvalidOperation:
        return str(text)
    _, _, decimals = str(text).partition(".")
    zeros = "0" * len(decimals)
    return str(format_decimal(number, format=f"#,##0.{zeros}" if zeros else "#,##0"))


def set_to(text: str, name: str) -> str:
    """Return what a row sets an output to: a word as people read it, a formula as it is written."""
    if text in ("true", "false"):
        return value_said(text, Kind.BOOLEAN)
    return value_said(text, Kind.CATEGORY, name)


def found_said(text: str, key: str, kinds: Mapping[str, Kind]) -> str:
    """Return what a case expected or found of a key, as values are read; lists and sentences as they are."""
    if key == "outcome":
        return word_said(text)
    if text in ("null", "unknown", "none"):
        return str(gettext("unknown") if key in kinds else gettext("none"))
    return value_said(text, kinds[key], key) if key in kinds else text


def one_decimal(number: float | None) -> str:
    """Return a number with one decimal; a dash for none."""
    return "–" if number is None else str(format_decimal(number, format="#,##0.0"))


def unit_said(unit: str) -> str:
    """Return a unit as people say it; one that only a company's own dictionary names is said as it is there."""
    return str(_UNITS.get(unit, unit))


def output_said(name: str) -> str:
    """Return what an output is called; one that only a policy names, and a formula, is called as it is there."""
    return str(OUTPUTS.get(name) or (name.replace("_", " ") if name.isidentifier() else name))


def called(name: str, titles: Mapping[str, Title]) -> str:
    """Return what a policy calls a fact or a reason, in the language of the page; else what the output is called."""
    title = titles.get(name)
    return (title.in_language(short_language()) if title else "") or output_said(name)


def told(text: str, policy: Policy | None = None) -> str:
    """Return what the service says, in English, in the language of the page, with what a policy calls its facts."""
    if short_language() != "zh":
        return text
    return in_chinese(text, _names(policy) if policy else {})


def _names(policy: Policy) -> dict[str, str]:
    facts = {one.name: one.title.zh for one in policy.facts.values()}
    dials = {one.name: one.title.zh for one in policy.parameters.values()}
    outputs = {name: str(title) for name, title in OUTPUTS.items()}
    return outputs | {name: title for name, title in (facts | dials).items() if title}
