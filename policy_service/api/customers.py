"""/v1/customers: found, with their credit file, and their facts with the entries behind each number."""

import datetime as dt
from dataclasses import asdict
from typing import Any, TypedDict

from flask.views import MethodView
from msgspec import structs

from policy_service.api.customer_bodies import (
    CreditFileBody,
    CustomerPage,
    CustomersQuery,
    FactsBody,
    FactsQuery,
)
from policy_service.api.decision_bodies import summary_of
from policy_service.api.edge import reads, the_call
from policy_service.api.endpoints import Endpoints
from policy_service.api.order_bodies import bodies_of
from policy_service.api.paging import PageAsked, page_of, position_of
from policy_service.domain.errors import RequestError
from policy_service.domain.instants import Instant, business_day
from policy_service.domain.permissions import Permission
from policy_service.facts.knowledge import Knowledge
from policy_service.services.credit_file import CreditFile, credit_file, facts_of_customer
from policy_service.services.customer_facts import FactsAsked, ShownFact
from policy_service.services.standings_in_force.texts import plain_outputs
from policy_service.storage.case_store import CaseStore
from policy_service.storage.customer_search import FoundCustomer, find_customers
from policy_service.storage.standing_store import StoredStanding

blueprint = Endpoints("customers", __name__, url_prefix="/v1", description="Customers, their credit file and facts")


class CustomersAsked(PageAsked, total=False):
    """A validated search."""

    search: str


class DayAsked(TypedDict):
    """A validated question for facts."""

    as_of: dt.date | None
    known_before: Instant | None
    name: list[str]
    entries: int


@blueprint.route("/customers")
class CustomersView(MethodView):
    """The customers of the ledger."""

    @reads(Permission.CUSTOMERS_READ)
    @blueprint.arguments(CustomersQuery, location="query")
    @blueprint.response(200, CustomerPage)
    def get(self, asked: CustomersAsked) -> dict[str, object]:
        """Find customers by the beginning of their id or a part of their name."""
        position = position_of(asked["cursor"], str)
        after = str(position[0]) if position else ""
        found = find_customers(the_call().session, asked["search"], after, asked["limit"] + 1)

        def place(customer: FoundCustomer) -> tuple[str]:
            return (customer.customer_id,)

        return page_of(found, asked["limit"], place)


@blueprint.route("/customers/<string:customer_id>")
class CreditFileView(MethodView):
    """One customer's credit file."""

    @reads(Permission.CUSTOMERS_READ)
    @blueprint.problems(404)
    @blueprint.response(200, CreditFileBody)
    def get(self, customer_id: str) -> dict[str, Any]:
        """Show standing, exposure by component, orders, overrides, open cases, and what was decided."""
        call = the_call()
        return _body(credit_file(call.house, call.session, customer_id, call.act))


@blueprint.route("/customers/<string:customer_id>/facts")
class CustomerFactsView(MethodView):
    """One customer's facts."""

    @reads(Permission.CUSTOMERS_READ)
    @blueprint.problems(404)
    @blueprint.arguments(FactsQuery, location="query")
    @blueprint.response(200, FactsBody)
    def get(self, asked: DayAsked, customer_id: str) -> dict[str, Any]:
        """Show every fact as of a day, as decisions of that day read it, with the entries behind each number.

        Of today everything known by now counts; of an earlier day what was known at its start.
        """
        call = the_call()
        today = business_day(call.act.at, call.house.settings.zone)
        day = asked["as_of"] or today
        if day > today:
            raise RequestError("R492", f"{day} has not come yet.", remedy="Ask for today or an earlier day.")
        knowledge = Knowledge(day, includes_day=day == today)
        wanted = FactsAsked(customer_id, knowledge, asked["known_before"], tuple(asked["name"]), asked["entries"])
        found = facts_of_customer(call.house, call.session, wanted, call.act)
        return {
            "customer_id": found.customer_id,
            "as_of": found.day,
            "currency": found.currency.code,
            "ledger_head": found.through,
            "group": found.group,
            "facts": [_fact(fact) for fact in found.facts],
        }


def _fact(fact: ShownFact) -> dict[str, Any]:
    return {**asdict(fact), "type": fact.kind.value, "source": fact.source.value}


def _body(file: CreditFile) -> dict[str, Any]:
    call = the_call()
    roles = CaseStore(call.session).waiting_roles([case.case_id for case in file.cases])
    parts = file.exposure_parts.items()
    return {
        "customer": file.customer,
        "as_of": file.as_of,
        "currency": file.currency.code,
        "group": file.group,
        "standing": file.standing,
        "reviewed": _standing(file.reviewed),
        "proposed": _standing(file.proposed),
        "effects": file.effects,
        "exposure": file.exposure,
        "headroom": file.headroom,
        "exposure_parts": [{"component": name, "amount": amount, "entries": count} for name, (amount, count) in parts],
        "orders": bodies_of(call, file.orders),
        "overrides": [{**asdict(one), "has_expired": one.expires_on < file.as_of} for one in file.overrides],
        "cases": [{**asdict(case), "waiting_for": roles.get(case.case_id, ())} for case in file.cases],
        "standings": [_standing(one) for one in file.standings],
        "decisions": [summary_of(one) for one in file.decisions],
    }


def _standing(standing: StoredStanding | None) -> dict[str, Any] | None:
    return {**structs.asdict(standing), "outputs": plain_outputs(standing.outputs)} if standing else None
