"""What the endpoints of customers take and give."""

from typing import Any, Final

from marshmallow import Schema, fields, validate

from policy_service.api.case_bodies import CaseBody
from policy_service.api.fields import Day, InstantField, printable
from policy_service.api.order_bodies import OrderBody
from policy_service.api.overrides import OverrideBody
from policy_service.api.paging import PageQuery
from policy_service.api.schemas import DecisionSummary
from policy_service.api.standing_bodies import EffectBody, StandingBody

_PLAIN: Final[dict[str, Any]] = {
    "oneOf": [{"type": "string"}, {"type": "integer"}, {"type": "boolean"}, {"type": "null"}]
}
_FACT: Final = "^[^\\W\\d][\\w.]{0,99}$"
#: Entries shown behind each fact, at most.
MOST_ENTRIES: Final = 500


class CustomersQuery(PageQuery):
    """Which customers are asked for."""

    search = fields.String(
        load_default="",
        validate=[validate.Length(max=200), printable],
        metadata={"description": "The beginning of an id, or a part of a name.", "example": "C0000001"},
    )


class FoundCustomerBody(Schema):
    """A customer in a list."""

    customer_id = fields.String(metadata={"example": "C000000001"})
    name = fields.String(metadata={"example": "Huaxin Trading"})
    root_id = fields.String(metadata={"description": "The root of its group: itself, where it has no parent."})


class CustomerPage(Schema):
    """Some customers, by id."""

    items = fields.List(fields.Nested(FoundCustomerBody))
    next_cursor = fields.String(allow_none=True)


class CustomerBody(Schema):
    """The customer file as it is today."""

    customer_id = fields.String(metadata={"example": "C000000001"})
    name = fields.String()
    segment = fields.String()
    industry = fields.String()
    country = fields.String()
    since = Day(allow_none=True)
    parent_id = fields.String()
    currency = fields.String()
    valid_from = Day(allow_none=True)
    attributes = fields.Dict(metadata={"description": "Further columns, as texts."})


class ExposurePartBody(Schema):
    """What one component adds to the exposure or, negative, takes off it."""

    component = fields.String(metadata={"example": "open_balance"})
    amount = fields.String(metadata={"example": "383956.05"})
    entries = fields.Integer(metadata={"description": "Ledger entries behind it.", "example": 12})


class CreditFileBody(Schema):
    """Everything about one customer; of each list the latest, the rest is listed at its own place."""

    customer = fields.Nested(CustomerBody)
    as_of = Day()
    currency = fields.String(metadata={"example": "CNY"})
    group = fields.List(fields.String(), metadata={"description": "Customers with the same root, itself included."})
    standing = fields.Dict(metadata={"description": "Under overrides and effects.", "example": {"grade": "A"}})
    reviewed = fields.Nested(StandingBody, allow_none=True, metadata={"description": "The review behind it."})
    proposed = fields.Nested(StandingBody, allow_none=True, metadata={"description": "What waits for approval."})
    effects = fields.List(fields.Nested(EffectBody))
    exposure = fields.String(metadata={"example": "383956.05"})
    headroom = fields.String(allow_none=True, metadata={"description": "Limit less exposure; null without a limit."})
    exposure_parts = fields.List(fields.Nested(ExposurePartBody))
    orders = fields.List(fields.Nested(OrderBody))
    overrides = fields.List(fields.Nested(OverrideBody))
    cases = fields.List(fields.Nested(CaseBody))
    standings = fields.List(fields.Nested(StandingBody))
    decisions = fields.List(fields.Nested(DecisionSummary))


class FactsQuery(Schema):
    """As of when facts are asked for, and how much of what is behind them."""

    as_of = Day(load_default=None, metadata={"description": "Business day; default: today, with all known by now."})
    known_before = InstantField(
        load_default=None, metadata={"description": "Only what was posted before; default: all that is known now."}
    )
    name = fields.List(
        fields.String(validate=validate.Regexp(_FACT)),
        load_default=list,
        validate=validate.Length(max=100),
        metadata={"description": "Facts by name, repeated; default: all."},
    )
    entries = fields.Integer(
        load_default=20, validate=validate.Range(0, MOST_ENTRIES), metadata={"description": "Shown of each, at most."}
    )


class EntryBody(Schema):
    """A ledger entry behind a fact."""

    table = fields.String(metadata={"example": "invoices"})
    entry_id = fields.String(metadata={"example": "I000000001"})
    date = Day()
    amount = fields.String(allow_none=True, metadata={"description": "In base currency: the part that counts."})


class FactBody(Schema):
    """A fact with its value and the first entries behind it."""

    name = fields.String(metadata={"example": "overdue_balance"})
    title = fields.Dict(metadata={"example": {"en": "Overdue beyond grace", "zh": "逾期余额"}})
    type = fields.String(metadata={"example": "money"})
    unit = fields.String()
    source = fields.String(metadata={"example": "built_in"})
    value = fields.Raw(metadata={**_PLAIN, "description": "Null is unknown.", "example": "500.00"})
    fault = fields.String(metadata={"description": "Why it cannot be measured; else empty."})
    entry_count = fields.Integer(metadata={"example": 3})
    entries = fields.List(fields.Nested(EntryBody))


class FactsBody(Schema):
    """The facts of a customer as of a day."""

    customer_id = fields.String(metadata={"example": "C000000001"})
    as_of = Day()
    currency = fields.String(metadata={"example": "CNY"})
    ledger_head = fields.Integer(metadata={"description": "The last posting that they know of.", "example": 17})
    group = fields.List(fields.String())
    facts = fields.List(fields.Nested(FactBody))
