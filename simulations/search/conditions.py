"""What a search wants: a figure above or below a bound, fixed or measured from what the policy as it is comes to."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from typing import Final, assert_never

from policy_service.domain.values import Kind, scale
from policy_service.language.policy import Policy
from simulations.accounting.kpis import Kpis
from simulations.search.errors import no_condition
from simulations.search.figures import Unit, figure_of, unit_of

_WRITTEN: Final = re.compile(
    r"\s*(?P<name>[^<>=\s]+)\s*(?P<comparison><=|>=|<|>)\s*(?P<sign>[+-]?)\s*(?P<number>[0-9]{1,18}(\.[0-9]{1,9})?)"
    r"\s*(?P<unit>%|pp|)\s*"
)
_HUNDRED: Final = 100
#: A bound that is missed by nothing, as it must not be reached, is missed by so little of it.
_JUST_MISSED: Final = 1e-9
#: A figure that cannot be computed meets no bound.
NEVER_MET: Final = float("inf")


class Comparison(StrEnum):
    """How a figure is compared with its bound."""

    AT_MOST = "<="
    AT_LEAST = ">="
    BELOW = "<"
    ABOVE = ">"


class Measure(StrEnum):
    """What a bound is: itself, a difference to the policy's own figure, or a share of that on top of it."""

    FIXED = "fixed"
    DIFFERENCE = "difference"
    SHARE = "share"


@dataclass(frozen=True, slots=True)
class Condition:
    """A figure and its bound; `number` is in the figure's own unit, of a share a fraction of one, with its sign."""

    text: str
    figure: str
    unit: Unit
    comparison: Comparison
    measure: Measure
    number: Fraction

    def bound(self, own: float | None) -> Fraction | None:
        """Return the bound, from the figure that the policy as it stands comes to; None if that cannot be computed."""
        if self.measure is Measure.FIXED:
            return self.number
        if own is None:
            return None
        if self.measure is Measure.SHARE:
            return Fraction(own) + abs(Fraction(own)) * self.number
        return Fraction(own) + self.number

    def missed_by(self, kpis: Kpis, own_kpis: Kpis) -> float:
        """Return by what share of the bound it is missed: 0 if it is met, NEVER_MET if something is not computed."""
        value, own = figure_of(kpis, self.figure), figure_of(own_kpis, self.figure)
        bound = self.bound(own)
        if value is None or bound is None:
            return NEVER_MET
        over = self._over(Fraction(value), bound)
        if over < 0 or (over == 0 and self.comparison in (Comparison.AT_MOST, Comparison.AT_LEAST)):
            return 0.0
        scale_of = max(abs(bound), abs(Fraction(own or 0)))
        return max(float(over / scale_of) if scale_of else float(over), _JUST_MISSED)

    def _over(self, value: Fraction, bound: Fraction) -> Fraction:
        match self.comparison:
            case Comparison.AT_MOST | Comparison.BELOW:
                return value - bound
            case Comparison.AT_LEAST | Comparison.ABOVE:
                return bound - value
            case _:
                assert_never(self.comparison)


def read_condition(text: str, policy: Policy) -> Condition:
    """Return the condition that a text says, such as `bad_debt_ratio <= 0.4%` or `held_amount <= +1%`.

    A bound with a sign is measured from what the policy as it stands comes to in the same period: `+1%` is a hundredth
    more of it, `+0.2pp` of a figure in per cent two tenths of a point more, `-5000` so much less. Without a sign it is
    the figure itself: amounts in major units, shares as 0.4% or 0.004. RequestError R543 for a text that means
    nothing, R544 for a figure that no report has.
    """
    found = _WRITTEN.fullmatch(text)
    if found is None:
        raise no_condition(text, "is no condition")
    unit = unit_of(found["name"], policy)
    number = Fraction(found["number"]) * (-1 if found["sign"] == "-" else 1)
    measure, number = _measured(text, unit, number, found["sign"], found["unit"], policy)
    comparison = Comparison(found["comparison"])
    return Condition(" ".join(text.split()), found["name"], unit, comparison, measure, number)


def read_conditions(texts: Sequence[str], policy: Policy) -> tuple[Condition, ...]:
    """Return the conditions of all texts, in which `and` or a comma may join several."""
    parts = [part for text in texts for part in re.split(r"\s+and\s+|,", text)]
    return tuple(read_condition(part, policy) for part in parts)


def _measured(
    text: str, unit: Unit, number: Fraction, sign: str, written: str, policy: Policy
) -> tuple[Measure, Fraction]:
    in_per_cent = unit in (Unit.SHARE, Unit.PERCENT)
    to_unit = Fraction(1, _HUNDRED) if unit is Unit.SHARE else Fraction(1)
    match written:
        case "%" if sign:
            return Measure.SHARE, number / _HUNDRED
        case "%" if in_per_cent:
            return Measure.FIXED, number * to_unit
        case "pp" if sign and in_per_cent:
            return Measure.DIFFERENCE, number * to_unit
        case "":
            in_minor = scale(Kind.MONEY, policy.currency) if unit is Unit.MONEY else 1
            return Measure.DIFFERENCE if sign else Measure.FIXED, number * in_minor
        case _:
            remedy = "Write <= +1% for a hundredth more than now, or the figure itself; pp is for figures in per cent."
            raise no_condition(text, "compares a figure with a bound of another kind", remedy)
