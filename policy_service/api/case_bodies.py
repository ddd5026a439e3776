"""The bodies of the worklist: cases, their steps, invoices and notes, and what people do about them."""

import datetime as dt
from decimal import Decimal
from typing import Any, Final, TypedDict

from marshmallow import Schema, ValidationError, fields, validate, validates_schema

from policy_service.api.fields import Day, Flag, InstantField, Money, Name, Text
from policy_service.api.paging import PageAsked, PageQuery
from policy_service.services import given_reason
from policy_service.storage.models.cases import CASE_STATES, STEP_STATES

_CASE: Final = {"example": "0198c1d2a3b4c5d6e7f8091a2b3c4d5e"}
_CHANNELS: Final = ("phone", "email", "letter", "visit", "sms", "other")


class CaseBody(Schema):
    """A case on a ladder: a customer's climb, and what is to be done about it now."""

    case_id = fields.String(metadata=_CASE)
    customer_id = fields.String(metadata={"example": "C000000001"})
    policy_id = fields.String(metadata={"example": "manufacturer_cn"})
    ladder = fields.String(
        metadata={"description": "Empty: no ladder, but what the daily run could not do.", "example": "collection"}
    )
    level = fields.String(metadata={"description": "Of no ladder: the code of the error.", "example": "L3"})
    action = fields.String(metadata={"example": "demand"})
    channel = fields.String(metadata={"example": "letter"})
    owner_role = fields.String(metadata={"example": "credit_manager"})
    assigned_to = fields.String(metadata={"description": "A login; empty: nobody.", "example": "m.li"})
    deadline = Day(allow_none=True, metadata={"example": "2026-03-11"})
    state = fields.String(validate=validate.OneOf(CASE_STATES), metadata={"example": "open"})
    waiting_for = fields.List(
        fields.String(),
        metadata={"description": "Roles whose approval proposed steps wait for.", "example": ["finance_head"]},
    )
    opened_on = Day(metadata={"example": "2026-03-01"})
    closed_on = Day(allow_none=True)


class CasePage(Schema):
    """Some cases, the earliest deadline first."""

    items = fields.List(fields.Nested(CaseBody))
    next_cursor = fields.String(allow_none=True)


class CaseStepBody(Schema):
    """A level that fired for invoices on a day, or a trigger, which is of none."""

    number = fields.Integer(metadata={"description": "What an approval names.", "example": 17})
    level = fields.String(metadata={"example": "L3"})
    fired_on = Day(metadata={"example": "2026-03-01"})
    state = fields.String(
        validate=validate.OneOf(STEP_STATES),
        metadata={
            "description": "fired; proposed: waits for a role; refused; passed_over: never fires, as a higher level "
            "fired at once; lapsed: paid before anybody decided",
            "example": "fired",
        },
    )
    action = fields.String(metadata={"example": "demand"})
    channel = fields.String(metadata={"example": "letter"})
    owner_role = fields.String(metadata={"example": "credit_manager"})
    deadline = Day(allow_none=True)
    invoices = fields.List(fields.String(), metadata={"example": ["I000000001"]})
    effects = fields.Dict(
        keys=fields.String(),
        values=fields.String(allow_none=True),
        metadata={"description": "On the standing, by output; null: not known.", "example": {"stop_credit": "true"}},
    )
    waiting_for = fields.String(allow_none=True, metadata={"example": "finance_head"})
    decided_at = InstantField(allow_none=True)
    decided_by = fields.String()
    decision_id = fields.String(allow_none=True)
    effects_ended_on = Day(allow_none=True)


class CaseInvoiceBody(Schema):
    """An invoice of a case as it is now; amounts in base currency."""

    invoice_id = fields.String(metadata={"example": "I000000001"})
    due_date = Day(allow_none=True)
    days_past_due = fields.Integer(allow_none=True, metadata={"description": "null: nothing is open."})
    amount = Money(allow_none=True)
    open_amount = Money()
    is_disputed = fields.Boolean()


class CaseNoteBody(Schema):
    """What somebody noted on a case, or did about it."""

    kind = fields.String(metadata={"example": "promise"})
    at = InstantField()
    person = fields.String(metadata={"example": "m.li"})
    text = fields.String(metadata={"example": "for I000000001 by 2026-03-20. The boss signs on Friday"})
    entry_id = fields.String(metadata={"description": "The ledger entry it became; empty: none."})


