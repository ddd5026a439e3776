"""What is asked of a simulation, a sweep or a search over HTTP; a validated body holds what JSON holds."""

import re
from decimal import Decimal
from typing import Any, Final

from marshmallow import Schema, ValidationError, fields, post_load, validate, validates_schema

from policy_service.api.fields import Day, Name
from simulations.accounting.costs import DEFAULT_COSTS
from simulations.replay.options import RELEASE_DAYS, HeldOrders, Mode, PaymentBehaviour

_COST: Final = r"^(0|[1-9][0-9]{0,11})(\.[0-9]{1,4})?$"
_MOST_RELEASE_DAYS: Final = 400
_MOST_STEPS: Final = 1_000_000
_MOST_STRESSES: Final = 20
_MOST_RUNS: Final = 10_000
_MOST_TEXTS: Final = 20
_RECORDED: Final = "recorded"


class Share(fields.String):
    """An exact share as decimal text, from 0 to `most`, which is at most 10."""

    def __init__(self, most: int, default: Decimal, says: str) -> None:
        self._most = most
        self._written = rf"^([0-{most - 1}](\.[0-9]{{1,12}})?|{most}(\.0{{1,12}})?)$"
        text = str(default)
        super().__init__(load_default=text, metadata={"pattern": self._written, "description": says, "example": text})

    def _deserialize(self, value: object, attr: str | None, data: Any, **kwargs: Any) -> str:
        text: str = super()._deserialize(value, attr, data, **kwargs)
        if not re.fullmatch(self._written, text) or text.endswith("\n"):
            raise ValidationError(f"Give a share from 0 to {self._most} as decimal text, such as '0.08'.")
        return text


class PolicyAsked(Schema):
    """A version of a policy, drafts included."""

    policy = Name(60, required=True, metadata={"example": "manufacturer_cn"})
    version = fields.Integer(
        strict=True,
        allow_none=True,
        load_default=None,
        validate=validate.Range(1, 999_999_999),
        metadata={"description": "Default: the one in force.", "example": 2},
    )


class PolicyTurned(PolicyAsked):
    """A version of a policy, with other values of its parameters."""

    parameters = fields.Dict(
        keys=Name(60),
        values=Name(60),
        load_default=dict,
        validate=validate.Length(max=200),
        metadata={
            "description": "Other values than the policy's own, as it writes them.",
            "maxProperties": 200,
            "example": {"materiality": "200.00"},
        },
    )


class BaselineAsked(PolicyTurned):
    """What the candidate is compared with."""

    policy = Name(
        60, required=True, metadata={"description": "Or `recorded`: today's practice.", "example": "manufacturer_cn"}
    )


class CostsAsked(Schema):
    """The rates of figures of profit."""

    yearly_rate = Share(10, DEFAULT_COSTS.yearly_rate, "What money costs in a year.")
    margin = Share(1, DEFAULT_COSTS.margin, "Of sales.")
    loss_given_default = Share(1, DEFAULT_COSTS.loss_given_default, "Of what is written off.")
    cost_per_step = fields.String(
        load_default="0",
        validate=validate.Regexp(_COST + r"(?!\n)"),
        metadata={"pattern": _COST, "description": "Of a case step, in the base currency.", "example": "12.50"},
    )


