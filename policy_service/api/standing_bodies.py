"""What the endpoints of standings take and give."""

from typing import Final

from marshmallow import Schema, fields, validate

from policy_service.api.fields import Day, InstantField, Name, printable
from policy_service.api.paging import PageQuery
from policy_service.services import given_reason
from policy_service.storage.models.standings import STANDING_ORIGINS, STANDING_STATES
from policy_service.storage.review_backlog import Due

_OUTPUTS: Final = {
    "description": "What is set, by name: amounts and numbers as text, days whole; what is absent is not set.",
    "example": {"credit_limit": "200000.00", "grade": "A", "payment_term_days": 30},
}


class WhyBody(Schema):
    """Why somebody settles it like this."""

    note = Name(
        given_reason.LONGEST, least=given_reason.SHORTEST, required=True, metadata={"example": "Balance sheet seen"}
    )


class StandingBody(Schema):
    """What a review made of a customer."""

    standing_id = fields.String(metadata={"example": "0198c1d2a3b4c5d6e7f8091a2b3c4d5e"})
    customer_id = fields.String(metadata={"example": "C000000001"})
    state = fields.String(validate=validate.OneOf(STANDING_STATES), metadata={"example": "proposed"})
    origin = fields.String(
        validate=validate.OneOf(STANDING_ORIGINS),
        metadata={"description": "`cuts`: the one before with a review's cuts, while the rest waits for approval."},
    )
    outputs = fields.Dict(metadata=_OUTPUTS)
    reviewed_on = Day(metadata={"description": "Business day of the review."})
    valid_from = Day(allow_none=True, metadata={"description": "Business day on which it came into force."})
    limit_until = Day(allow_none=True, metadata={"description": "First day on which its limit is none set."})
    review_on = Day(allow_none=True, metadata={"description": "Day of the next review."})
    decision_id = fields.String(metadata={"description": "The review."})
    policy_id = fields.String(metadata={"example": "manufacturer_cn"})
    policy_version = fields.Integer(metadata={"example": 3})
    approval_role = fields.String(
        metadata={"description": "Who has to agree to what it grants; empty: nobody.", "example": "credit_manager"}
    )
    proposed_at = InstantField()
    proposed_by = fields.String(metadata={"description": "Who ran the review.", "example": "ada"})
    decided_at = InstantField(allow_none=True)
    decided_by = fields.String(metadata={"description": "By whom it came into force, or was rejected; else empty."})
    note = fields.String(metadata={"description": "What was said on approval or rejection; else empty."})
    ended_at = InstantField(allow_none=True)


class EffectBody(Schema):
    """What a level or trigger of a ladder did to one output."""

    ladder = fields.String(metadata={"example": "collection"})
    level = fields.String(metadata={"example": "L3"})
    output = fields.String(metadata={"example": "stop_credit"})
    value = fields.String(allow_none=True, metadata={"description": "Null where nobody knows it.", "example": "true"})
    decision_id = fields.String(allow_none=True)
    begun_at = InstantField()
    begun_by = fields.String()
    ended_at = InstantField(allow_none=True, metadata={"description": "Null: still in force."})
    ended_by = fields.String()


class RecordedBody(Schema):
    """What the standings file says was in force before the first review here."""

    valid_from = Day()
    outputs = fields.Dict(metadata=_OUTPUTS)


class StandingPage(Schema):
    """Some standings."""

    items = fields.List(fields.Nested(StandingBody))
    next_cursor = fields.String(allow_none=True)


class HistoryPage(StandingPage):
    """A customer's standings, the latest first; besides them every effect of a ladder, and what was recorded."""

    effects = fields.List(fields.Nested(EffectBody))
    recorded = fields.List(fields.Nested(RecordedBody))


class CauseBody(Schema):
    """Why a review is due."""

    cause = fields.Enum(Due, by_value=True, metadata={"example": "review"})
    since = Day()


class DueBody(Schema):
    """A customer whose review is due."""

    customer_id = fields.String(metadata={"example": "C000000001"})
    due_on = Day(metadata={"description": "The earliest of the days."})
    causes = fields.List(fields.Nested(CauseBody))


class DuePage(Schema):
    """Customers whose review is due, the longest overdue first."""

    items = fields.List(fields.Nested(DueBody))
    next_cursor = fields.String(allow_none=True)


class StandingsQuery(PageQuery):
    """Which standings are asked for."""

    state = fields.String(
        load_default="", validate=validate.OneOf(("", *STANDING_STATES)), metadata={"example": "proposed"}
    )
    approval_role = fields.String(
        load_default="", validate=[validate.Length(max=100), printable], metadata={"example": "credit_manager"}
    )
    customer_id = fields.String(load_default="", validate=[validate.Length(max=200), printable])
    sort = fields.String(load_default="latest", validate=validate.OneOf(("latest", "oldest")))


class DueQuery(PageQuery):
    """Up to which day reviews are due."""

    before = Day(metadata={"description": "Due before this day; default: tomorrow.", "example": "2026-03-02"})
