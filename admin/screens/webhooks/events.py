"""What webhooks can be told of, as people read it."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from flask_babel import LazyString, lazy_gettext

from policy_service.services.announcing import TEST_EVENT

#: Every type of events, in the order in which they are offered; the last is sent on request alone.
EVENTS: Final[Mapping[str, LazyString]] = MappingProxyType(
    {
        "decision.given": lazy_gettext("a decision was given"),
        "order.held": lazy_gettext("an order is held"),
        "order.released": lazy_gettext("an order is released"),
        "order.cancelled": lazy_gettext("an order is cancelled"),
        "order.doubted": lazy_gettext("an order that was let go would be held now"),
        "standing.proposed": lazy_gettext("a standing is proposed"),
        "standing.changed": lazy_gettext("a standing has changed"),
        "override.given": lazy_gettext("an override was given"),
        "case.opened": lazy_gettext("a collection case was opened"),
        "case.climbed": lazy_gettext("a collection case reached another level"),
        "case.closed": lazy_gettext("a collection case was closed"),
        "policy.submitted": lazy_gettext("a policy was submitted"),
        "policy.approved": lazy_gettext("a policy was approved"),
        "policy.scheduled": lazy_gettext("a policy was scheduled"),
        "policy.activated": lazy_gettext("a policy came into force"),
        "policy.retired": lazy_gettext("a policy was retired"),
        "ledger.posted": lazy_gettext("entries were posted to the ledger"),
        "day.run": lazy_gettext("the day was run"),
        TEST_EVENT: lazy_gettext("a test"),
    }
)
