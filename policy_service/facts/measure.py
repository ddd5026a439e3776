"""The facts of one customer as of a day: the front door of this package."""

from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property
from typing import Final, TypeAlias

import msgspec

from policy_service.domain.entries import Ledger
from policy_service.domain.errors import FactError, Place
from policy_service.domain.values import Kind
from policy_service.facts.built_in import Question, built_in
from policy_service.facts.columns import Collection, take
from policy_service.facts.conditions import matching
from policy_service.facts.customer_day import OrderDecisions
from policy_service.facts.customer_file import attribute_text, read_attribute
from policy_service.facts.debtor import Debtor, StandingTerms
from policy_service.facts.exposure import ExposurePart
from policy_service.facts.exposure import exposure_by_component as parts_of_exposure
from policy_service.facts.knowledge import Knowledge
from policy_service.facts.measures import measure
from policy_service.facts.open_items import OpenItem
from policy_service.facts.open_items import open_items as items_of
from policy_service.facts.prepared_ledger import PreparedLedger
from policy_service.facts.reading import Reading, entry_ids, value_of
from policy_service.language.definitions.built_in_facts import LADDER_INPUT, declared_name
from policy_service.language.definitions.dictionary import FactDefinition, FactSource
from policy_service.language.policy import ExposureComponent, Parameter

AnyLedger: TypeAlias = Ledger | PreparedLedger

DEFAULT_EXPOSURE: Final = (ExposureComponent.OPEN_BALANCE, ExposureComponent.OPEN_ORDERS)


class MeasuredFact(msgspec.Struct, frozen=True, eq=False):
    """A fact's value with where it came from and the entries behind it.

    Their ids (`entries`) are worked out each time they are asked for: a decision that nobody asks to explain
    itself need not look at them.

    Of a category the value is unknown here and `text` says it: its code is a matter of the policy.
    """

    name: str
    kind: Kind
    value: int
    text: str = ""
    source: FactSource = FactSource.LEDGER
    behind: tuple[Collection, ...] = ()

    @property
    def entries(self) -> tuple[str, ...]:
        """The ids of the entries behind it."""
        return entry_ids(self.behind)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, MeasuredFact) and self._compared() == other._compared()

    def __hash__(self) -> int:
        return hash((self.name, self.value, self.text))

    def _compared(self) -> tuple[object, ...]:
        return (self.name, self.kind, self.value, self.text, self.source, self.entries)


class Circumstances(msgspec.Struct, frozen=True):
    """What facts depend on besides the ledger: the policy's dials, the standings, what became of orders.

    `terms` hold what each customer's standing says; `exposure_of_group` makes `exposure`, `headroom` and
    `utilisation` count what the whole group owes against the customer's own limit.
    """

    parameters: Mapping[str, Parameter] = msgspec.field(default_factory=dict)
    exposure: Sequence[ExposureComponent] = DEFAULT_EXPOSURE
    exposure_of_group: bool = False
    terms: Mapping[str, StandingTerms] = msgspec.field(default_factory=dict)
    orders: OrderDecisions = msgspec.field(default_factory=OrderDecisions)


_AS_RECORDED: Final = Circumstances()


def measure_facts(
    ledger: AnyLedger,
    customer_id: str,
    definitions: Iterable[FactDefinition],
    knowledge: Knowledge,
    circumstances: Circumstances = _AS_RECORDED,
) -> Mapping[str, MeasuredFact]:
    """Return every ledger, built-in and customer fact of `definitions` as it was known, by name.

    Facts of the request and of the standing, and the ladder's own input, are no measurements and left out.
    Hand over a PreparedLedger to measure more than once. Each value is exact and rounded once to its declared
    type. FactError: F101 no rate for a currency, F102 a customer fact that cannot be read, F103 no such
    customer, F104 a value outside the range, F105 a parameter missing, F106 no such column or measurement.
    """
    prepared = _prepared(ledger)
    asked = _Asked(prepared, customer_id, knowledge, circumstances)
    facts = {}
    for definition in definitions:
        fact = asked.measured(definition)
        if fact is not None:
            facts[definition.name] = fact
    return facts


def open_items(ledger: AnyLedger, customer_id: str, knowledge: Knowledge, grace_days: int = 0) -> tuple[OpenItem, ...]:
    """Return the customer's known open invoices by issue date, then id; FactError F101 or F103."""
    return items_of(_prepared(ledger).customer(customer_id).books_on(knowledge), grace_days)


