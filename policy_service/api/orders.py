"""/v1/orders: the orders that were asked about, the queue of the held ones, and what is done to them."""

from dataclasses import replace
from typing import Any

from flask.views import MethodView

from policy_service.api.edge import changes, named_revision, reads, the_call, with_etag
from policy_service.api.endpoints import Endpoints
from policy_service.api.order_bodies import (
    AmendmentAsked,
    AmendmentRequest,
    EndRequest,
    OrderFileBody,
    OrderFileQuery,
    OrderNowBody,
    OrderPageBody,
    OrdersAsked,
    OrdersQuery,
    ReasonGiven,
    ReferralAsked,
    ReferralRequest,
    ReleaseRequest,
    bodies_of,
    body_of_file,
    body_of_now,
)
from policy_service.api.paging import cursor_of, position_in
from policy_service.api.services_called import Verb, What, at_revision, done
from policy_service.domain.permissions import Permission
from policy_service.services.orders.amending import amend
from policy_service.services.orders.clearing import clearing_payment
from policy_service.services.orders.life import cancel, invoiced
from policy_service.services.orders.moving import OrderNow
from policy_service.services.orders.queue import order_file
from policy_service.services.orders.rechecking import decide_again
from policy_service.services.orders.releasing import refer, release
from policy_service.services.orders.transitions import OrderState
from policy_service.storage.order_store import OrderStore

blueprint = Endpoints("orders", __name__, url_prefix="/v1/orders", description="Orders, and those that are held")

#: What is done to an order may name its revision.
_at_revision = blueprint.may_name_revision("the order")


@blueprint.route("")
class OrdersView(MethodView):
    """The orders."""

    @reads(Permission.ORDERS_READ)
    @blueprint.arguments(OrdersQuery, location="query")
    @blueprint.response(200, OrderPageBody)
    def get(self, asked: OrdersAsked) -> dict[str, Any]:
        """List orders, the oldest or the largest first; with `state=held` the queue."""
        call = the_call()
        # The oldest of held orders is the one held for longest: they stand in an order of their own.
        order = f"{asked['sort']} {OrderState.HELD}" if asked["state"] is OrderState.HELD else str(asked["sort"])
        behind: Any = position_in(order, asked["cursor"], int, str)
        page = OrderStore(call.session).page(
            state=asked["state"] or "",
            customer_id=asked["customer_id"],
            referred_to=asked["referred_to"] or "",
            is_told_otherwise=asked["is_told_otherwise"],
            sort=asked["sort"],
            after=behind,
            limit=asked["limit"],
        )
        items = bodies_of(call, page.orders)
        return {"items": items, "next_cursor": cursor_of((order, *page.next_key)) if page.next_key else None}


@blueprint.route("/<order_id>")
class OrderView(MethodView):
    """One order."""

    @reads(Permission.ORDERS_READ)
    @blueprint.problems(404)
    @blueprint.arguments(OrderFileQuery, location="query")
    @blueprint.response(200, OrderFileBody)
    def get(self, asked: dict[str, bool], order_id: str) -> tuple[object, dict[str, str]]:
        """Show an order with its steps and decisions; of a held one who may release it, and which payment would."""
        call = the_call()
        file = order_file(call.house, call.session, order_id, call.act)
        is_wanted = asked["clearing"] and file.order.state == OrderState.HELD
        clearing = clearing_payment(call.house, call.session, file.order, call.act) if is_wanted else None
        return with_etag(body_of_file(call, file, clearing), file.order.revision)


@blueprint.route("/<order_id>/release")
class ReleaseView(MethodView):
    """The release of a held order."""

    @changes(Permission.ORDERS_RELEASE)
    @_at_revision
    @blueprint.problems(404, 409)
    @blueprint.arguments(ReleaseRequest)
    @blueprint.response(200, OrderNowBody)
    def post(self, said: ReasonGiven, order_id: str) -> tuple[object, dict[str, str]]:
        """Let a held order go; by another person than asked for it, within the authority of their role."""
        return _done(release, order_id, said["reason"])


@blueprint.route("/<order_id>/referral")
class ReferralView(MethodView):
    """The referral of a held order."""

    @changes(Permission.ORDERS_RELEASE)
    @_at_revision
    @blueprint.problems(404, 409)
    @blueprint.arguments(ReferralRequest)
    @blueprint.response(200, OrderNowBody)
    def post(self, said: ReferralAsked, order_id: str) -> tuple[object, dict[str, str]]:
        """Put a held order into the queue of a role with more authority."""
        return _done(refer, order_id, said["role"], said["note"])


@blueprint.route("/<order_id>/cancellation")
class CancellationView(MethodView):
    """The end of an order that nobody wants any more."""

    @changes(Permission.ORDERS_WRITE)
    @_at_revision
    @blueprint.problems(404, 409)
    @blueprint.arguments(EndRequest)
    @blueprint.response(200, OrderNowBody)
    def post(self, said: ReasonGiven, order_id: str) -> tuple[object, dict[str, str]]:
        """Take an order back; it counts nowhere any more."""
        return _done(cancel, order_id, said["reason"])


@blueprint.route("/<order_id>/invoice")
class InvoiceView(MethodView):
    """The invoice of an order."""

    @changes(Permission.ORDERS_WRITE)
    @_at_revision
    @blueprint.problems(404, 409)
    @blueprint.arguments(EndRequest)
    @blueprint.response(200, OrderNowBody)
    def post(self, said: ReasonGiven, order_id: str) -> tuple[object, dict[str, str]]:
        """Say that an order was invoiced, a held one too; it counts until the ledger has the invoice."""
        return _done(invoiced, order_id, note=said["reason"])


@blueprint.route("/<order_id>/amendments")
class AmendmentsView(MethodView):
    """Amendments of an order."""

    @changes(Permission.ORDERS_WRITE, creates=True)
    @_at_revision
    @blueprint.problems(404, 409)
    @blueprint.arguments(AmendmentRequest)
    @blueprint.response(201, OrderNowBody)
    def post(self, said: AmendmentAsked, order_id: str) -> tuple[object, dict[str, str]]:
        """Decide upon an order with other facts, under its id or a new one; the answer is the order that stands then.

        A released order stays released for up to what was released.
        """
        call = the_call()
        now = amend(
            call.house,
            call.session,
            order_id,
            said["facts"],
            call.actor,
            replace(call.act, note=said["reason"]),
            new_order_id=said["new_order_id"],
            currency=said["currency"],
            revision=named_revision(),
        )
        return _told(now)


@blueprint.route("/<order_id>/decision")
class DecisionView(MethodView):
    """A new decision upon an order."""

    @changes(Permission.ORDERS_WRITE, creates=True)
    @_at_revision
    @blueprint.problems(404, 409)
    @blueprint.response(201, OrderNowBody)
    def post(self, order_id: str) -> tuple[object, dict[str, str]]:
        """Decide upon an order again, now: a held one may go; one let through stays so."""
        return _done(decide_again, order_id)


def _done(verb: Verb[*What, OrderNow], *what: *What, note: str = "") -> tuple[object, dict[str, str]]:
    return _told(done(at_revision(verb), *what, note=note))


def _told(now: OrderNow) -> tuple[object, dict[str, str]]:
    return with_etag(body_of_now(the_call(), now), now.order.revision)
