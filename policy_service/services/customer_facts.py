"""Every fact of a customer as of a day, each with the ledger entries behind it."""

import datetime as dt
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from itertools import islice
from typing import Final

from sqlalchemy.orm import Session

from policy_service.domain.amounts import from_scaled
from policy_service.domain.errors import FactError, RequestError
from policy_service.domain.instants import Instant
from policy_service.domain.values import UNKNOWN, Currency, Kind, scale
from policy_service.facts.columns import Collection as Entries
from policy_service.facts.columns import take
from policy_service.facts.customer_day import OrderDecisions
from policy_service.facts.debtor import StandingTerms
from policy_service.facts.exposure import open_column
from policy_service.facts.knowledge import Knowledge
from policy_service.facts.measure import Circumstances, MeasuredFact, measure_facts
from policy_service.language.definitions.built_in_facts import LADDER_INPUT
from policy_service.language.definitions.dictionary import FactDefinition, FactDictionary, FactSource, Title
from policy_service.language.definitions.dictionary_files import load_dictionary
from policy_service.language.policy import Policy
from policy_service.services.base_currency import other_currency
from policy_service.services.code_book import CodeBook, Plain
from policy_service.services.house import House
from policy_service.services.known_customers import KnownLedger, known_before
from policy_service.storage.order_store import OrderStore
from policy_service.storage.orders_as_known import orders_as_known

_EPOCH: Final = dt.date(1970, 1, 1)
_MEASURED: Final = frozenset({FactSource.LEDGER, FactSource.BUILT_IN, FactSource.CUSTOMER})


@dataclass(frozen=True, slots=True)
class FactsAsked:
    """Whose facts are asked for, as of which day.

    `known_before` is the instant before which entries had to be posted; none: all that is known now. `names` are the
    facts asked for, none: all of them. Of the entries behind each, `entries` are shown.
    """

    customer_id: str
    knowledge: Knowledge
    known_before: Instant | None = None
    names: Collection[str] = ()
    entries: int = 20


@dataclass(frozen=True, slots=True)
class EntryBehind:
    """A ledger entry: the table it is of, its id and date, and its amount, or the part of it that counts.

    Amounts are decimal text in the base currency; an entry without one has none. Of an order without an orders file
    the table is that of the invoice which stands for it.
    """

    table: str
    entry_id: str
    date: dt.date
    amount: str | None


@dataclass(frozen=True, slots=True)
class ShownFact:
    """A fact: its value as the API writes it (none: unknown), what it means, and the first entries behind it.

    `entry_count` is how many entries there are in all. A fact that cannot be measured says why in `fault`.
    """

    name: str
    kind: Kind
    unit: str
    title: Title
    source: FactSource
    value: Plain
    entry_count: int = 0
    entries: tuple[EntryBehind, ...] = ()
    fault: str = ""


@dataclass(frozen=True, slots=True)
class CustomerFacts:
    """The facts of a customer, by name; `through` is the last posting that they know of."""

    customer_id: str
    day: dt.date
    currency: Currency
    through: int
    group: tuple[str, ...]
    facts: tuple[ShownFact, ...]


def facts_of(
    house: House, session: Session, asked: FactsAsked, policy: Policy, terms: Mapping[str, StandingTerms]
) -> CustomerFacts:
    """Return every declared, built-in and customer fact, measured as decisions under the policy measure them.

    Facts declared in the files come too, as the policy may read them in its next version. `terms` say limit and
    grace of the customer, and of the others of its group. RequestError R404 for an unknown customer, R405 for a
    policy in another base currency, R494 for the name of no fact.
    """
    ledger = known_before(house.customers, session, asked.customer_id, asked.known_before)
    ledger.history(asked.customer_id)
    if ledger.currency != policy.currency:
        raise other_currency(ledger.currency, policy)
    group = tuple(ledger.group_of(asked.customer_id, asked.knowledge))
    circumstances = Circumstances(
        parameters=policy.parameters,
        exposure=policy.exposure,
        exposure_of_group=policy.exposure_of_group,
        terms=terms,
        orders=_orders(session, group, asked.known_before, ledger.head),
    )
    codes, declared = CodeBook(policy), _declared(house, policy)
    _refuse_unknown(asked.names, declared)
    shown = [
        _shown(ledger, asked, definition, circumstances, codes)
        for definition in _measured(declared, is_alone=len(group) == 1)
        if not asked.names or definition.name in asked.names
    ]
    return CustomerFacts(asked.customer_id, asked.knowledge.day, ledger.currency, ledger.head, group, tuple(shown))


