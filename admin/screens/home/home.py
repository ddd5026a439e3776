"""The portfolio at a glance, what there is to do today, and what waits for whoever is signed in."""

import datetime as dt
from collections.abc import Iterable
from typing import Any, Final

from flask import request
from flask_admin import AdminIndexView, expose

from admin.screens.home.trend_chart import trend_chart
from admin.screens.screen import RunsOnce
from admin.visitors import may, seeing, the_act, the_day, the_house, visitor
from policy_service.api.paging import cursor_of, day_position_of, position_of
from policy_service.domain.permissions import Permission
from policy_service.facts.quotients import Missing
from policy_service.services.administration import ENDING_WITHIN_DAYS, administration
from policy_service.services.portfolio.behind import customers_behind
from policy_service.services.portfolio.figures import Figures, figures
from policy_service.services.portfolio.waiting import waiting_for
from policy_service.services.portfolio.work import work
from policy_service.storage.customer_search import names_of
from policy_service.storage.portfolio_store import CustomersWanted, Owed
from policy_service.storage.review_backlog import ReviewBacklog

_SHOWN: Final = 50


class Home(RunsOnce, AdminIndexView):
    """The first screen; everybody who is signed in sees as much of it as they may."""

    @expose("/")
    def index(self) -> Any:
        """Show it."""
        act, actor = the_act(), visitor().actor
        sees = may(Permission.CUSTOMERS_READ)
        with seeing() as session:
            found = figures(the_house(), session, actor, act.at) if sees else None
            today = work(the_house(), session, actor, act.at) if sees else None
            waits = waiting_for(the_house(), session, actor, act.at)
            looked_after = administration(the_house(), session, actor, act.at) if may(Permission.KEYS_ALL) else None
            names = names_of(session, _most_owing(found)) if found else {}
        return self.render(
            "console/home/home.html",
            figures=found,
            today=today,
            waits=waits,
            looked_after=looked_after,
            ending_within=ENDING_WITHIN_DAYS,
            names=names,
            chart=trend_chart(found.trend) if found else None,
            sees=sees,
            is_missing=lambda value: isinstance(value, Missing),
        )

    @expose("/portfolio")
    def portfolio(self) -> Any:
        """List the customers behind a figure of the portfolio, the largest amount first."""
        wanted = _wanted()
        after: Any = position_of(request.args.get("after", ""), int, str)
        with seeing() as session:
            found = customers_behind(session, wanted, visitor().actor, after, _SHOWN + 1)
            names = names_of(session, (one.customer_id for one in found))
        amount = wanted.amount or Owed.EXPOSURE
        rows = [(one, getattr(one, amount.value)) for one in found[:_SHOWN]]
        following = cursor_of((rows[-1][1], rows[-1][0].customer_id)) if len(found) > _SHOWN else ""
        asked = {name: value for name, value in request.args.items() if name != "after"}
        return self.render(
            "console/home/portfolio.html",
            rows=rows,
            names=names,
            wanted=wanted,
            amount=amount,
            following=following,
            asked=asked,
        )

    @expose("/reviews-due")
    def reviews_due(self) -> Any:
        """List the customers to be reviewed by the end of the day, those due longest first."""
        today = the_day()
        if not may(Permission.CUSTOMERS_READ):
            return self.inaccessible_callback("reviews_due")
        after = day_position_of(request.args.get("after", ""))
        with seeing() as session:
            found = ReviewBacklog(session).page(today + dt.timedelta(days=1), after, _SHOWN + 1)
            names = names_of(session, (one.customer_id for one in found))
        rows = found[:_SHOWN]
        following = cursor_of((rows[-1].due_on.isoformat(), rows[-1].customer_id)) if len(found) > _SHOWN else ""
        return self.render("console/home/reviews_due.html", rows=rows, names=names, following=following, today=today)


def _most_owing(found: Figures) -> Iterable[str]:
    return (one.customer_id for one in (*found.concentration.largest, *found.largest_overdue))


def _wanted() -> CustomersWanted:
    amount, claims = request.args.get("amount", ""), {"true": True, "false": False}
    return CustomersWanted(
        Owed(amount) if amount in {*Owed} else None,
        claims.get(request.args.get("has_standing", "")),
        request.args.get("grade"),
        claims.get(request.args.get("is_stopped", "")),
    )