def exposure_by_component(
    ledger: AnyLedger, customer_id: str, knowledge: Knowledge, circumstances: Circumstances = _AS_RECORDED
) -> Mapping[ExposureComponent, ExposurePart]:
    """Return what each of the policy's components adds to the exposure or takes off it, in base currency."""
    prepared = _prepared(ledger)
    ids = prepared.group_of(customer_id, knowledge) if circumstances.exposure_of_group else (customer_id,)
    debtor = prepared.debtor(ids, knowledge, circumstances.orders, circumstances.terms)
    return parts_of_exposure(debtor, circumstances.exposure, prepared.currency)


def _prepared(ledger: AnyLedger) -> PreparedLedger:
    return ledger if isinstance(ledger, PreparedLedger) else PreparedLedger(ledger)


class _Asked:
    def __init__(
        self, prepared: PreparedLedger, customer_id: str, knowledge: Knowledge, circumstances: Circumstances
    ) -> None:
        self._prepared = prepared
        self._currency = prepared.currency
        self._customer_id = customer_id
        self._knowledge = knowledge
        self._circumstances = circumstances
        self._own = self._debtor((customer_id,))

    def measured(self, definition: FactDefinition) -> MeasuredFact | None:
        match definition.source:
            case FactSource.LEDGER:
                return self._rounded(definition, self._declared(definition))
            case FactSource.BUILT_IN if definition.name != LADDER_INPUT:
                return self._rounded(definition, self._built_in(definition))
            case FactSource.CUSTOMER:
                return self._of_the_file(definition)
            case _:
                return None

    def _declared(self, definition: FactDefinition) -> Reading:
        asked = definition.measure
        if asked is None:
            raise _not_measurable(definition)
        entries = self._of(definition).entries(asked.entries, asked.within_days)
        if asked.where:
            entries = take(entries, matching(entries, asked.where, self._circumstances.parameters, self._currency))
        day, parameters = self._knowledge.number, self._circumstances.parameters
        return measure(entries, asked.measure, day, parameters, self._currency)

    def _built_in(self, definition: FactDefinition) -> Reading:
        question = self._question_of_group if definition.group else self._own_question
        reading = built_in(declared_name(definition.name), question)
        if reading is None:
            raise _not_measurable(definition)
        return reading

    def _rounded(self, definition: FactDefinition, reading: Reading) -> MeasuredFact:
        value = value_of(reading, definition.kind, self._currency, definition.name)
        return MeasuredFact(definition.name, definition.kind, value, "", definition.source, reading.behind)

    def _of_the_file(self, definition: FactDefinition) -> MeasuredFact:
        customer = self._own.members[0].customer.customer
        text = attribute_text(customer, definition.name)
        if definition.kind is Kind.CATEGORY and text and definition.values and text not in definition.values:
            raise FactError(
                "F102",
                f"“{text[:40]}” is no value of the customer fact {definition.name}.",
                place=Place("customers", row=customer.customer_id, cell=definition.name),
                remedy=f"Write one of: {', '.join(definition.values)}.",
            )
        value = read_attribute(customer, definition.name, definition.kind, self._currency)
        return MeasuredFact(definition.name, definition.kind, value, text, definition.source)

    def _of(self, definition: FactDefinition) -> Debtor:
        return self._whole_group if definition.group else self._own

    @cached_property
    def _whole_group(self) -> Debtor:
        return self._debtor(self._prepared.group_of(self._customer_id, self._knowledge))

    @cached_property
    def _own_question(self) -> Question:
        exposed = self._whole_group if self._circumstances.exposure_of_group else self._own
        return Question(self._own, exposed, self._circumstances.exposure, self._currency)

    @cached_property
    def _question_of_group(self) -> Question:
        return Question(self._whole_group, self._whole_group, self._circumstances.exposure, self._currency)

    def _debtor(self, customer_ids: Sequence[str]) -> Debtor:
        terms, orders = self._circumstances.terms, self._circumstances.orders
        return self._prepared.debtor(customer_ids, self._knowledge, orders, terms)


def _not_measurable(definition: FactDefinition) -> FactError:
    return FactError(
        "F106",
        f"Nothing says how the fact {definition.name} is measured.",
        place=definition.place,
        remedy="Declare it in facts.yaml with from and measure.",
    )
