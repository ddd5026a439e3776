"""Which turning points are for the better: a higher grade, a milder outcome, a larger limit."""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from policy_service.language.policy import Policy
from policy_service.services.code_book import Plain
from policy_service.services.turning_points.telling import OUTCOME, TurningPoint, TurningPoints


@dataclass(frozen=True, slots=True)
class Sorted:
    """Turning points by what they do for the customer, `other` where nobody can rank it; the smallest first."""

    lifting: tuple[TurningPoint, ...]
    lowering: tuple[TurningPoint, ...]
    other: tuple[TurningPoint, ...]


def in_order_of_good(found: TurningPoints, policy: Policy) -> Sorted:
    """Return the turning points of a grade, an outcome or a limit by whether they lift it; of all else as `other`."""
    now = _rank(found.goal, found.now, policy)
    ranks = [(point, _rank(found.goal, point.becomes, policy)) for point in found.points]

    def those(better: bool | None) -> Iterator[TurningPoint]:
        for point, then in ranks:
            is_better = None if now is None or then is None or then == now else then > now
            if is_better is better:
                yield point

    return Sorted(tuple(those(better=True)), tuple(those(better=False)), tuple(those(better=None)))


def _rank(goal: str, value: Plain, policy: Policy) -> Decimal | None:
    # A policy names its grades from the best to the worst, and its outcomes from the most severe.
    if goal == "grade":
        return Decimal(-policy.grades.index(str(value))) if value in policy.grades else None
    if goal == OUTCOME:
        milder = [outcome.value for outcome in policy.severity]
        return Decimal(milder.index(str(value))) if value in milder else None
    if goal != "credit_limit" or value is None:
        return None
    try:
        return Decimal("Infinity") if value == "unlimited" else Decimal(str(value))
    except InvalidOperation:
        return None
