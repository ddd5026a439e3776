"""Decisions as the endpoints take and give them, as marshmallow schemas: validated once, at the edge."""

from collections.abc import Mapping
from functools import lru_cache
from typing import Any, Final

from marshmallow import Schema, ValidationError, fields, validate

from policy_service.api.fact_fields import Facts
from policy_service.api.fields import Day, Flag, InstantField, Name, OrderId
from policy_service.api.paging import PageQuery
from policy_service.domain.outcomes import DecisionType, Outcome
from policy_service.services.decisions.storing import Purpose

_LARGEST_NUMBER: Final = 2**63 - 1
#: So many values of fields that are often the same; what is too long for its field is none.
_REMEMBERED: Final = 4_096
_PLAIN: Final = (str, bool)


def _version() -> fields.Integer:
    return fields.Integer(strict=True, load_default=None, validate=validate.Range(1, _LARGEST_NUMBER))


class _MostlyLeftOut(Schema):
    """A schema of which most fields are left out most of the time: it looks at those that are given.

    Its fields have the names of their values, and it has no hooks. What was read of a field that is `often_the_same`
    is remembered.
    """

    often_the_same: frozenset[str] = frozenset()

    def __init__(self, **more: Any) -> None:
        super().__init__(**more)
        self._required = {name for name, field in self.load_fields.items() if field.required}
        defaults = {name: field.load_default for name, field in self.load_fields.items() if not field.required}
        self._made = {name: make for name, make in defaults.items() if callable(make)}
        self._constant = {name: default for name, default in defaults.items() if name not in self._made}
        # By type too: true is no number, though it is equal to one.
        self._remembered = lru_cache(_REMEMBERED, typed=True)(self._read)

    def load(self, data: Any, **more: Any) -> Any:  # as marshmallow declares them
        """Return the validated fields with the defaults of those left out; ValidationError as of any schema."""
        given = None if any(more.values()) else self._given(data)
        if given is None:
            return super().load(data, **more)
        return {**self._constant, **{name: make() for name, make in self._made.items()}, **given}

    def _given(self, data: object) -> dict[str, Any] | None:
        if not isinstance(data, Mapping) or not self._required <= data.keys() <= self.load_fields.keys():
            return None
        try:
            return {
                name: (self._remembered if name in self.often_the_same and isinstance(value, _PLAIN) else self._read)(
                    name, value
                )
                for name, value in data.items()
            }
        except ValidationError:
            # The schema says all that is wrong at once, and in the form that it has for that.
            return None

    def _read(self, name: str, value: object) -> Any:  # what a field makes of it
        return self.load_fields[name].deserialize(value, name)


class DecisionQuestion(_MostlyLeftOut):
    """A question: may this order ship, what standing is deserved, how far up the ladder is the customer.

    Whatever stands below `explain` makes a dry run of it, which changes nothing and needs the scope decisions:try.
    """

    often_the_same = frozenset({"type", "customer_id", "currency", "explain", "dry_run", "policy"})

    type = fields.Enum(DecisionType, by_value=True, required=True, metadata={"example": "order"})
    customer_id = Name(200, required=True, metadata={"example": "C000000001"})
    order_id = OrderId(
        load_default="", metadata={"description": "Which order; needed for a live one, and of orders alone."}
    )
    facts = Facts("What the asking system says of its request; an amount is decimal text.", {"order_amount": "5000.00"})
    currency = fields.String(
        load_default="",
        validate=validate.Regexp(r"[A-Z]{3}\Z", error="Give the three letters of ISO 4217."),
        metadata={"description": "Of the order's amount; default: the base currency.", "example": "CNY"},
    )
    explain = Flag(
        load_default=False, metadata={"description": "Add rows, cells with their values, near misses and points."}
    )
    dry_run = Flag(load_default=False, metadata={"description": "Let nothing come of it."})
    substitute = Facts("Facts in the place of what would be read.", {"exposure": "0.00"})
    policy = Name(200, load_default="", metadata={"description": "Another policy than the one in force."})
    version = _version()
    as_of = Day(
        load_default=None,
        metadata={
            "description": "A past day: decided on what was known at its start, or before `known_before`.",
            "example": "2026-03-01",
        },
    )
    known_before = InstantField(
        load_default=None, metadata={"description": "Only what was stored before this instant is known."}
    )


class OrderMade(Schema):
    """What the order is now."""

    order_id = fields.String(metadata={"example": "SO-4711"})
    state = fields.String(metadata={"example": "held"})
    is_told_otherwise = fields.Boolean(
        metadata={"description": "It was let through before and stays so, though this decision would not let it."}
    )


class StandingMade(Schema):
    """What the customer's standing is now: ids of the one in force and of the one that waits for approval."""

    in_force = fields.String(allow_none=True)
    proposed = fields.String(allow_none=True)
    changed = fields.List(fields.String(), metadata={"example": ["credit_limit"]})


