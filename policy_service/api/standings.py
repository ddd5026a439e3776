"""Standings: what customers stood at and why, what waits for approval, and whose review is due."""

import datetime as dt
from dataclasses import asdict
from typing import Any

from flask.views import MethodView
from msgspec import structs

from policy_service.api.edge import changes, reads, the_call, with_etag
from policy_service.api.endpoints import Endpoints
from policy_service.api.paging import PageAsked, PageQuery, day_position_of, page_of, position_of
from policy_service.api.roles_asked import check_roles
from policy_service.api.services_called import at_revision, done
from policy_service.api.standing_bodies import (
    DuePage,
    DueQuery,
    HistoryPage,
    StandingBody,
    StandingPage,
    StandingsQuery,
    WhyBody,
)
from policy_service.domain.instants import business_day
from policy_service.domain.permissions import Permission
from policy_service.services.standings_in_force.approving import approve, reject
from policy_service.services.standings_in_force.reading import standings_of
from policy_service.services.standings_in_force.texts import plain_outputs, recorded_texts
from policy_service.storage.review_backlog import Overdue, ReviewBacklog
from policy_service.storage.standing_store import StandingStore, StoredStanding

blueprint = Endpoints("standings", __name__, url_prefix="/v1", description="Standings of customers, and reviews due")
#: What is done to a standing may name its revision.
_at_revision = blueprint.may_name_revision("the standing")


class StandingsAsked(PageAsked, total=False):
    """A validated question for standings."""

    state: str
    approval_role: str
    customer_id: str
    sort: str


class DueAsked(PageAsked, total=False):
    """A validated question for reviews that are due."""

    before: dt.date


@blueprint.route("/customers/<customer_id>/standings")
class CustomerStandingsView(MethodView):
    """The standings of one customer."""

    @reads(Permission.CUSTOMERS_READ)
    @blueprint.problems(404)
    @blueprint.arguments(PageQuery, location="query")
    @blueprint.response(200, HistoryPage)
    def get(self, asked: PageAsked, customer_id: str) -> dict[str, object]:
        """List what a customer stood at, and who, why and by which decision."""
        call = the_call()
        ledger = call.house.customers.at(call.session)
        behind: Any = position_of(asked["cursor"], int, str)
        found = standings_of(call.session, ledger.history(customer_id), behind, asked["limit"] + 1)
        recorded = [
            {"valid_from": one.valid_from, "outputs": plain_outputs(recorded_texts(one, ledger.currency))}
            for one in found.recorded
        ]
        effects = [{**asdict(effect), "value": effect.value or None} for effect in found.effects]
        return {**_page(found.standings, asked["limit"]), "effects": effects, "recorded": recorded}


@blueprint.route("/standings")
class StandingsView(MethodView):
    """The standings of all customers."""

    @reads(Permission.CUSTOMERS_READ)
    @blueprint.arguments(StandingsQuery, location="query")
    @blueprint.response(200, StandingPage)
    def get(self, asked: StandingsAsked) -> dict[str, object]:
        """List standings: with `state=proposed` those that wait, with `approval_role` those that wait for a role."""
        behind: Any = position_of(asked["cursor"], int, str)
        found = StandingStore(the_call().session).page(
            customer_id=asked["customer_id"],
            state=asked["state"],
            approval_role=asked["approval_role"],
            after=behind,
            limit=asked["limit"] + 1,
            is_oldest_first=asked["sort"] == "oldest",
        )
        if not found:
            check_roles(approval_role=asked["approval_role"])
        return _page(found, asked["limit"])


@blueprint.route("/standings/<standing_id>")
class StandingView(MethodView):
    """One standing."""

    @reads(Permission.CUSTOMERS_READ)
    @blueprint.problems(404)
    @blueprint.response(200, StandingBody)
    def get(self, standing_id: str) -> tuple[object, dict[str, str]]:
        """Show a standing."""
        return _tagged(StandingStore(the_call().session).load(standing_id))


@blueprint.route("/standings/<standing_id>/approval")
class ApprovalView(MethodView):
    """The approval of a proposed standing."""

    @changes(Permission.STANDINGS_APPROVE)
    @_at_revision
    @blueprint.problems(404, 409)
    @blueprint.arguments(WhyBody)
    @blueprint.response(200, StandingBody)
    def post(self, said: dict[str, str], standing_id: str) -> tuple[object, dict[str, str]]:
        """Let a proposed standing count from now on: by a person with authority over it who did not run the review."""
        return _tagged(done(at_revision(approve), standing_id, said["note"]))


@blueprint.route("/standings/<standing_id>/rejection")
class RejectionView(MethodView):
    """The rejection of a proposed standing."""

    @changes(Permission.STANDINGS_APPROVE)
    @_at_revision
    @blueprint.problems(404, 409)
    @blueprint.arguments(WhyBody)
    @blueprint.response(200, StandingBody)
    def post(self, said: dict[str, str], standing_id: str) -> tuple[object, dict[str, str]]:
        """Let a proposed standing never count; what is in force stays."""
        return _tagged(done(at_revision(reject), standing_id, said["note"]))


@blueprint.route("/reviews/due")
class ReviewsDueView(MethodView):
    """The reviews that are due."""

    @reads(Permission.CUSTOMERS_READ)
    @blueprint.arguments(DueQuery, location="query")
    @blueprint.response(200, DuePage)
    def get(self, asked: DueAsked) -> dict[str, object]:
        """List customers to be reviewed, the longest overdue first.

        Their next review has come, their limit is over, their latest review was referred, or nobody reviewed here
        what was recorded elsewhere.
        """
        call = the_call()
        today = business_day(call.act.at, call.house.settings.zone)
        before = asked.get("before") or today + dt.timedelta(days=1)
        found = ReviewBacklog(call.session).page(before, day_position_of(asked["cursor"]), asked["limit"] + 1)
        return page_of(
            list(map(_due, found)), asked["limit"], lambda due: (due["due_on"].isoformat(), due["customer_id"])
        )


def _page(standings: tuple[StoredStanding, ...], limit: int) -> dict[str, object]:
    return page_of(list(map(_body, standings)), limit, lambda one: (one["proposed_at"], one["standing_id"]))


def _body(standing: StoredStanding) -> dict[str, Any]:
    return {**structs.asdict(standing), "outputs": plain_outputs(standing.outputs)}


def _tagged(standing: StoredStanding) -> tuple[object, dict[str, str]]:
    return with_etag(_body(standing), standing.revision)


def _due(overdue: Overdue) -> dict[str, Any]:
    causes = [{"cause": cause, "since": day} for cause, day in overdue.causes]
    return {"customer_id": overdue.customer_id, "due_on": overdue.due_on, "causes": causes}
