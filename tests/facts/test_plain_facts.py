"""The facts of random ledgers against a plain recomputation from the text of the contract."""

import datetime as dt
from collections.abc import Callable, Sequence
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from policy_service.domain.entries import AdjustmentKind, Customer, Invoice
from policy_service.domain.values import UNKNOWN, Kind
from policy_service.facts.debtor import StandingTerms
from policy_service.facts.knowledge import Knowledge
from policy_service.facts.measure import Circumstances, MeasuredFact, measure_facts
from policy_service.facts.prepared_ledger import PreparedLedger
from policy_service.language.definitions.dictionary import FactDefinition
from policy_service.language.policy import ExposureComponent
from tests.examples import examples
from tests.facts.plain_facts import PlainDay, rounded
from tests.facts.random_ledgers import books_of, customers, days_that_matter, entries
from tests.facts.small_ledgers import CUSTOMER, Entry, built_in, declared

BUILT_IN = {
    "open_balance": Kind.MONEY,
    "overdue_balance": Kind.MONEY,
    "past_due_balance": Kind.MONEY,
    "disputed_balance": Kind.MONEY,
    "unapplied_cash": Kind.MONEY,
    "oldest_days_past_due": Kind.DAYS,
    "open_orders": Kind.MONEY,
    "unmatured_bills": Kind.MONEY,
    "exposure": Kind.MONEY,
    "months_as_customer": Kind.INTEGER,
    "sales_12m": Kind.MONEY,
    "avg_monthly_sales_12m": Kind.MONEY,
    "avg_monthly_orders_12m": Kind.MONEY,
    "days_sales_outstanding_90d": Kind.NUMBER,
    "payment_index_12m": Kind.NUMBER,
}
ALL_COMPONENTS = Circumstances(
    exposure=tuple(one for one in ExposureComponent if one is not ExposureComponent.INSURED),
    terms={CUSTOMER: StandingTerms(grace_days=3)},
)
SCALES = {Kind.MONEY: 100, Kind.NUMBER: 10**6, Kind.INTEGER: 1, Kind.DAYS: 1}
CONDITIONS: dict[str, dict[str, Callable[[dict], bool]]] = {
    "invoices": {"": lambda _: True, "amount >= 1.5": lambda one: one["amount"] >= 150},
    "open_invoices": {
        "": lambda _: True,
        "days_past_due > 5": lambda one: one["days_past_due"] > 5,
        "not disputed": lambda one: not one["disputed"],
        "disputed and open_amount < 4": lambda one: one["disputed"] and one["open_amount"] < 400,
    },
    "payments": {"": lambda _: True, "days_late <= 0": lambda one: one["days_late"] <= 0},
    "adjustments": {"": lambda _: True, 'kind = "write_off"': lambda one: one["kind"] == AdjustmentKind.WRITE_OFF},
    "disputes": {"": lambda _: True, "open": lambda one: one["open"]},
    "promises": {"": lambda _: True, "broken": lambda one: one["broken"]},
    "events": {
        "": lambda _: True,
        'kind != "rating"': lambda one: one["kind"] != "rating",
        "value < 1": lambda one: one["value"] in ("0.5", "-1.25"),
    },
    "orders": {"": lambda _: True, "let_through": lambda one: one["let_through"]},
}
COLUMNS = {
    "invoices": ("amount", "term_days"),
    "open_invoices": ("amount", "open_amount", "days_past_due"),
    "payments": ("amount", "days_late"),
    "adjustments": ("amount",),
    "promises": ("amount",),
    "orders": ("amount",),
}
MONEY_COLUMNS = ("amount", "open_amount")


@st.composite
def measures(draw: st.DrawFn, sources: Sequence[str] = tuple(sorted(CONDITIONS))) -> tuple[FactDefinition, tuple]:
    """Return a declared fact, and the same for the plain recomputation."""
    source = draw(st.sampled_from(sources))
    where = draw(st.sampled_from(sorted(CONDITIONS[source])))
    within = draw(st.sampled_from((None, 10, 30, 90, 365)))
    plain = ["count", "count_distinct", "days_since_last", "days_since_first"]
    kind = draw(st.sampled_from(plain + ["sum", "mean", "min", "max", "slope"] * (source in COLUMNS)))
    column = "" if kind in plain else draw(st.sampled_from(COLUMNS[source]))
    weight = draw(st.sampled_from(("", "amount"))) if kind == "mean" and source in ("payments", "invoices") else ""
    whole = (Kind.INTEGER, Kind.DAYS, Kind.NUMBER)
    fact_kind = draw(st.sampled_from((Kind.MONEY, Kind.NUMBER) if column in MONEY_COLUMNS else whole))
    written = kind if not column else f"{kind}({column}{', weight ' + weight if weight else ''})"
    written = "count_distinct(month)" if kind == "count_distinct" else written
    definition = declared(source, written, fact_kind, where=where, within=within)
    return definition, (source, kind, column, weight, within, CONDITIONS[source][where])