def _orders(session: Session, group: Sequence[str], instant: Instant | None, through: int) -> OrderDecisions:
    if instant is None:
        return OrderDecisions(live=OrderStore(session).live_of(group))
    return OrderDecisions(live=orders_as_known(session, group, instant, through))


def _declared(house: House, policy: Policy) -> FactDictionary:
    return {**load_dictionary(house.settings.rules_dir).facts, **policy.facts}


def _refuse_unknown(names: Collection[str], declared: FactDictionary) -> None:
    unknown = next((name for name in names if name not in declared), None)
    if unknown is not None:
        near = get_close_matches(unknown, declared, n=1)
        raise RequestError(
            "R494",
            f"There is no fact {unknown[:60]!r}.",
            remedy=f"Did you mean {near[0]}?" if near else "Ask without a name to see every fact.",
        )


def _measured(declared: FactDictionary, *, is_alone: bool) -> Iterator[FactDefinition]:
    for _, definition in sorted(declared.items()):
        is_measured = definition.source in _MEASURED and definition.name != LADDER_INPUT
        # Of a customer without a group its own facts say the same.
        if is_measured and not (is_alone and definition.group):
            yield definition


def _shown(
    ledger: KnownLedger,
    asked: FactsAsked,
    definition: FactDefinition,
    circumstances: Circumstances,
    codes: CodeBook,
) -> ShownFact:
    said = (definition.name, definition.kind, definition.unit, definition.title, definition.source)
    try:
        measured = measure_facts(ledger, asked.customer_id, [definition], asked.knowledge, circumstances)
    except FactError as fault:
        return ShownFact(*said, None, fault=str(fault))
    fact = measured[definition.name]
    shown = _first_entries(fact.behind, asked.entries, ledger.currency)
    return ShownFact(*said, _plain(fact, codes), _count(fact.behind), tuple(shown))


def _plain(fact: MeasuredFact, codes: CodeBook) -> Plain:
    if fact.kind is Kind.CATEGORY:
        return fact.text or None
    return None if fact.value == UNKNOWN else codes.plain(fact.value, fact.kind)


def _count(behind: Sequence[Entries]) -> int:
    # Of several collections an entry may be in more than one.
    if len(behind) <= 1:
        return sum(map(len, behind))
    return len({key for one in behind for key in zip(one.tables.tolist(), one.ids.tolist(), strict=True)})


def _first_entries(behind: Sequence[Entries], most: int, currency: Currency) -> Iterator[EntryBehind]:
    found: dict[tuple[str, str], EntryBehind] = {}
    for every in behind:
        for entry in _written(take(every, slice(most * len(behind))), currency):
            found.setdefault((entry.table, entry.entry_id), entry)
    return islice(found.values(), most)


def _written(entries: Entries, currency: Currency) -> Iterator[EntryBehind]:
    column = open_column(entries)
    amounts = entries.numbers[column].tolist() if column in entries.numbers else [None] * len(entries)
    rows = zip(entries.tables.tolist(), entries.ids.tolist(), entries.dates.tolist(), amounts, strict=True)
    for table, entry_id, day, amount in rows:
        written = None if amount is None else from_scaled(int(amount), scale(Kind.MONEY, currency))
        yield EntryBehind(str(table), entry_id, _EPOCH + dt.timedelta(days=day), written)
