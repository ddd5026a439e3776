"""Money, days and shares as people read them, in the language of the page."""

import datetime as dt
from decimal import Decimal
from zoneinfo import ZoneInfo

from flask import Flask
from flask_babel import format_date, format_datetime, format_decimal, format_percent
from markupsafe import Markup, escape

from admin.filters import add_filters
from admin.visitors import seeing, the_house
from admin.wording import role_said, said, titled, word_said
from policy_service.domain.currencies import currency as currency_of
from policy_service.domain.instants import Instant
from policy_service.storage.errors import StorageError
from policy_service.storage.ledger_known import base_currency_of

_MICROSECONDS = 1_000_000


def register_filters(console: Flask) -> None:
    """Let templates write amounts, days, instants, shares and words, and name the base currency."""
    console.context_processor(lambda: {"base_currency": base_currency()})
    add_filters(
        console,
        {
            "money": money,
            "day": day,
            "instant": instant,
            "count": count,
            "share": share,
            "role": role_said,
            "word": word_said,
            "titled": titled,
            "said": said,
        },
    )


def base_currency() -> str:
    """Return the code of the currency that the company counts in; nothing before there is a ledger, or a database."""
    try:
        with seeing() as session:
            found = base_currency_of(session)
    except StorageError:
        # The page that says so has no amounts.
        return ""
    return found.code if found else ""


def money(amount: int | None, code: str) -> str:
    """Return minor units of a currency as an amount with its decimals, without the code; a dash for none."""
    if amount is None or not code:
        return "–"
    currency = currency_of(code)
    scaled = Decimal(amount).scaleb(-currency.decimals)
    decimals = "0" * currency.decimals
    return str(format_decimal(scaled, format=f"#,##0.{decimals}" if decimals else "#,##0"))


def day(value: dt.date | None) -> str:
    """Return a day, short; a dash for none."""
    return "–" if value is None else str(format_date(value, "yyyy-MM-dd"))


def instant(value: Instant | None) -> str | Markup:
    """Return an instant in the company's time zone, to the minute; a dash for none."""
    if value is None:
        return "–"
    return Markup('<time datetime="{}">{}</time>').format(_moment(value).isoformat(), escape(minute(value)))


def minute(value: Instant) -> str:
    """Return an instant in the company's time zone, to the minute, as text."""
    return str(format_datetime(_moment(value), "yyyy-MM-dd HH:mm", rebase=False))


def _moment(value: Instant) -> dt.datetime:
    zone: ZoneInfo = the_house().settings.zone
    return dt.datetime.fromtimestamp(value / _MICROSECONDS, zone)


def count(value: int | None) -> str:
    """Return a whole number with its thousands apart; a dash for none."""
    return "–" if value is None else str(format_decimal(value, format="#,##0"))


def share(value: float | None) -> str:
    """Return a share as per cent with one decimal; a dash for none."""
    return "–" if value is None else str(format_percent(value, format="#,##0.0%"))
