"""Currencies and rates: what amounts are converted at today, what lacks a rate, and a new one entered."""

from typing import Any, Final

from flask import request
from flask_admin import expose
from flask_babel import gettext
from werkzeug.wrappers import Response

from admin.doing import done
from admin.screens.screen import Screen
from admin.visitors import seeing, the_day
from policy_service.api.paging import cursor_of, day_position_of
from policy_service.domain.permissions import Permission
from policy_service.services.exchange_rates import currencies, enter_rate
from policy_service.storage.ledger_rates import page_of_rates

_SHOWN: Final = 50
_LONGEST: Final = 40


class Rates(Screen):
    """The currencies with their rates."""

    permission = Permission.LEDGER_READ

    @expose("/")
    def all(self) -> Any:
        """List the currencies, what lacks a rate, and the rates, the latest first."""
        today = the_day()
        currency = request.args.get("currency", "")[:_LONGEST]
        position: Any = day_position_of(request.args.get("after", ""))
        with seeing() as session:
            now = currencies(session, today)
            found = page_of_rates(session, currency, _SHOWN + 1, position)
        last = found[_SHOWN - 1] if len(found) > _SHOWN else None
        return self.render(
            "console/rates/rates.html",
            now=now,
            rates=found[:_SHOWN],
            following=cursor_of((last.date.isoformat(), last.currency)) if last else "",
            currency=currency,
            today=today,
            age=lambda day: (today - day).days,
        )

    @expose("/enter", methods=["POST"])
    def enter(self) -> Response:
        """Store a rate."""
        day, currency, rate = (request.form.get(name, "").strip()[:_LONGEST] for name in ("day", "currency", "rate"))
        told = gettext("The rate of %(currency)s for %(day)s is stored.", currency=currency.upper(), day=day)
        return done(enter_rate, day, currency.upper(), rate, success=told, back=str(self.get_url(".all")))
