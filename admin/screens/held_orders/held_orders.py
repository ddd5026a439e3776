"""Held orders: why each is held, what payment would release it, and its release within one's authority."""

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any, Final

from flask import flash, redirect, request
from flask_admin import expose
from flask_babel import gettext
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from admin.doing import done, refused
from admin.screens.screen import Screen
from admin.several import RowWork, chosen, each_done
from admin.visitors import Work, seeing, the_act, the_house
from admin.wording import role_said
from policy_service.api.paging import cursor_of, position_of
from policy_service.domain.acting import Act
from policy_service.domain.errors import RequestError
from policy_service.domain.permissions import AUTHORITY, Permission, Role
from policy_service.language.definitions.dictionary import Title
from policy_service.services.actor import Actor
from policy_service.services.decisions.told_decision import titles_of
from policy_service.services.given_reason import given_reason
from policy_service.services.house import House
from policy_service.services.orders.clearing import clearing_payment
from policy_service.services.orders.moving import OrderNow
from policy_service.services.orders.queue import days_held, order_file
from policy_service.services.orders.releasing import refer, release, release_or_refer
from policy_service.services.orders.transitions import OrderState
from policy_service.services.orders.wording import reasons_of
from policy_service.storage.customer_search import names_of
from policy_service.storage.order_store import OrderSort, OrderStore
from policy_service.storage.policy_store import PolicyStore

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
            titles = _titles(session, act)
        return self.render(
            "console/held_orders/queue.html",
            rows=[(order, days_held(the_house(), order, act), reasons_of(order)) for order in page.orders],
            names=names,
            titles=titles,
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
            titles = _titles(session, act)
        return self.render(
            "console/held_orders/order.html",
            file=file,
            order=file.order,
            is_held=is_held,
            clearing=clearing,
            reasons=reasons_of(file.order),
            titles=titles,
            days=days_held(the_house(), file.order, act),
            roles=AUTHORITY,
        )

    @expose("/order/<path:order_id>/payment")
    def payment(self, order_id: str) -> Any:
        """Show what payment would let a held order go."""
        act = the_act()
        with seeing() as session:
            order = OrderStore(session).load(order_id)
            if order.state != OrderState.HELD:
                return redirect(self._page_of(order_id))
            clearing = clearing_payment(the_house(), session, order, act)
        return self.render("console/held_orders/payment.html", order=order, clearing=clearing)

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

    @expose("/several", methods=["POST"])
    def several(self) -> Any:
        """Release or refer each of the chosen orders, and tell what became of each."""
        reason, back = request.form.get("reason", ""), self.get_url(".queue")
        try:
            work = _of_several(reason)
            rows = chosen()
            given_reason(reason)
        except RequestError as error:
            return refused(error, back)
        if not rows:
            flash(gettext("Choose at least one order."), "error")
            return redirect(back)
        answers = each_done(rows, work)
        return self.render("console/held_orders/several.html", answers=answers)

    def _page_of(self, order_id: str) -> str:
        return str(self.get_url(".order", order_id=order_id))


def _titles(session: Session, act: Act) -> Mapping[str, Title]:
    house = the_house()
    policy_id = house.settings.default_policy
    version = PolicyStore(session).effective(policy_id, act.at)
    # Orders are held, and shown, also while no policy is in force.
    return titles_of(house.policies.counting(session, policy_id, version, act.at).policy) if version else {}


def _of_several(reason: str) -> RowWork:
    role = request.form.get("role", "")
    match request.form.get("do", ""):
        case "release":
            verb: Callable[..., OrderNow] = release
        case "release_or_refer":
            verb = release_or_refer
        case _ if role in AUTHORITY:
            verb = partial(_referred_to, Role(role))
        case _:
            raise RequestError("R435", f"{role[:40]!r} releases no orders.", remedy="Choose a role of the list.")

    def done_with(work: Work, order_id: str, revision: int) -> str:
        now = verb(work.house, work.session, order_id, reason, work.visitor.actor, work.act, revision=revision)
        if now.state == OrderState.HELD:
            return str(gettext("referred to: %(role)s", role=role_said(now.order.referred_to)))
        return str(gettext("released"))

    return done_with


def _referred_to(
    role: Role, house: House, session: Session, order_id: str, why: str, actor: Actor, act: Act, *, revision: int
) -> OrderNow:
    return refer(house, session, order_id, role, why, actor, act, revision=revision)
