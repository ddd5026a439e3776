"""Webhooks: who is told of what, the secrets that sign it, and what became of each delivery."""

from typing import Any, Final, TypedDict

from flask.views import MethodView
from marshmallow import Schema, fields, validate

from policy_service.api.edge import changes, expected_revision, reads, the_call, with_etag
from policy_service.api.endpoints import Endpoints
from policy_service.api.fields import Flag, InstantField, Name
from policy_service.api.paging import PageQuery, page_of, position_of
from policy_service.api.services_called import done
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
from policy_service.storage.outbox import Delivery, Outbox
from policy_service.storage.webhook_store import Change, StoredWebhook, WebhookStore

blueprint = Endpoints("webhooks", __name__, url_prefix="/v1/webhooks", description="Events told to other systems")

_MANAGE: Final = Permission.WEBHOOKS_MANAGE
_URL: Final = {"description": "https; http where the settings allow it.", "example": "https://erp.example.com/events"}
_NUMBER: Final = "<int:number>"


class _EventTypes(fields.List):  # type: ignore[type-arg]
    def __init__(self, **more: Any) -> None:
        one = fields.String(validate=validate.OneOf(EVENT_TYPES))
        metadata = {"example": ["order.held", "order.released"]}
        super().__init__(one, validate=validate.Length(1, len(EVENT_TYPES)), metadata=metadata, **more)


class NewWebhook(Schema):
    """A webhook to be made."""

    url = Name(URL_CHARACTERS, required=True, metadata=_URL)
    event_types = _EventTypes(required=True)


class WebhookChange(Schema):
    """What is to be changed of a webhook."""

    url = Name(URL_CHARACTERS, metadata=_URL)
    event_types = _EventTypes()
    is_active = Flag(metadata={"example": True})


class WebhookBody(Schema):
    """A webhook."""

    webhook_id = fields.String(metadata={"example": "0198c1d2a3b4c5d6e7f8091a2b3c4d5e"})
    url = fields.String(metadata=_URL)
    event_types = _EventTypes()
    is_active = fields.Boolean()
    switched_off_because = fields.String(metadata={"description": "Why the service switched it off; else empty."})
    created_at = InstantField()
    created_by = fields.String(metadata={"example": "anna"})


class WebhookWithSecret(WebhookBody):
    """A webhook with the secret that signs what it is sent; shown this once."""

    secret = fields.String(metadata={"example": "whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="})


class WebhookPage(Schema):
    """Webhooks, in the order they were made in."""

    items = fields.List(fields.Nested(WebhookBody))
    next_cursor = fields.String(allow_none=True)


class DeliveryBody(Schema):
    """An event for a webhook, and what became of it."""

    number = fields.Integer(metadata={"example": 17})
    event_id = fields.String(metadata={"example": "0198c1d2a3b4c5d6e7f8091a2b3c4d5e"})
    webhook_id = fields.String()
    event_type = fields.String(metadata={"example": "order.held"})
    created_at = InstantField()
    state = fields.String(validate=validate.OneOf(EVENT_STATES), metadata={"example": "waiting"})
    attempts = fields.Integer(metadata={"example": 0})
    next_attempt_at = InstantField(allow_none=True)
    last_status = fields.Integer(allow_none=True, metadata={"description": "Null where no answer came."})
    last_error = fields.String(metadata={"description": "Why the last attempt failed; else empty."})
    delivered_at = InstantField(allow_none=True)


class DeliveryPage(Schema):
    """Deliveries, the latest first."""

    items = fields.List(fields.Nested(DeliveryBody))
    next_cursor = fields.String(allow_none=True)


class DeliveryQuery(PageQuery):
    """Which deliveries are asked for."""

    state = fields.String(validate=validate.OneOf(EVENT_STATES), metadata={"example": "dead"})


class NewWebhookAsked(TypedDict):
    """A validated body."""

    url: str
    event_types: list[str]


class ChangeAsked(TypedDict, total=False):
    """A validated body."""

    url: str
    event_types: list[str]
    is_active: bool


class PageAsked(TypedDict, total=False):
    """A validated query."""

    limit: int
    cursor: str
    state: str


