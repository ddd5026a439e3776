"""A policy as an immutable, typed tree: what the loader returns and every engine reads."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from policy_service.domain.errors import NOWHERE, Place
from policy_service.domain.outcomes import DEFAULT_SEVERITY, DecisionType, Outcome
from policy_service.domain.values import Currency, Kind
from policy_service.language.definitions.dictionary import FactDefinition, ReasonDefinition, Title
from policy_service.language.feel.scope import FunctionDefinition
from policy_service.language.rule_sets import RuleSet


@dataclass(frozen=True, slots=True)
class Parameter:
    """A dial: a named value with its range, in the representation of its kind."""

    name: str
    kind: Kind
    value: int
    minimum: int | None = None
    maximum: int | None = None
    step: int | None = None
    unit: str = ""
    title: Title = field(default_factory=Title)
    place: Place = field(default=NOWHERE, compare=False)


class ExposureComponent(StrEnum):
    """What counts towards, or (unapplied cash, insured part) against, the exposure."""

    OPEN_BALANCE = "open_balance"
    OPEN_ORDERS = "open_orders"
    UNMATURED_BILLS = "unmatured_bills"
    UNAPPLIED_CASH = "unapplied_cash"
    INSURED = "insured"


@dataclass(frozen=True, slots=True)
class Policy:
    """Named rule sets with their parameters; embeds the definition of every fact and reason it reads.

    `vocabulary` are the texts of all categories it mentions: a category's code is its index. `chains`
    name, for each decision type, the rule sets that run, in order.
    """

    id: str
    title: Title
    currency: Currency
    parameters: Mapping[str, Parameter]
    facts: Mapping[str, FactDefinition]
    reasons: Mapping[str, ReasonDefinition]
    rule_sets: tuple[RuleSet, ...]
    chains: Mapping[DecisionType, tuple[str, ...]]
    vocabulary: tuple[str, ...]
    outputs: Mapping[str, Kind]
    exposure: tuple[ExposureComponent, ...] = (ExposureComponent.OPEN_BALANCE, ExposureComponent.OPEN_ORDERS)
    exposure_of_group: bool = False
    severity: tuple[Outcome, ...] = DEFAULT_SEVERITY
    review_on: tuple[str, ...] = ()
    owner: str = ""
    change_notes: tuple[str, ...] = ()
    grades: tuple[str, ...] = ()
    functions: Mapping[str, FunctionDefinition] = field(default_factory=dict)
    place: Place = field(default=NOWHERE, compare=False)

    def rule_set(self, name: str) -> RuleSet:
        """Return the rule set of that name; KeyError if there is none."""
        for rule_set in self.rule_sets:
            if rule_set.name == name:
                return rule_set
        raise KeyError(name)

    def chain(self, decision_type: DecisionType) -> tuple[RuleSet, ...]:
        """Return the rule sets that decide that type, in order."""
        return tuple(self.rule_set(name) for name in self.chains[decision_type])
