"""Webhooks set up by people: made, changed, given another secret, tried out, and their events sent again."""

from collections.abc import Sequence
from typing import Final

from sqlalchemy.orm import Session

from policy_service.domain.acting import Act
from policy_service.domain.errors import RequestError
from policy_service.domain.instants import DAY
from policy_service.domain.permissions import Permission
from policy_service.services.actor import Actor, require
from policy_service.services.announcing import TEST_EVENT, new_event
from policy_service.services.audit import note
from policy_service.services.house import House
from policy_service.services.webhooks.addresses import (
    Resolver,
    Target,
    checked_addresses,
    system_resolver,
    target_of,
)
from policy_service.storage.outbox import Delivery, Outbox
from policy_service.storage.webhook_store import Change, NewWebhook, StoredWebhook, WebhookStore

#: After a rotation the secret before it signs too, so that a receiver has time to change.
BOTH_SECRETS: Final = DAY
_SUBJECT: Final = "webhook"
#: Where nobody says which revision was read: none is at this one.
_NO_REVISION: Final = 0


def create_webhook(
    house: House,
    session: Session,
    url: str,
    event_types: Sequence[str],
    secret: str,
    actor: Actor,
    act: Act,
    resolve: Resolver = system_resolver,
) -> StoredWebhook:
    """Store a webhook that is told of events of these types from now on.

    AccessError A403 without the permission to manage webhooks, as with all that is done to them. RequestError R471 for
    a URL that events are not sent to, R472 for a name without address, R473 for an address that is not public.
    """
    require(actor, Permission.WEBHOOKS_MANAGE)
    target = _checked(house, url, resolve)
    new = NewWebhook(house.new_id(), url, tuple(event_types), secret)
    webhook = WebhookStore(session).add(new, act.at, act.person)
    detail = {"host": target.authority, "event_types": list(webhook.event_types)}
    note(house, session, act, "created", _SUBJECT, webhook.webhook_id, detail)
    return webhook


def change_webhook(
    house: House,
    session: Session,
    webhook_id: str,
    change: Change,
    actor: Actor,
    act: Act,
    *,
    revision: int = _NO_REVISION,
    resolve: Resolver = system_resolver,
) -> StoredWebhook:
    """Change a webhook's URL, types of events, or whether it is active.

    NotStored S209, Conflict S208 for another revision; RequestError R471 to R473 as for a new one.
    """
    require(actor, Permission.WEBHOOKS_MANAGE)
    target = None if change.url is None else _checked(house, change.url, resolve)
    webhook = WebhookStore(session).change(webhook_id, revision, change)
    detail: dict[str, object] = {"event_types": list(webhook.event_types), "is_active": webhook.is_active}
    if target is not None:
        detail["host"] = target.authority
    note(house, session, act, "changed", _SUBJECT, webhook_id, detail)
    return webhook


def rotate_secret(
    house: House,
    session: Session,
    webhook_id: str,
    secret: str,
    actor: Actor,
    act: Act,
    *,
    revision: int = _NO_REVISION,
) -> StoredWebhook:
    """Give a webhook another secret; for a day both sign. NotStored S209, Conflict S208 for another revision."""
    require(actor, Permission.WEBHOOKS_MANAGE)
    webhook = WebhookStore(session).change_secret(webhook_id, revision, secret, act.at + BOTH_SECRETS)
    note(house, session, act, "secret_rotated", _SUBJECT, webhook_id)
    return webhook


def delete_webhook(
    house: House, session: Session, webhook_id: str, actor: Actor, act: Act, *, revision: int = _NO_REVISION
) -> None:
    """Take a webhook away, with its events; NotStored S209, Conflict S208 for another revision."""
    require(actor, Permission.WEBHOOKS_MANAGE)
    WebhookStore(session).remove(webhook_id, revision)
    note(house, session, act, "deleted", _SUBJECT, webhook_id)


def send_test(house: House, session: Session, webhook_id: str, actor: Actor, act: Act) -> Delivery:
    """Put an event of the type `webhook.test` in for this webhook alone.

    NotStored S209; RequestError R474 for a webhook that is not active.
    """
    require(actor, Permission.WEBHOOKS_MANAGE)
    webhook = WebhookStore(session).webhook(webhook_id)
    if not webhook.is_active:
        raise RequestError("R474", "The webhook is not active.", remedy="Set is_active to true, then try it out.")
    outbox = Outbox(session)
    outbox.add([webhook_id], new_event(house, act, TEST_EVENT, f"webhooks/{webhook_id}", {"asked_by": act.person}))
    note(house, session, act, "tested", _SUBJECT, webhook_id)
    (latest,) = outbox.page(webhook_id, None, None, 1)
    return latest


def redeliver(house: House, session: Session, number: int, actor: Actor, act: Act) -> Delivery:
    """Let an event that was given up or delivered be sent again at once, with its attempts counted anew.

    NotStored S209; RequestError R475 for one that still waits.
    """
    require(actor, Permission.WEBHOOKS_MANAGE)
    outbox = Outbox(session)
    delivery = outbox.delivery(number)
    if delivery.state not in ("dead", "delivered"):
        raise RequestError("R475", f"Delivery {number} still waits to be sent.", remedy="Wait for its next_attempt_at.")
    outbox.send_again(number, act.at)
    note(house, session, act, "redelivered", _SUBJECT, delivery.webhook_id, {"delivery": number})
    return outbox.delivery(number)


def _checked(house: House, url: str, resolve: Resolver) -> Target:
    target = target_of(url, allows_http=house.settings.webhook_allow_http)
    checked_addresses(target, house.settings.webhook_allowed_networks, resolve)
    return target
