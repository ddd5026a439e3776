"""What the endpoints take and give, as marshmallow schemas: validated once, at the edge."""

import datetime as dt
import re

from marshmallow import Schema, ValidationError, fields, validate

from policy_service.domain.days import parse_day
from policy_service.domain.outcomes import DecisionType, Outcome

_FACT_NAME = re.compile(r"[^\W\d]\w{0,99}\Z")
_FACT_TEXT = re.compile(r"[^\x00-\x1f\x7f]{0,200}")
_CONTROL_CHARACTER = re.compile(r"[\x00-\x1f\x7f]")
_FACTS_AT_MOST = 100


class FactValue(fields.Field):  # type: ignore[type-arg]
    """A fact of the request: decimal text, whole number, boolean or text; never a JSON fraction."""

    def _deserialize(self, value: object, attr: str | None, data: object, **kwargs: object) -> str:  # noqa: ARG002
        if isinstance(value, bool):
            return "true" if value else "false"
        if isinstance(value, int):
            return str(value)
        if isinstance(value, str) and _FACT_TEXT.fullmatch(value):
            return value
        raise ValidationError("Give a text such as '200000.50', a whole number, or true or false.")


class Day(fields.Date):
    """A calendar day, written 2026-03-01 and no other way."""

    def _deserialize(self, value: object, attr: str | None, data: object, **kwargs: object) -> dt.date:  # noqa: ARG002
        day = parse_day(value) if isinstance(value, str) else None
        if day is None:
            raise ValidationError("Give a day that exists, such as '2026-03-01'.")
        return day


def _printable(text: str) -> None:
    if _CONTROL_CHARACTER.search(text):
        raise ValidationError("Give a text without control characters.")


def _at_most(facts: dict[str, str]) -> None:
    if len(facts) > _FACTS_AT_MOST:
        raise ValidationError(f"Give at most {_FACTS_AT_MOST} facts.")


class DecisionQuestion(Schema):
    """A question: may this order ship, what standing is deserved, how far up the ladder is the customer."""

    type = fields.Enum(DecisionType, by_value=True, required=True, metadata={"example": "order"})
    customer_id = fields.String(
        required=True,
        validate=[validate.Length(1, 100), _printable],
        metadata={"example": "C000000001"},
    )
    as_of = Day(
        metadata={
            "description": "Business date; default: the day after the ledger's last entry.",
            "example": "2026-03-01",
        }
    )
    facts = fields.Dict(
        keys=fields.String(validate=validate.Regexp(_FACT_NAME, error="A fact's name is letters, digits and _.")),
        values=FactValue(metadata={"oneOf": [{"type": "string"}, {"type": "integer"}, {"type": "boolean"}]}),
        load_default=dict,
        validate=_at_most,
        metadata={
            "description": "What the asking system says of its request; an amount is decimal text.",
            "example": {"order_amount": "5000.00"},
            "maxProperties": _FACTS_AT_MOST,
        },
    )
    explain = fields.Boolean(
        load_default=False,
        truthy={True},
        falsy={False},
        metadata={"description": "Add rows, cells with their values, near misses and points."},
    )


class DecisionAnswer(Schema):
    """A decision: `result` is byte-identical whenever it is replayed."""

    decision_id = fields.String(metadata={"description": "Derived from the result: equal results have equal ids."})
    outcome = fields.Enum(Outcome, by_value=True, allow_none=True, metadata={"example": "hold"})
    reasons = fields.List(fields.Dict(), metadata={"example": [{"code": "PAST_DUE", "rule_set": "order_check"}]})
    result = fields.Dict(metadata={"description": "Policy and its hash, facts with their sources, outputs, hit rows."})
    explanation = fields.Dict(allow_none=True)


class Problem(Schema):
    """What went wrong, after RFC 9457."""

    type = fields.String(metadata={"example": "/docs/errors#r404"})
    title = fields.String(metadata={"example": "Not Found"})
    status = fields.Integer(metadata={"example": 404})
    detail = fields.String(metadata={"example": "The ledger has no customer 'C9'."})
    code = fields.String(metadata={"example": "R404"})
    remedy = fields.String(metadata={"example": "Check the customer id."})
    errors = fields.Dict(metadata={"description": "What does not fit the schema, by field."})
