"""A customer's standing while it is decided upon: what was in force, what a review or an effect makes of it."""

from collections.abc import Iterable, Mapping
from datetime import date
from types import MappingProxyType
from typing import Final

import msgspec
from msgspec.structs import replace

from policy_service.domain.decisions import ChainResult, Override
from policy_service.domain.entries import CustomerHistory, RecordedStanding
from policy_service.domain.outcomes import Outcome
from policy_service.domain.values import FALSE, TRUE, UNKNOWN, Kind
from policy_service.facts.debtor import StandingTerms
from policy_service.language.definitions.built_in_facts import PREVIOUS_PREFIX
from policy_service.language.definitions.standing import PREVIOUS_OUTPUTS, STANDING_OUTPUTS
from policy_service.language.policy import Policy
from policy_service.language.rule_sets import DecisionTable, Row
from policy_service.services.code_book import CodeBook

_NOT_REVIEWED: Final = MappingProxyType(dict.fromkeys(STANDING_OUTPUTS, UNKNOWN) | {"stop_credit": FALSE})
#: What a row of the standings file leaves unsaid: another system granted open account, and demanded nothing more.
_RECORDED: Final = MappingProxyType(
    dict(_NOT_REVIEWED)
    | {"prepay_percent": 0, "grace_days": 0}
    | {"stop_credit": FALSE, "watch_list": FALSE, "collateral_required": FALSE, "collateral_amount": 0}
)
_STRICTEST_IS_LARGEST: Final = frozenset(
    {"stop_credit", "watch_list", "prepay_percent", "interest_percent", "collateral_required", "collateral_amount"}
)
#: What grants nothing where it is not set, so that any value would be more. Without a term the invoice's own due
#: date holds, and without a prepayment none: there an effect is stricter.
_GRANTS_NOTHING_UNSET: Final = frozenset(
    {"credit_limit", "grace_days", "discount_percent", "discount_days", "grade", "score"}
)
#: Of these nobody can say which value lets more orders go.
_WITHOUT_ORDER: Final = frozenset({"prepay_percent", "ladder_variant", "score"})
_TERM_KINDS_TO_THE_STRICTEST: Final = ("end_of_month", "net", "prepayment")


class Standing(msgspec.Struct, frozen=True):
    """Every standing output by name (unknown: not set); before the first review all are, save `stop_credit`.

    `is_recorded`: grade, limit and term are what a standings file says; that it demands nothing else nobody has said.
    """

    values: Mapping[str, int] = msgspec.field(default_factory=lambda: _NOT_REVIEWED)
    is_recorded: bool = False

    def facts(self) -> dict[str, int]:
        """Return the standing's facts by name, with what was in force before a review under `previous_...`."""
        return {**self.values, **{PREVIOUS_PREFIX + name: self.values[name] for name in PREVIOUS_OUTPUTS}}

    def terms(self) -> StandingTerms:
        """Return what facts are measured with: the limit and the days of grace."""
        return StandingTerms(self.values["credit_limit"], self.values["grace_days"])


def recorded_standing(history: CustomerHistory, as_of: date, codes: CodeBook) -> Standing:
    """Return what the ledger's standings file says was in force at the start of the day.

    Grade, limit and term that its row leaves empty are not set. What the file has no column for demands nothing:
    no prepayment, no collateral, no stop, no watch, and no days of grace are given.
    """
    recorded = recorded_in_force(history, as_of)
    return Standing(_values_of(recorded, codes), is_recorded=True) if recorded else Standing()


def recorded_in_force(history: CustomerHistory, as_of: date) -> RecordedStanding | None:
    """Return the row of the ledger's standings file that was in force at the start of the day; none without one."""
    in_force = [
        recorded for recorded in history.standings if recorded.valid_from <= as_of and _is_known(recorded, as_of)
    ]
    return in_force[-1] if in_force else None


def _is_known(recorded: RecordedStanding, as_of: date) -> bool:
    # What was entered after it came into force was not known before the day after.
    posted_on = recorded.posted_on or recorded.valid_from
    return posted_on <= recorded.valid_from or posted_on < as_of


def _values_of(recorded: RecordedStanding, codes: CodeBook) -> Mapping[str, int]:
    values = dict(_RECORDED)
    if recorded.grade:
        values["grade"] = codes.code_of(recorded.grade)
    if recorded.credit_limit is not None:
        values["credit_limit"] = recorded.credit_limit
    if recorded.payment_term_days is not None:
        values["payment_term_days"] = recorded.payment_term_days
    return values


