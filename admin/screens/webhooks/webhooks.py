"""Webhooks: set up, tried out, switched off, and what could not be delivered sent again."""

from collections.abc import Sequence
from typing import Any, Final

from flask import request
from flask_admin import expose
from flask_babel import gettext
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from admin.doing import done, refused, shown
from admin.screens.screen import Screen
from admin.screens.webhooks.events import EVENTS
from admin.visitors import seeing
from policy_service.api.paging import cursor_of, position_of
from policy_service.domain.errors import RequestError
from policy_service.domain.permissions import Permission
from policy_service.running import new_webhook_secret
from policy_service.services.announcing import EVENT_TYPES
from policy_service.services.webhooks.addresses import URL_CHARACTERS
from policy_service.services.webhooks.managing import (
    change_webhook,
    create_webhook,
    delete_webhook,
    redeliver,
    rotate_secret,
    send_test,
)
from policy_service.storage.models.delivery import EVENT_STATES
from policy_service.storage.outbox import Outbox
from policy_service.storage.webhook_store import Change, StoredWebhook, WebhookStore

_SHOWN: Final = 50


class Webhooks(Screen):
    """The webhooks, and each with its deliveries."""

    permission = Permission.WEBHOOKS_MANAGE

    @expose("/")
    def all(self) -> Any:
        """List the webhooks, in the order they were made in."""
        after = position_of(request.args.get("after", ""), str)
        with seeing() as session:
            found = WebhookStore(session).page(str(after[0]) if after else "", _SHOWN + 1)
            dead = {each.webhook_id: _some_dead(session, each.webhook_id) for each in found}
        return self.render(
            "console/webhooks/webhooks.html",
            webhooks=found[:_SHOWN],
            ticked=request.args.getlist("event"),
            dead=dead,
            following=cursor_of((found[_SHOWN - 1].webhook_id,)) if len(found) > _SHOWN else "",
            events=EVENTS,
            event_types=EVENT_TYPES,
            longest=URL_CHARACTERS,
        )

    @expose("/make", methods=["POST"])
    def make(self) -> Any:
        """Make a webhook; the answer alone shows the secret that signs."""
        secret, chosen = new_webhook_secret(), _chosen()
        # What was ticked stays ticked, as the address stays in the form.
        back = str(self.get_url(".all", event=chosen))
        if not chosen:
            return _nothing_chosen(back)
        return shown(create_webhook, _url(), chosen, secret, show=lambda made: self._secret(made, secret), back=back)

    @expose("/webhook/<webhook_id>")
    def webhook(self, webhook_id: str) -> Any:
        """Show a webhook with its deliveries, the latest first."""
        state = request.args.get("state", "")
        before = position_of(request.args.get("after", ""), int)
        with seeing() as session:
            webhook = WebhookStore(session).webhook(webhook_id)
            chosen = state if state in EVENT_STATES else None
            found = Outbox(session).page(webhook_id, chosen, int(before[0]) if before else None, _SHOWN + 1)
        return self.render(
            "console/webhooks/webhook.html",
            webhook=webhook,
            deliveries=found[:_SHOWN],
            following=cursor_of((found[_SHOWN - 1].number,)) if len(found) > _SHOWN else "",
            state=state,
            states=EVENT_STATES,
            events=EVENTS,
            event_types=EVENT_TYPES,
            longest=URL_CHARACTERS,
        )

    @expose("/webhook/<webhook_id>/change", methods=["POST"])
    def change(self, webhook_id: str) -> Any:
        """Keep another address and other types of events."""
        chosen = _chosen()
        if not chosen:
            return _nothing_chosen(self._page_of(webhook_id))
        change = Change(url=_url(), event_types=tuple(chosen))
        return done(
            change_webhook, webhook_id, change, success=gettext("It is changed."), back=self._page_of(webhook_id)
        )

    @expose("/webhook/<webhook_id>/active", methods=["POST"])
    def set_active(self, webhook_id: str) -> Response:
        """Switch a webhook off, or on again."""
        is_active = request.form.get("active") == "yes"
        told = gettext("It is switched on.") if is_active else gettext("It is switched off: nothing is sent to it.")
        return done(
            change_webhook, webhook_id, Change(is_active=is_active), success=told, back=self._page_of(webhook_id)
        )

    @expose("/webhook/<webhook_id>/secret", methods=["POST"])
    def rotate(self, webhook_id: str) -> Any:
        """Give it another secret, which the answer alone shows; for a day both sign."""
        secret = new_webhook_secret()
        return shown(
            rotate_secret,
            webhook_id,
            secret,
            show=lambda changed: self._secret(changed, secret),
            back=self._page_of(webhook_id),
        )

    @expose("/webhook/<webhook_id>/test", methods=["POST"])
    def test(self, webhook_id: str) -> Response:
        """Send a test event to this webhook alone."""
        told = gettext("A test event is on its way. It stands below with what became of it.")
        return done(send_test, webhook_id, success=told, back=self._page_of(webhook_id))

    @expose("/webhook/<webhook_id>/remove", methods=["POST"])
    def remove(self, webhook_id: str) -> Response:
        """Take a webhook away, with what waits for it."""
        told = gettext("The webhook is taken away.")
        return done(delete_webhook, webhook_id, success=told, back=str(self.get_url(".all")))

    @expose("/webhook/<webhook_id>/deliveries/<int:number>/again", methods=["POST"])
    def again(self, webhook_id: str, number: int) -> Response:
        """Send an event again that was given up or delivered."""
        told = gettext("Delivery %(number)s is sent again.", number=number)
        return done(redeliver, number, success=told, back=self._page_of(webhook_id))

    def _secret(self, webhook: StoredWebhook, secret: str) -> Any:
        return self.render("console/webhooks/secret.html", webhook=webhook, secret=secret)

    def _page_of(self, webhook_id: str) -> str:
        return str(self.get_url(".webhook", webhook_id=webhook_id))


def _some_dead(session: Session, webhook_id: str) -> bool:
    return bool(Outbox(session).page(webhook_id, "dead", None, 1))


def _chosen() -> Sequence[str]:
    return [each for each in EVENT_TYPES if each in request.form.getlist("event")]


def _nothing_chosen(back: str) -> Response:
    error = RequestError(
        "R422", "A webhook that is told of nothing is of no use.", remedy="Tick at least one type of events."
    )
    return refused(error, back)


def _url() -> str:
    return request.form.get("url", "").strip()[: URL_CHARACTERS + 1]