@blueprint.route("")
class WebhooksView(MethodView):
    """The webhooks."""

    @reads(_MANAGE)
    @blueprint.arguments(PageQuery, location="query")
    @blueprint.response(200, WebhookPage)
    def get(self, page: PageAsked) -> dict[str, object]:
        """List the webhooks."""
        after = position_of(page["cursor"], str)
        found = WebhookStore(the_call().session).page(str(after[0]) if after else "", page["limit"] + 1)
        return page_of(found, page["limit"], lambda webhook: (webhook.webhook_id,))

    @changes(_MANAGE, creates=True)
    @blueprint.arguments(NewWebhook)
    @blueprint.response(201, WebhookWithSecret)
    def post(self, asked: NewWebhookAsked) -> tuple[object, dict[str, str]]:
        """Make a webhook; its secret is shown this once."""
        secret = new_webhook_secret()
        made = done(create_webhook, asked["url"], asked["event_types"], secret)
        body, headers = with_etag(_with_secret(made, secret), made.revision)
        return body, {**headers, "Location": f"/v1/webhooks/{made.webhook_id}"}


@blueprint.route("/<webhook_id>")
class WebhookView(MethodView):
    """One webhook."""

    @reads(_MANAGE)
    @blueprint.response(200, WebhookBody)
    @blueprint.problems(404, 422)
    def get(self, webhook_id: str) -> object:
        """Show a webhook."""
        webhook = WebhookStore(the_call().session).webhook(webhook_id)
        return with_etag(webhook, webhook.revision)

    @changes(_MANAGE)
    @blueprint.arguments(WebhookChange)
    @blueprint.response(200, WebhookBody)
    @blueprint.problems(404, 428)
    def patch(self, asked: ChangeAsked, webhook_id: str) -> object:
        """Change a webhook's address or types of events, switch it off, or on again."""
        call, revision = the_call(), expected_revision()
        types = asked.get("event_types")
        change = Change(asked.get("url"), None if types is None else tuple(types), asked.get("is_active"))
        changed = change_webhook(call.house, call.session, webhook_id, change, call.actor, call.act, revision=revision)
        return with_etag(changed, changed.revision)

    @changes(_MANAGE)
    @blueprint.response(204)
    @blueprint.problems(404, 422, 428)
    def delete(self, webhook_id: str) -> None:
        """Take a webhook away, with what waits for it."""
        call = the_call()
        delete_webhook(call.house, call.session, webhook_id, call.actor, call.act, revision=expected_revision())


@blueprint.route("/<webhook_id>/secret")
class SecretView(MethodView):
    """The secret that signs."""

    @changes(_MANAGE)
    @blueprint.response(200, WebhookWithSecret)
    @blueprint.problems(404, 409, 422, 428)
    def post(self, webhook_id: str) -> object:
        """Give a webhook another secret, shown this once; for a day both sign."""
        call, secret = the_call(), new_webhook_secret()
        changed = rotate_secret(
            call.house, call.session, webhook_id, secret, call.actor, call.act, revision=expected_revision()
        )
        return with_etag(_with_secret(changed, secret), changed.revision)


@blueprint.route("/<webhook_id>/test")
class TestView(MethodView):
    """A try."""

    @changes(_MANAGE, creates=True)
    @blueprint.response(202, DeliveryBody)
    @blueprint.problems(404)
    def post(self, webhook_id: str) -> Delivery:
        """Send an event of the type webhook.test to this webhook alone."""
        return done(send_test, webhook_id)


@blueprint.route("/<webhook_id>/deliveries")
class DeliveriesView(MethodView):
    """What was sent and what waits."""

    @reads(_MANAGE)
    @blueprint.arguments(DeliveryQuery, location="query")
    @blueprint.response(200, DeliveryPage)
    @blueprint.problems(404)
    def get(self, page: PageAsked, webhook_id: str) -> dict[str, object]:
        """List the deliveries of a webhook."""
        session = the_call().session
        WebhookStore(session).webhook(webhook_id)
        before = position_of(page["cursor"], int)
        number = int(before[0]) if before else None
        found = Outbox(session).page(webhook_id, page.get("state"), number, page["limit"] + 1)
        return page_of(found, page["limit"], lambda delivery: (delivery.number,))


@blueprint.route(f"/deliveries/{_NUMBER}/redelivery")
class RedeliveryView(MethodView):
    """A dead letter sent again."""

    @changes(_MANAGE, creates=True)
    @blueprint.response(202, DeliveryBody)
    @blueprint.problems(404)
    def post(self, number: int) -> Delivery:
        """Send an event again that was given up or delivered."""
        return done(redeliver, number)


def _with_secret(webhook: StoredWebhook, secret: str) -> dict[str, object]:
    return {**{name: getattr(webhook, name) for name in StoredWebhook.__slots__}, "secret": secret}