@st.composite
def scenes(draw: st.DrawFn) -> tuple[tuple[Entry, ...], tuple[Customer, ...], dt.date]:
    """Return entries, versions of the customer, and the day on which they are looked at."""
    collected = draw(entries())
    return collected, draw(customers()), draw(st.sampled_from(days_that_matter(collected)))


Scene = tuple[tuple[Entry, ...], tuple[Customer, ...], dt.date]


@given(entries(), customers(), st.booleans())
@settings(max_examples=examples(60), deadline=None)
def test_built_in_facts_agree_with_the_plain_recomputation(
    collected: tuple[Entry, ...], versions: tuple[Customer, ...], orders_file: bool
) -> None:
    ledger = books_of(collected, versions, orders_file)
    books = PreparedLedger(ledger)
    definitions = [built_in(name, kind) for name, kind in BUILT_IN.items()]
    for on in days_that_matter(collected):
        facts = measure_facts(books, CUSTOMER, definitions, Knowledge(on), ALL_COMPONENTS)
        plain = PlainDay(ledger, CUSTOMER, on)
        assert {name: plain.built_in(name, 3) for name in BUILT_IN} == {one.name: one.value for one in facts.values()}


@given(entries(), customers(), st.booleans(), st.lists(measures(), min_size=4, max_size=8))
@settings(max_examples=examples(60), deadline=None)
def test_declared_facts_agree_with_the_plain_recomputation(
    collected: tuple[Entry, ...],
    versions: tuple[Customer, ...],
    orders_file: bool,
    asked: list[tuple[FactDefinition, tuple]],
) -> None:
    ledger = books_of(collected, versions, orders_file)
    books = PreparedLedger(ledger)
    for on in days_that_matter(collected):
        plain = PlainDay(ledger, CUSTOMER, on)
        for definition, words in asked:
            number: Fraction | None = plain.measure(*words)
            fact = measure_facts(books, CUSTOMER, [definition], Knowledge(on))["fact"]
            assert (UNKNOWN if number is None else rounded(number * SCALES[definition.kind])) == fact.value


@given(scenes(), st.data())
@settings(max_examples=examples(150), deadline=None)
def test_entries_not_known_change_no_fact_and_no_id_behind_it(scene: Scene, data: st.DataObject) -> None:
    collected, versions, on = scene
    unknown = [one for one in collected if one.posted_on >= on or date_of(one) >= on]
    left_out = data.draw(st.sets(st.sampled_from(unknown))) if unknown else set()
    known = tuple(one for one in collected if one not in left_out)
    definitions = [built_in(name, kind) for name, kind in BUILT_IN.items()]

    def facts(of: tuple[Entry, ...]) -> dict[str, MeasuredFact]:
        books = books_of(of, versions, orders_file=True)
        return dict(measure_facts(books, CUSTOMER, definitions, Knowledge(on), ALL_COMPONENTS))

    assert facts(known) == facts(collected)


@pytest.mark.parametrize("source", sorted(CONDITIONS))
@given(collected=entries())
@settings(max_examples=examples(30), deadline=None)
def test_the_entries_behind_a_fact_are_those_known_that_fulfil_its_conditions(
    source: str, collected: tuple[Entry, ...]
) -> None:
    ledger = books_of(collected, (Customer(CUSTOMER),), orders_file=True)
    books = PreparedLedger(ledger)
    definitions = {where: declared(source, "count", where=where) for where in CONDITIONS[source]}
    for on in days_that_matter(collected):
        rows = sorted(PlainDay(ledger, CUSTOMER, on).source(source), key=lambda row: (row.date, row.id))
        for where, holds in CONDITIONS[source].items():
            fact = measure_facts(books, CUSTOMER, [definitions[where]], Knowledge(on))["fact"]
            assert tuple(row.id for row in rows if holds(row.columns)) == fact.entries


def date_of(entry: Entry) -> dt.date:
    if isinstance(entry, Invoice):
        return entry.issue_date
    return next(getattr(entry, name) for name in ("date", "opened", "made") if hasattr(entry, name))
