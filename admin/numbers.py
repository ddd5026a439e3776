"""Money, days and shares as people read them, in the language of the page."""

import datetime as dt
from decimal import Decimal
from zoneinfo import ZoneInfo

from flask import Flask
from flask_babel import format_date, format_datetime, format_decimal, format_percent
from markupsafe import Markup, escape

from admin.visitors import the_house
from admin.wording import role_said
from policy_service.domain.instants import Instant
from policy_service.domain.values import Currency

_MICROSECONDS = 1_000_000


def register_filters(console: Flask) -> None:
    """Let templates write amounts, days, instants and shares."""
    console.jinja_env.filters.update(money=money, day=day, instant=instant, count=count, share=share, role=role_said)


def money(amount: int | None, currency: Currency) -> str:
    """Return minor units as an amount with its currency's decimals; a dash for none."""
    if amount is None:
        return "–"
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
    zone: ZoneInfo = the_house().settings.zone
    moment = dt.datetime.fromtimestamp(value / _MICROSECONDS, zone)
    text = format_datetime(moment, "yyyy-MM-dd HH:mm", rebase=False)
    return Markup('<time datetime="{}">{}</time>').format(moment.isoformat(), escape(text))


def count(value: int | None) -> str:
    """Return a whole number with its thousands apart; a dash for none."""
    return "–" if value is None else str(format_decimal(value, format="#,##0"))


def share(value: float | None) -> str:
    """Return a share as per cent with one decimal; a dash for none."""
    return "–" if value is None else str(format_percent(value, format="#,##0.0%"))
