"""Facts of the customer file: the version in force, read by the declared type."""

import pytest

from policy_service.domain.entries import Customer
from policy_service.domain.errors import FactError
from policy_service.domain.values import MILLION, UNKNOWN, UNLIMITED, Kind
from policy_service.facts.knowledge import Knowledge, day_number
from policy_service.facts.measure import measure_facts
from policy_service.facts.prepared_ledger import PreparedLedger
from policy_service.language.definitions.built_in_facts import built_in_facts
from policy_service.language.definitions.dictionary import FactDefinition, FactSource
from tests.facts.small_ledgers import CUSTOMER, built_in, day, invoice, ledger, measured, payment


def file_fact(kind: Kind, name: str = "fact", values: tuple[str, ...] = ()) -> FactDefinition:
    return FactDefinition(name, kind, FactSource.CUSTOMER, values=values)


def read(text: str, kind: Kind, **options: tuple[str, ...]) -> int:
    books = ledger(versions=[Customer(CUSTOMER, attributes={"fact": text})])
    return measured(books, file_fact(kind, **options), "2026-01-01").value


@pytest.mark.parametrize(
    ("text", "kind", "expected"),
    [
        ("200000.50", Kind.MONEY, 200_000_50),
        ("-5000", Kind.MONEY, -5_000_00),
        ("unlimited", Kind.MONEY, UNLIMITED),
        ("0.9", Kind.NUMBER, 900_000),
        ("12", Kind.INTEGER, 12),
        ("30", Kind.DAYS, 30),
        ("2026-03-01", Kind.DATE, day_number(day("2026-03-01"))),
        ("true", Kind.BOOLEAN, 1),
        ("FALSE", Kind.BOOLEAN, 0),
        (" ", Kind.MONEY, UNKNOWN),
    ],
)
def test_an_attribute_is_read_by_its_declared_type(text: str, kind: Kind, expected: int) -> None:
    assert expected == read(text, kind)


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("1,000", Kind.MONEY),
        ("10.005", Kind.MONEY),
        ("1e3", Kind.NUMBER),
        ("1.5", Kind.INTEGER),
        ("2026-02-30", Kind.DATE),
        ("01.03.2026", Kind.DATE),
        ("yes", Kind.BOOLEAN),
        ("9" * 30, Kind.MONEY),
    ],
)
def test_a_text_that_is_no_value_names_customer_and_column(text: str, kind: Kind) -> None:
    with pytest.raises(FactError, match="customer fact fact") as caught:
        read(text, kind)
    assert ("F102", "C1", "fact", True) == (
        caught.value.code,
        caught.value.place.row,
        caught.value.place.cell,
        bool(caught.value.remedy),
    )


def test_a_category_is_told_as_text_without_a_code() -> None:
    books = ledger(versions=[Customer(CUSTOMER, segment="经销商", attributes={"fact": "BB+"})])
    asked = (file_fact(Kind.CATEGORY, "segment"), file_fact(Kind.CATEGORY))
    found = [measured(books, one, "2026-01-01") for one in asked]
    assert [("经销商", UNKNOWN), ("BB+", UNKNOWN)] == [(one.text, one.value) for one in found]


def test_a_category_outside_its_declared_texts_is_an_error() -> None:
    with pytest.raises(FactError, match="“D” is no value") as caught:
        read("D", Kind.CATEGORY, values=("A", "B"))
    assert "Write one of: A, B." == caught.value.remedy


def test_an_attribute_that_the_file_lacks_is_unknown() -> None:
    assert UNKNOWN == measured(ledger(), file_fact(Kind.MONEY, "net_worth"), "2026-01-01").value


@pytest.mark.parametrize(
    ("on", "expected"),
    [("2025-01-01", 1), ("2026-02-01", 1), ("2026-02-02", 2), ("2026-03-01", 2), ("2026-03-02", 3)],
)
def test_a_version_counts_from_the_day_after_its_date_and_the_earliest_also_before(on: str, expected: int) -> None:
    dates = ("2026-03-01", "2025-06-01", "2026-02-01")
    texts = ("3", "1", "2")
    versions = [
        Customer(CUSTOMER, valid_from=day(date), attributes={"fact": text})
        for date, text in zip(dates, texts, strict=True)
    ]
    assert expected == measured(ledger(versions=versions), file_fact(Kind.INTEGER), on).value


@pytest.mark.parametrize(
    ("on", "expected"),
    [("2026-01-01", 1), ("2026-02-02", 1), ("2026-03-01", 1), ("2026-03-02", 2), ("2026-03-11", 3)],
)
def test_a_version_does_not_count_before_it_was_posted_and_the_latest_that_counts_holds(on: str, expected: int) -> None:
    dates = (("2026-01-01", "2026-12-31"), ("2026-02-01", "2026-03-01"), ("2026-02-15", "2026-03-10"))
    versions = [
        Customer(CUSTOMER, valid_from=day(date), attributes={"fact": str(number)}, posted_on=day(posted))
        for number, (date, posted) in enumerate(dates, 1)
    ]
    assert expected == measured(ledger(versions=versions), file_fact(Kind.INTEGER), on).value


def test_since_may_be_read_as_a_date() -> None:
    books = ledger(versions=[Customer(CUSTOMER, since=day("2020-05-01"))])
    assert day_number(day("2020-05-01")) == measured(books, file_fact(Kind.DATE, "since"), "2026-01-01").value


def test_facts_of_the_request_and_of_the_standing_are_no_measurements() -> None:
    asked = [
        FactDefinition("order_amount", Kind.MONEY, FactSource.REQUEST),
        FactDefinition("grade", Kind.CATEGORY, FactSource.STANDING),
        FactDefinition("days_past_due", Kind.DAYS, FactSource.BUILT_IN),
        built_in("open_balance"),
    ]
    assert ["open_balance"] == list(measure_facts(ledger(), CUSTOMER, asked, Knowledge(day("2026-01-01"))))


def test_every_built_in_fact_of_the_dictionary_can_be_measured() -> None:
    books = PreparedLedger(
        ledger(invoice("I1", "2026-01-01", "2026-02-01", 10_00), payment("P1", "2026-01-10", 4_00, "I1"))
    )
    facts = measure_facts(books, CUSTOMER, built_in_facts(), Knowledge(day("2026-03-01")))
    expected = [
        one.name
        for one in built_in_facts()
        if one.source is FactSource.CUSTOMER or (one.source is FactSource.BUILT_IN and one.name != "days_past_due")
    ]
    assert (expected, 600, MILLION) == (list(facts), facts["open_balance"].value, 10**6)


def test_a_small_store_forgets_the_customer_prepared_first_and_answers_the_same() -> None:
    books = ledger(invoice("I1", "2026-01-01", "2026-02-01", 10_00))
    store = PreparedLedger(books, capacity=1)
    found = {
        measure_facts(store, CUSTOMER, [built_in("open_balance")], Knowledge(day("2026-03-01")))["open_balance"].value
        for _ in range(3)
    }
    assert {10_00} == found
