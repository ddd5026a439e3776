"""Whoever may not manage webhooks does nothing to them, whichever way they come."""

from collections.abc import Callable
from typing import Any

import pytest

from policy_service.domain.errors import AccessError
from policy_service.domain.permissions import Permission
from policy_service.services.house import House
from policy_service.services.webhooks.managing import (
    change_webhook,
    create_webhook,
    delete_webhook,
    redeliver,
    rotate_secret,
    send_test,
)
from policy_service.storage.webhook_store import Change
from tests.services.webhooks.receiving import SECRET, act, actor

URL = "http://127.0.0.1:9999/"


@pytest.mark.parametrize(
    ("verb", "what"),
    [
        (create_webhook, (URL, ("order.held",), SECRET)),
        (change_webhook, ("w1", Change(is_active=False))),
        (rotate_secret, ("w1", SECRET)),
        (delete_webhook, ("w1",)),
        (send_test, ("w1",)),
        (redeliver, (1,)),
    ],
    ids=["create", "change", "rotate", "delete", "test", "redeliver"],
)
def test_nothing_is_done_without_the_permission(
    house: House, verb: Callable[..., Any], what: tuple[object, ...]
) -> None:
    with pytest.raises(AccessError) as refused, house.database.writing() as session:
        verb(house, session, *what, actor(Permission.LEDGER_READ), act())
    assert "A403" == refused.value.code