def reviewed(outputs: Mapping[str, int | tuple[int, ...]], before: Standing) -> Standing:
    """Return the standing that a review's outputs make; what it does not set is not set.

    Whether credit is stopped is never unknown: a review that cannot say leaves it as it was.
    """
    values = {**_NOT_REVIEWED, **_standing_outputs(outputs)}
    if values["stop_credit"] == UNKNOWN:
        values["stop_credit"] = before.values["stop_credit"]
    return Standing(values)


def after_review(policy: Policy, review: ChainResult, overrides: Iterable[Override], before: Standing) -> Standing:
    """Return the standing that a review makes, under the overrides that were applied to it.

    Where no rule found a standing, the one in force stays, but for what a person has said.
    """
    outputs = review.outputs
    said = {name for override in overrides for name in override.outputs if name in outputs}
    if not review.rule_sets or review.outcome is Outcome.REFER:
        return overridden_standing(before, {name: outputs[name] for name in said})
    standing = reviewed(outputs, before)
    if "stop_credit" not in said and stop_is_released(policy, review):
        return overridden_standing(standing, {"stop_credit": FALSE})
    return standing


def stop_is_released(policy: Policy, review: ChainResult) -> bool:
    """Return whether rows of a review stopped credit and the release condition of each of them holds now."""
    stopped = [
        row.id in result.releases
        for result in review.rule_sets
        for row in _rows(policy, result.rule_set)
        if row.id in result.hits and row.output("stop_credit")
    ]
    return bool(stopped) and all(stopped)


def overridden_standing(standing: Standing, outputs: Mapping[str, int | tuple[int, ...]]) -> Standing:
    """Return the standing with these outputs instead."""
    return replace(standing, values={**standing.values, **_standing_outputs(outputs)}) if outputs else standing


def where_stricter(standing: Standing, outputs: Mapping[str, int], policy: Policy) -> Standing:
    """Return the standing with those of the outputs that are stricter than what it says; what is not set stays so."""
    stricter = {
        name: _strictest(name, standing.values[name], value, policy)
        for name, value in outputs.items()
        if name not in _WITHOUT_ORDER and UNKNOWN not in (value, standing.values[name])
    }
    return overridden_standing(standing, stricter)


def with_effects(standing: Standing, effects: Iterable[tuple[str, int]], policy: Policy) -> Standing:
    """Return the standing under a ladder's effects: of several on one item, and the standing's own, the strictest.

    An effect never grants what is not set: no limit, grade, grace or discount. One whose value is unknown makes the
    item unknown, save what is true already: that is the strictest. Of texts without an order the last step's holds.
    """
    values = dict(standing.values)
    uncertain = set[str]()
    for name, value in effects:
        if value == UNKNOWN:
            uncertain.add(name)
        elif standing.values.get(name, UNKNOWN) != UNKNOWN or name not in _GRANTS_NOTHING_UNSET:
            values[name] = _strictest(name, values.get(name, UNKNOWN), value, policy)
    unknown = {name for name in uncertain if STANDING_OUTPUTS[name] is not Kind.BOOLEAN or values.get(name) != TRUE}
    return replace(standing, values={**values, **dict.fromkeys(unknown, UNKNOWN)})


def _standing_outputs(outputs: Mapping[str, int | tuple[int, ...]]) -> Mapping[str, int]:
    return {name: value for name, value in outputs.items() if name in STANDING_OUTPUTS and isinstance(value, int)}


def _strictest(name: str, one: int, other: int, policy: Policy) -> int:
    if one == UNKNOWN:
        return other
    if STANDING_OUTPUTS[name] is Kind.CATEGORY:
        ranks = _ranks(name, policy)
        return max(one, other, key=lambda code: (ranks.get(code, -1), code == other))
    return max(one, other) if name in _STRICTEST_IS_LARGEST else min(one, other)


def _rows(policy: Policy, rule_set: str) -> tuple[Row, ...]:
    tables = (one for one in policy.rule_sets if isinstance(one, DecisionTable) and one.name == rule_set)
    return next((table.rows for table in tables), ())


def _ranks(name: str, policy: Policy) -> Mapping[int, int]:
    # A policy names its grades from the best to the worst.
    texts = {"grade": policy.grades, "payment_term_kind": _TERM_KINDS_TO_THE_STRICTEST}.get(name, ())
    codes = {text: code for code, text in enumerate(policy.vocabulary)}
    return {codes[text]: rank for rank, text in enumerate(texts) if text in codes}
