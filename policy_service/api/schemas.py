"""What the endpoints take and give, as marshmallow schemas: validated once, at the edge."""

import re

from marshmallow import Schema, ValidationError, fields, validate

from policy_service.domain.outcomes import DecisionType, Outcome

_FACT_NAME = re.compile(r"[^\W\d]\w{0,99}")
_FACT_TEXT = re.compile(r"[^\x00-\x1f]{0,200}")


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


class DecisionQuestion(Schema):
    """A question: may this order ship, what standing is deserved, how far up the ladder is the customer."""

    type = fields.Enum(DecisionType, by_value=True, required=True, metadata={"example": "order"})
    customer_id = fields.String(required=True, validate=validate.Length(1, 100), metadata={"example": "C000001"})
    as_of = fields.Date(metadata={"description": "Business date; default: the day after the ledger's last entry."})
    facts = fields.Dict(
        keys=fields.String(validate=validate.Regexp(_FACT_NAME)),
        values=FactValue(),
        load_default=dict,
        validate=validate.Length(max=100),
        metadata={"example": {"order_amount": "5000.00"}},
    )
    explain = fields.Boolean(load_default=False)


class DecisionAnswer(Schema):
    """A decision: `result` is byte-identical whenever it is replayed."""

    decision_id = fields.String()
    outcome = fields.Enum(Outcome, by_value=True, allow_none=True)
    reasons = fields.List(fields.Dict())
    result = fields.Dict()
    explanation = fields.Dict(allow_none=True)
