"""The facts that a policy reads as the replay's kernel measures them: all that is asked, kind after kind."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Final

import numpy as np

from policy_service.domain.errors import Place
from policy_service.domain.outcomes import DecisionType
from policy_service.domain.values import UNKNOWN, Kind
from policy_service.language.definitions.built_in_facts import declared_name
from policy_service.language.definitions.dictionary import EntrySource, FactDefinition, FactSource
from policy_service.language.feel.value_text import read_attribute_text
from policy_service.language.policy import ExposureComponent, Parameter, Policy
from simulations.columnar.program import Compiled
from simulations.ledger_snapshot.columns import Column
from simulations.ledger_snapshot.snapshot import Snapshot
from simulations.replay.built_ins import EXPOSED
from simulations.replay.fact_rows import CODE, DECLARED, FAMILY, SOURCES, FactRows, fact_rows, read_only
from simulations.replay.group_reading import asked_of_group, asked_of_one

TYPES: Final = (DecisionType.REVIEW, DecisionType.ORDER, DecisionType.ESCALATION)
REVIEW: Final = 0
ORDER: Final = 1
ESCALATION: Final = 2
# What is asked of a customer beside, where ladders do not look daily: the conditions of triggers, those of releases,
# and which ladders stand and on which days their levels fall.
TRIGGERS: Final = 3
RELEASES: Final = 4
STANDS: Final = 5

_MADE_OF_ORDERS: Final = frozenset({"months_as_customer", "avg_monthly_sales_12m", "avg_monthly_orders_12m"})
#: What an order of the orders file changes once it is known, which may be long after it was let through.
_MADE_OF_OPEN_ORDERS: Final = EXPOSED | {"open_orders"}
_MADE_OF_INVOICES: Final = frozenset({"sales_12m", "avg_monthly_sales_12m", "days_sales_outstanding_90d"})


class AskedFacts:
    """The facts by what is asked (REVIEW to STANDS); `slots` are the places of their values."""

    def __init__(
        self,
        snapshot: Snapshot,
        policy: Policy,
        program: Compiled,
        read: Mapping[DecisionType, Sequence[FactDefinition]],
        parameters: Mapping[str, int],
    ) -> None:
        every = [fact for kind in TYPES for fact in read[kind]]
        names = sorted({fact.name for fact in every if fact.source is FactSource.CUSTOMER} | _cover(policy))
        self.places = {name: place for place, name in enumerate(names)}
        self.attributes = _attributes(snapshot, policy, names, {fact.name: fact for fact in every})
        dials = {
            name: one if name not in parameters else _turned(one, parameters[name])
            for name, one in policy.parameters.items()
        }
        self.dial_values = {name: one.value for name, one in dials.items()}
        words = {word: place for place, word in enumerate(snapshot.words)}
        self.facts: FactRows = fact_rows(every, dials, snapshot.currency, words, self.places)
        counts = [sum(fact.name in self.facts.names for fact in read[kind]) for kind in TYPES]
        self.begins = column_of([0, *np.cumsum(counts).tolist()])
        self.slots = column_of([program.slots[name] for name in self.facts.names])
        self._policy, self._ladders = policy, read[DecisionType.ESCALATION]
        self.asks = column_of([asked_of_one(read[kind], policy) for kind in TYPES])
        self.group_asks = column_of([asked_of_group(read[kind], policy) for kind in TYPES])

    def of(self, kind: int) -> FactRows:
        """Return the rows of the facts that decisions of a type read."""
        chosen = slice(int(self.begins[kind]), int(self.begins[kind + 1]))
        return FactRows(self.facts.names[chosen], self.facts.rows[chosen], self.facts.conditions)

    def add(self, names: frozenset[str]) -> None:
        """Have those facts of an escalation be asked by themselves, too."""
        ladders = self.of(ESCALATION)
        chosen = [place for place, name in enumerate(ladders.names) if name in names]
        found = tuple(ladders.names[place] for place in chosen)
        slots = self.slots[int(self.begins[ESCALATION]) + np.array(chosen, dtype=np.int64)]
        rows = np.concatenate([self.facts.rows, ladders.rows[chosen]])
        self.facts = FactRows((*self.facts.names, *found), read_only(rows), self.facts.conditions)
        self.slots = read_only(np.concatenate([self.slots, slots]))
        self.begins = column_of([*self.begins.tolist(), len(rows)])
        read = [fact for fact in self._ladders if fact.name in names]
        self.asks = column_of([*self.asks.tolist(), asked_of_one(read, self._policy)])
        self.group_asks = column_of([*self.group_asks.tolist(), asked_of_group(read, self._policy)])

    @property
    def reads_orders(self) -> bool:
        """Whether any fact is made of the orders that are known, or ladders have to look when they become known."""
        of_ladders = {declared_name(fact.name) for fact in self._ladders}
        return self._reads(EntrySource.ORDERS, _MADE_OF_ORDERS) or not of_ladders.isdisjoint(_MADE_OF_OPEN_ORDERS)

    @property
    def reads_invoices(self) -> bool:
        """Whether any fact is made of the invoices that are known, open or not."""
        return self._reads(EntrySource.INVOICES, _MADE_OF_INVOICES)

    def _reads(self, source: EntrySource, made_of_it: frozenset[str]) -> bool:
        rows = self.facts.rows
        declared = (rows[:, FAMILY] == DECLARED) & (rows[:, CODE] == SOURCES.index(source))
        return bool(declared.any()) or any(declared_name(name) in made_of_it for name in self.facts.names)


def _turned(parameter: Parameter, value: int) -> Parameter:
    return replace(parameter, value=value)


def _cover(policy: Policy) -> set[str]:
    return {"insured_limit", "cover_share"} if ExposureComponent.INSURED in policy.exposure else set()


_COVER_KINDS: Final = {"insured_limit": Kind.MONEY, "cover_share": Kind.NUMBER}


def _attributes(
    snapshot: Snapshot, policy: Policy, names: Sequence[str], facts: Mapping[str, FactDefinition]
) -> Column:
    codes = {text: code for code, text in enumerate(policy.vocabulary)}
    found = np.full((len(snapshot.versions.counts_from), max(len(names), 1)), UNKNOWN, dtype=np.int64)
    for place, name in enumerate(names):
        words = snapshot.attributes.get(name)
        if words is None:
            continue
        kind = facts[name].kind if name in facts else _COVER_KINDS[name]
        values = np.full(len(snapshot.words), UNKNOWN, dtype=np.int64)
        for word in np.unique(words).tolist():
            text = snapshot.words[word]
            if kind is Kind.CATEGORY:
                # A text that the policy does not mention matches no cell of it, but is not unknown.
                values[word] = codes.get(text, len(codes) + word) if text else UNKNOWN
            else:
                values[word] = read_attribute_text(text, kind, policy.currency, Place("customers", cell=name))
        found[:, place] = values[words]
    return read_only(found)


def column_of(values: Sequence[int]) -> Column:
    """Return numbers as a column that a kernel reads."""
    return read_only(np.array(values, dtype=np.int64))
