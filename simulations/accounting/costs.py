"""What money costs and sales earn, the rates of the figures of profit; and what people can do."""

from dataclasses import dataclass
from decimal import Decimal


@dataclass(frozen=True, slots=True)
class Costs:
    """Exact rates as fractions of one, that of carrying yearly; `per_step` is of a case step, in minor units.

    `capacities` are the case steps that owner roles can take in a week, as far as they are stated.
    """

    yearly_rate: Decimal = Decimal("0.08")
    margin: Decimal = Decimal("0.20")
    loss_given_default: Decimal = Decimal(1)
    per_step: int = 0
    capacities: tuple[tuple[str, int], ...] = ()


DEFAULT_COSTS = Costs()
