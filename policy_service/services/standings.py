"""A customer's standing while it is decided upon: what was in force, what a review or an effect makes of it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from types import MappingProxyType
from typing import Final

from policy_service.domain.entries import CustomerHistory, RecordedStanding
from policy_service.domain.values import FALSE, UNKNOWN
from policy_service.facts.debtor import StandingTerms
from policy_service.language.standing import STANDING_OUTPUTS
from policy_service.services.code_book import CodeBook

_NOT_REVIEWED: Final = MappingProxyType(dict.fromkeys(STANDING_OUTPUTS, UNKNOWN) | {"stop_credit": FALSE})
_STRICTEST_IS_LARGEST: Final = frozenset({"stop_credit", "watch_list", "prepay_percent", "collateral_required"})


@dataclass(frozen=True, slots=True)
class Standing:
    """Every standing output by name (unknown: not set); before the first review all are, save `stop_credit`."""

    values: Mapping[str, int] = field(default_factory=lambda: _NOT_REVIEWED)

    def terms(self) -> StandingTerms:
        """Return what facts are measured with: the limit and the days of grace."""
        return StandingTerms(self.values["credit_limit"], self.values["grace_days"])


def recorded_standing(history: CustomerHistory, as_of: date, codes: CodeBook) -> Standing:
    """Return what the ledger's standings file says was in force at the start of the day."""
    in_force = [recorded for recorded in history.standings if recorded.valid_from < as_of]
    return Standing(_values_of(in_force[-1], codes)) if in_force else Standing()


def _values_of(recorded: RecordedStanding, codes: CodeBook) -> Mapping[str, int]:
    values = dict(_NOT_REVIEWED)
    if recorded.grade:
        values["grade"] = codes.code_of(recorded.grade)
    if recorded.credit_limit is not None:
        values["credit_limit"] = recorded.credit_limit
    if recorded.payment_term_days is not None:
        values["payment_term_days"] = recorded.payment_term_days
    return values


def reviewed(outputs: Mapping[str, int | tuple[int, ...]]) -> Standing:
    """Return the standing that a review's outputs make; what it does not set is not set."""
    set_now = {name: value for name, value in outputs.items() if name in STANDING_OUTPUTS and isinstance(value, int)}
    return Standing({**_NOT_REVIEWED, **set_now})


def with_effects(standing: Standing, effects: Iterable[tuple[str, int]]) -> Standing:
    """Return the standing under a ladder's effects: of several on one item, and the standing's own, the strictest."""
    values = dict(standing.values)
    for name, value in effects:
        values[name] = _strictest(name, values.get(name, UNKNOWN), value)
    return Standing(values)


def _strictest(name: str, one: int, other: int) -> int:
    if UNKNOWN in (one, other):
        return other if one == UNKNOWN else one
    return max(one, other) if name in _STRICTEST_IS_LARGEST else min(one, other)
