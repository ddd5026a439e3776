"""What money costs and sales earn: the rates that figures of profit are worked out with."""

from dataclasses import dataclass
from decimal import Decimal


@dataclass(frozen=True, slots=True)
class Costs:
    """Exact rates as fractions of one, that of carrying yearly; `per_step` is of a case step, in minor units."""

    yearly_rate: Decimal = Decimal("0.08")
    margin: Decimal = Decimal("0.20")
    loss_given_default: Decimal = Decimal(1)
    per_step: int = 0


DEFAULT_COSTS = Costs()