class CaseFileBody(CaseBody):
    """A case with all that belongs to it."""

    steps = fields.List(fields.Nested(CaseStepBody))
    invoices = fields.List(fields.Nested(CaseInvoiceBody))
    notes = fields.List(fields.Nested(CaseNoteBody))
    decision_ids = fields.List(fields.String(), metadata={"description": "The decisions that fired its steps."})


class CasesQuery(PageQuery):
    """Which cases are asked for."""

    state = fields.String(
        load_default="open",
        validate=validate.OneOf((*CASE_STATES, "all")),
        metadata={"description": "`all` for open and closed ones."},
    )
    owner_role = Name(200, least=0, load_default="", metadata={"example": "collector"})
    assigned_to = Name(200, least=0, load_default="")
    customer_id = Name(200, least=0, load_default="")
    level = Name(200, least=0, load_default="")
    waiting_for = Name(
        200,
        least=0,
        load_default="",
        metadata={"description": "The role whose approval a step waits for.", "example": "finance_head"},
    )
    due_before = Day(metadata={"description": "Deadline before that day."})


class CasesAsked(PageAsked, total=False):
    """A validated question for cases."""

    state: str
    owner_role: str
    assigned_to: str
    customer_id: str
    level: str
    waiting_for: str
    due_before: dt.date


class CaseNoteRequest(Schema):
    """Something to be noted."""

    text = Text(4_000, least=1, required=True, metadata={"example": "Asks for a copy of the delivery note"})


class ContactRequest(Schema):
    """Somebody spoke with the customer."""

    channel = fields.String(required=True, validate=validate.OneOf(_CHANNELS), metadata={"example": "phone"})
    text = Text(4_000, load_default="", metadata={"example": "Reached the accountant, will call back"})


class PromiseRequest(Schema):
    """The customer promised to pay."""

    invoice_id = Name(200, required=True, metadata={"example": "I000000001"})
    promised = Day(required=True, metadata={"description": "By which day.", "example": "2026-03-20"})
    amount = Money(
        load_default=None, allow_none=True, metadata={"description": "In the invoice's currency; default: all of it."}
    )
    text = Text(4_000, load_default="")


class DisputeRequest(Schema):
    """The customer disputes an invoice, or does not any more."""

    invoice_id = Name(200, required=True, metadata={"example": "I000000001"})
    state = fields.String(load_default="opened", validate=validate.OneOf(("opened", "closed")))
    text = Text(4_000, load_default="", metadata={"example": "Twelve pieces arrived broken"})


class AssignmentRequest(Schema):
    """Who works on the case."""

    assigned_to = Name(
        200, least=0, required=True, metadata={"description": "A login; empty: nobody.", "example": "m.li"}
    )


class DeadlineRequest(Schema):
    """Another deadline."""

    deadline = Day(required=True, metadata={"example": "2026-03-20"})
    reason = Name(given_reason.LONGEST, least=given_reason.SHORTEST, required=True)


class ApprovalRequest(Schema):
    """The word that a proposed step waits for."""

    approved = Flag(required=True)
    reason = Name(given_reason.LONGEST, least=given_reason.SHORTEST, required=True)


class PromiseAsked(TypedDict):
    """A validated promise."""

    invoice_id: str
    promised: dt.date
    amount: Decimal | None
    text: str


class WorkOfWeekBody(Schema):
    """How much fell to a role in a week."""

    owner_role = fields.String(metadata={"example": "collector"})
    week = fields.String(metadata={"description": "ISO 8601.", "example": "2026-W09"})
    steps = fields.Integer(metadata={"description": "A level of a customer on a day is one.", "example": 12})


class WorkloadBody(Schema):
    """The work of each role by week."""

    items = fields.List(fields.Nested(WorkOfWeekBody))


class WorkloadQuery(Schema):
    """From which day to which; at most 400 days."""

    first = Day(data_key="from", metadata={"description": "Default: twelve weeks before `to`."})
    last = Day(data_key="to", metadata={"description": "The last day; default: today."})

    @validates_schema
    def _in_order(self, asked: dict[str, Any], **_more: object) -> None:
        first, last = asked.get("first"), asked.get("last")
        if first and last and not dt.timedelta(0) <= last - first <= dt.timedelta(400):
            raise ValidationError("Give from and to at most 400 days apart, the earlier one first.")