class AssumptionsAsked(Schema):
    """What runs assume."""

    begins = Day(
        data_key="from",
        load_default=None,
        allow_none=True,
        metadata={"description": "The first day; default: of the earliest order.", "example": "2025-01-01"},
    )
    ends = Day(
        data_key="to",
        load_default=None,
        allow_none=True,
        metadata={"description": "The day after the last; default: after the latest order.", "example": "2026-01-01"},
    )
    mode = fields.String(load_default=Mode.CLOSED.value, validate=validate.OneOf([one.value for one in Mode]))
    held_orders = fields.String(
        load_default=HeldOrders.LOST.value, validate=validate.OneOf([one.value for one in HeldOrders])
    )
    release_days = fields.Integer(
        strict=True,
        load_default=RELEASE_DAYS,
        validate=validate.Range(0, _MOST_RELEASE_DAYS),
        metadata={"description": "With `released`: so many days a held order is checked again.", "example": 30},
    )
    payment_behaviour = fields.String(
        load_default=PaymentBehaviour.KEEP_DELAY.value,
        validate=validate.OneOf([one.value for one in PaymentBehaviour]),
    )
    costs = fields.Nested(CostsAsked, load_default=lambda: CostsAsked().load({}))
    stress = fields.List(
        Name(200),
        load_default=list,
        validate=validate.Length(max=_MOST_STRESSES),
        metadata={
            "description": "The ledger is taken to be worse than it was.",
            "example": ["industry=steel,days_late+20,default_share=5%"],
        },
    )

    @post_load
    def as_json_holds_it(self, given: dict[str, Any], **_: object) -> dict[str, Any]:
        """Return what is kept of the request."""
        days = {"begins": "from", "ends": "to"}
        return {days.get(name, name): _plain(value) for name, value in given.items()}


class SimulationRequest(AssumptionsAsked):
    """Two policies over the ledger's history."""

    candidate = fields.Nested(PolicyTurned, required=True)
    baseline = fields.Nested(BaselineAsked, required=True)
    capacities = fields.Dict(
        keys=Name(40),
        values=fields.Integer(strict=True, validate=validate.Range(0, _MOST_STEPS)),
        load_default=dict,
        validate=validate.Length(max=_MOST_TEXTS),
        metadata={
            "description": "Case steps a week that an owner role can take.",
            "maxProperties": _MOST_TEXTS,
            "example": {"sales": 20},
        },
    )

    @validates_schema
    def nothing_of_practice(self, given: dict[str, Any], **_: object) -> None:
        """Refuse a version or parameters of recorded practice."""
        baseline = given["baseline"]
        if baseline["policy"] == _RECORDED and (baseline["version"] is not None or baseline["parameters"]):
            raise ValidationError("Recorded practice has no version and no parameters.")


class _Search(AssumptionsAsked):
    candidate = fields.Nested(PolicyAsked, required=True)
    runs = fields.Integer(strict=True, validate=validate.Range(3, _MOST_RUNS))
    parameters = fields.List(
        Name(120),
        required=True,
        validate=validate.Length(1, _MOST_TEXTS),
        metadata={"description": "`NAME`, `NAME=LOW..HIGH` or `NAME=LOW..HIGH/STEP`.", "example": ["materiality"]},
    )


class SweepRequest(_Search):
    """One parameter of a policy through its range, or two."""

    runs = fields.Integer(
        strict=True,
        load_default=200,
        validate=validate.Range(3, _MOST_RUNS),
        metadata={"description": "At most.", "example": 200},
    )


class SeekRequest(_Search):
    """A goal, what is to be kept, and the parameters that may be turned."""

    runs = fields.Integer(
        strict=True,
        load_default=400,
        validate=validate.Range(3, _MOST_RUNS),
        metadata={"description": "At most.", "example": 400},
    )
    goals = fields.List(
        Name(120),
        required=True,
        validate=validate.Length(1, _MOST_TEXTS),
        metadata={"example": ["held_amount <= -1%"]},
    )
    keep = fields.List(
        Name(120),
        load_default=list,
        validate=validate.Length(max=_MOST_TEXTS),
        metadata={"description": "Measured from what the policy as it is comes to.", "example": ["sales >= +0%"]},
    )
    judge_from = Day(
        load_default=None,
        allow_none=True,
        metadata={
            "description": "The first day that judges; default: two thirds into the window.",
            "example": "2025-09-01",
        },
    )


def _plain(value: Any) -> Any:
    return value.isoformat() if hasattr(value, "isoformat") else value