class CaseMade(Schema):
    """An open case of the customer."""

    case_id = fields.String()
    ladder = fields.String(metadata={"example": "collection"})
    level = fields.String(metadata={"example": "L2"})
    owner_role = fields.String(metadata={"example": "credit_manager"})
    deadline = fields.Raw(allow_none=True, metadata={"type": ["string", "null"], "format": "date"})


class PolicyUsed(Schema):
    """Which text decided."""

    id = fields.String(metadata={"example": "manufacturer_cn"})
    version = fields.Integer(metadata={"example": 3})
    hash = fields.String()


class DecisionAnswer(Schema):
    """A decision and what came of it: `result` is byte-identical whenever it is replayed."""

    decision_id = fields.String(metadata={"example": "0198c1d2a3b4c5d6e7f8091a2b3c4d5e"})
    purpose = fields.String(validate=validate.OneOf([each.value for each in Purpose]), metadata={"example": "live"})
    outcome = fields.String(
        allow_none=True,
        validate=validate.OneOf([each.value for each in Outcome]),
        metadata={"example": "hold"},
    )
    reasons = fields.List(fields.Dict(), metadata={"example": [{"code": "PAST_DUE", "rule_set": "order_check"}]})
    result = fields.Dict(metadata={"description": "Policy and its hash, facts with their sources, outputs, hit rows."})
    explanation = fields.Dict(allow_none=True)
    order = fields.Nested(OrderMade, allow_none=True)
    standing = fields.Nested(StandingMade, allow_none=True)
    cases = fields.List(fields.Nested(CaseMade))
    first_review = fields.String(
        allow_none=True, metadata={"description": "The review of a customer who had none before the order."}
    )


class DecisionSummary(Schema):
    """A stored decision in a list."""

    decision_id = fields.String()
    request_id = fields.String()
    type = fields.Enum(DecisionType, by_value=True)
    purpose = fields.Enum(Purpose, by_value=True)
    customer_id = fields.String(metadata={"example": "C000000001"})
    order_id = fields.String(metadata={"description": "Empty where no order was named."})
    policy = fields.Nested(PolicyUsed)
    as_of = fields.Date()
    decided_at = InstantField()
    asked_by = fields.String(metadata={"example": "shop"})
    outcome = fields.Enum(Outcome, by_value=True, allow_none=True)
    reasons = fields.List(fields.String(), metadata={"example": ["PAST_DUE", "OVER_LIMIT"]})


class ChainPlace(Schema):
    """Where a decision stands in the hash chain of the process that gave it."""

    writer = fields.String(metadata={"example": "web-1/4242"})
    sequence = fields.Integer(metadata={"example": 17})
    previous_hash = fields.String()
    hash = fields.String()


class StoredDecisionAnswer(DecisionSummary):
    """A stored decision in full."""

    result = fields.Dict()
    took_microseconds = fields.Integer(metadata={"description": "From question to answer.", "example": 900})
    chain = fields.Nested(ChainPlace)
    explanation = fields.Dict(allow_none=True)


class DecisionPage(Schema):
    """Some decisions, the newest first."""

    items = fields.List(fields.Nested(DecisionSummary))
    next_cursor = fields.String(allow_none=True)


class DecisionsQuery(PageQuery):
    """Which decisions are asked for; every filter given must fit."""

    customer_id = Name(200, load_default="")
    order_id = Name(200, load_default="")
    request_id = Name(200, load_default="")
    type = fields.Enum(DecisionType, by_value=True, load_default=None)
    purpose = fields.Enum(Purpose, by_value=True, load_default=None)
    outcome = fields.Enum(Outcome, by_value=True, load_default=None)
    policy = Name(200, load_default="")
    version = fields.Integer(load_default=None, validate=validate.Range(0, _LARGEST_NUMBER))
    asked_by = Name(200, load_default="")
    since = InstantField(load_default=None, metadata={"description": "Given then or later."})
    before = InstantField(load_default=None, metadata={"description": "Given earlier."})


class ExplainQuery(Schema):
    """Whether the explanation is wanted."""

    explain = fields.Boolean(load_default=False)


class ReplayRequest(Schema):
    """Under which version to decide again; nothing: the decision's own."""

    policy = Name(200, load_default="")
    version = _version()


class ReplayAnswer(Schema):
    """What deciding again came to. Under the same version anything but `identical` is an alarm."""

    decision_id = fields.String()
    same_version = fields.Boolean()
    identical = fields.Boolean(metadata={"description": "The result has the very bytes that are stored."})
    result = fields.Dict()
    difference = fields.Dict(
        metadata={
            "description": "By key of the result what was `then` and is `now`; facts `newly_read`, `no_longer_read`.",
            "example": {"outcome": {"then": "hold", "now": "approve"}},
        }
    )
