"""Held orders: why each is held, what payment would release it, and its release within one's authority."""

from typing import Any, Final

from flask import request
from flask_admin import expose
from flask_babel import gettext
from werkzeug.wrappers import Response

from admin.doing import done
from admin.screens.screen import Screen
from admin.visitors import seeing, the_act, the_house
from admin.wording import role_said
from policy_service.api.paging import cursor_of, position_of
from policy_service.domain.errors import RequestError
from policy_service.domain.permissions import AUTHORITY, Permission, Role
from policy_service.services.orders.clearing import clearing_payment
from policy_service.services.orders.queue import days_held, order_file
from policy_service.services.orders.releasing import refer, release
from policy_service.services.orders.transitions import OrderState
from policy_service.services.orders.wording import reasons_of
from policy_service.storage.customer_search import names_of
from policy_service.storage.order_store import OrderSort, OrderStore

_SHOWN: Final = 50


class HeldOrders(Screen):
    """The queue, and each of its orders."""

    permission = Permission.ORDERS_READ

    @expose("/")
    def queue(self) -> Any:
        """List held orders, those held longest or the largest first."""
        act, role = the_act(), request.args.get("for", "")
        sort = OrderSort.LARGEST if request.args.get("sort") == OrderSort.LARGEST else OrderSort.OLDEST
        after: Any = position_of(request.args.get("after", ""), int, str)
        with seeing() as session:
            page = OrderStore(session).page(
                state=OrderState.HELD,
                referred_to=role if role in AUTHORITY else "",
                sort=sort,
                after=after,
                limit=_SHOWN,
            )
            names = names_of(session, (order.customer_id for order in page.orders))
        return self.render(
            "console/held_orders/queue.html",
            rows=[(order, days_held(the_house(), order, act), reasons_of(order)) for order in page.orders],
            names=names,
            following=cursor_of(page.next_key) if page.next_key else "",
            sort=sort,
            for_role=role,
            roles=AUTHORITY,
        )

    @expose("/order/<path:order_id>")
    def order(self, order_id: str) -> Any:
        """Show an order with its reasons, steps and decisions, and what payment would let it go."""
        act = the_act()
        with seeing() as session:
            file = order_file(the_house(), session, order_id, act)
            is_held = file.order.state == OrderState.HELD
            clearing = clearing_payment(the_house(), session, file.order, act) if is_held else None
        return self.render(
            "console/held_orders/order.html",
            file=file,
            order=file.order,
            is_held=is_held,
            clearing=clearing,
            reasons=reasons_of(file.order),
            days=days_held(the_house(), file.order, act),
            roles=AUTHORITY,
        )

    @expose("/order/<path:order_id>/release", methods=["POST"])
    def release(self, order_id: str) -> Response:
        """Let a held order go."""
        told = gettext("Order %(order)s is released.", order=order_id)
        return done(release, order_id, request.form.get("reason", ""), success=told, back=self._page_of(order_id))

    @expose("/order/<path:order_id>/refer", methods=["POST"])
    def refer(self, order_id: str) -> Response:
        """Put a held order into the queue of somebody with more authority."""
        named = request.form.get("role", "")
        if named not in AUTHORITY:
            raise RequestError("R435", f"{named[:40]!r} releases no orders.", remedy="Choose a role of the list.")
        told = gettext("Order %(order)s is referred to: %(role)s.", order=order_id, role=role_said(named))
        reason = request.form.get("reason", "")
        return done(refer, order_id, Role(named), reason, success=told, back=self._page_of(order_id))

    def _page_of(self, order_id: str) -> str:
        return str(self.get_url(".order", order_id=order_id))
