"""Customers: searched, with their credit file, their facts, and why each stands where it stands."""

import datetime as dt
from typing import Any, Final

from flask import redirect, request
from flask_admin import expose
from flask_babel import gettext
from werkzeug.wrappers import Response

from admin.doing import done
from admin.inputs import day_in
from admin.screens.customers.fact_chart import fact_chart
from admin.screens.customers.habit_chart import habit_chart
from admin.screens.screen import Screen
from admin.visitors import may, seeing, the_act, the_day, the_house
from policy_service.api.paging import cursor_of, position_of
from policy_service.domain.errors import RequestError
from policy_service.domain.outcomes import DecisionType
from policy_service.domain.permissions import Permission
from policy_service.facts.knowledge import Knowledge
from policy_service.facts.prepared_history import version_in_force
from policy_service.language.definitions.built_in_facts import GROUP_PREFIX
from policy_service.language.definitions.standing import STANDING_OUTPUTS
from policy_service.services.credit_file import credit_file, facts_of_customer
from policy_service.services.customer_facts import FactsAsked
from policy_service.services.customer_list import listed
from policy_service.services.decisions.answering import answer
from policy_service.services.decisions.deciding import Asked
from policy_service.services.decisions.told_decision import titles_of, told
from policy_service.services.fact_trend import fact_trend
from policy_service.services.override_limits import OF_AN_ORDER
from policy_service.services.payment_habit import payment_habit
from policy_service.services.standing_sources import review_behind, standing_items
from policy_service.services.turning_points.lifting import in_order_of_good
from policy_service.services.turning_points.telling import turning_points
from policy_service.storage.customer_search import StandsAt, find_customers, industries

_SHOWN: Final = 50
#: Entries shown behind each fact: of all facts, and of one that was asked for.
_ENTRIES: Final = 5
_ENTRIES_OF_ONE: Final = 500


class Customers(Screen):
    """Customers, and the file of each."""

    permission = Permission.CUSTOMERS_READ

    @expose("/")
    def search(self) -> Any:
        """List customers by id: those that are searched for."""
        asked = {name: request.args.get(name, "").strip()[:200] for name in ("search", "grade", "industry", "standing")}
        position = position_of(request.args.get("after", ""), str)
        stands_at = StandsAt(asked["grade"], asked["standing"] == "stopped", asked["standing"] == "proposed")
        after = str(position[0]) if position else ""
        with seeing() as session:
            found = find_customers(session, asked["search"], after, _SHOWN + 1, asked["industry"], stands_at)
            rows = listed(the_house(), session, found[:_SHOWN], the_act())
            policy = the_house().policies.effective(session, the_house().settings.default_policy, the_act().at).policy
            sectors = industries(session)
        return self.render(
            "console/customers/search.html",
            rows=rows,
            following=cursor_of((found[_SHOWN - 1].customer_id,)) if len(found) > _SHOWN else "",
            asked=asked,
            grades=policy.grades,
            sectors=sectors,
        )

    @expose("/file/<path:customer_id>")
    def file(self, customer_id: str) -> Any:
        """Show a customer's credit file."""
        house, act = the_house(), the_act()
        with seeing() as session:
            file = credit_file(house, session, customer_id, act)
            items = standing_items(house, session, customer_id, act)
            months = payment_habit(house, session, customer_id, act)
            policy = house.policies.effective(session, house.settings.default_policy, act.at).policy
        return self.render(
            "console/customers/file.html",
            file=file,
            items=items,
            months=months,
            chart=habit_chart(months),
            kinds={**STANDING_OUTPUTS, **OF_AN_ORDER, **{name: fact.kind for name, fact in policy.facts.items()}},
            titles=titles_of(policy),
        )

    @expose("/facts-of")
    def facts_of(self) -> Response:
        """Lead to a fact of the customer who is named."""
        customer, name = (request.args.get(each, "").strip()[:200] for each in ("customer", "name"))
        if not customer:
            return redirect(self.get_url(".search"))
        return redirect(self.get_url(".facts", customer_id=customer, name=name))

    @expose("/facts/<path:customer_id>")
    def facts(self, customer_id: str) -> Any:
        """Show a customer's facts as of a day, with the entries behind each."""
        act, name = the_act(), request.args.get("name", "")
        today = the_day()
        day = _day(request.args.get("as_of", ""), today)
        knowledge = Knowledge(day, includes_day=day == today)
        names, entries = ((name,), _ENTRIES_OF_ONE) if name else ((), _ENTRIES)
        with seeing() as session:
            found = facts_of_customer(
                the_house(), session, FactsAsked(customer_id, knowledge, names=names, entries=entries), act
            )
            trend = fact_trend(the_house(), session, customer_id, name, act) if name else ()
        return self.render(
            "console/customers/facts.html",
            found=found,
            today=today,
            name=name,
            trend=trend,
            chart=fact_chart(trend),
            of_group={fact.name for fact in found.facts if fact.name.startswith(GROUP_PREFIX)},
        )

    @expose("/why/<path:customer_id>")
    def why(self, customer_id: str) -> Any:
        """Show the review that a customer's standing comes from: the rules, and what of them was hit."""
        house, act = the_house(), the_act()
        with seeing() as session:
            file = credit_file(house, session, customer_id, act)
            stored = review_behind(session, customer_id) if may(Permission.DECISIONS_READ) else None
            decision = told(house, session, stored) if stored else None
        return self.render("console/customers/why.html", file=file, customer_id=customer_id, decision=decision)

    @expose("/lift/<path:customer_id>")
    def lift(self, customer_id: str) -> Any:
        """Show the smallest change of each fact that would change what that review said."""
        house = the_house()
        with seeing() as session:
            name = version_in_force(house.customers.at(session).history(customer_id), the_day()).name
            stored = review_behind(session, customer_id) if may(Permission.DECISIONS_READ) else None
            decision = told(house, session, stored) if stored else None
            points = turning_points(house, session, stored, request.args.get("of", "")) if stored else None
            policy = house.policies.version(session, stored.policy_id, stored.policy_version).policy if stored else None
        return self.render(
            "console/customers/lift.html",
            customer_id=customer_id,
            name=name,
            decision=decision,
            points=points,
            sorted=in_order_of_good(points, policy) if points and policy else None,
        )

    @expose("/file/<path:customer_id>/review", methods=["POST"])
    def review(self, customer_id: str) -> Response:
        """Run a review now, and let it count."""
        told_after = gettext("The review is done: see below what it made of the customer.")
        asked = Asked(DecisionType.REVIEW, customer_id)
        return done(answer, asked, success=told_after, back=self._page_of(customer_id))

    def _page_of(self, customer_id: str) -> str:
        return str(self.get_url(".file", customer_id=customer_id))


def _day(text: str, today: dt.date) -> dt.date:
    if not text:
        return today
    day = day_in(text)
    if day > today:
        raise RequestError("R492", f"{day} has not come yet.", remedy="Ask for today or an earlier day.")
    return day
