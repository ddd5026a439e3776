"""A snapshot says what the facts read: entry by entry as the prepared histories have them."""

import datetime as dt
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal

import numpy as np
import pytest
from hypothesis import given, settings

from policy_service.domain.entries import Customer, Ledger, Rate
from policy_service.domain.errors import FactError
from policy_service.domain.values import LARGEST, UNKNOWN, Currency
from policy_service.facts.currency import RateTable
from policy_service.facts.customer_file import attribute_text
from policy_service.facts.groups_of_day import GroupsOfDay
from policy_service.facts.knowledge import NEVER, day_number
from policy_service.facts.postings import postings_upon
from policy_service.facts.prepared_history import PreparedHistory, prepare_history, version_in_force
from policy_service.facts.rounding import divide_half_away
from simulations.ledger_snapshot.errors import SnapshotError
from simulations.ledger_snapshot.from_ledger import snapshot_of
from simulations.ledger_snapshot.snapshot import Snapshot
from simulations.ledger_snapshot.tables import columns_of
from tests.examples import examples
from tests.facts import random_ledgers
from tests.facts.small_ledgers import day, event, invoice, ledger, order, payment, rate
from tests.simulations.ledger_snapshot.several_customers import ledgers

#: To draw a ledger takes longer than to look at it; the long test below looks at many.
FEW = settings(max_examples=examples(25), deadline=None)
DAYS = [random_ledgers.START + dt.timedelta(days=after) for after in range(-1, 20)]


def prepared(of: Ledger) -> list[PreparedHistory]:
    rates = RateTable(of)
    return [prepare_history(of.histories[name], rates, of.has_orders_file) for name in sorted(of.histories)]


def rows(begins: np.ndarray, number: int) -> slice:
    return slice(int(begins[number]), int(begins[number + 1]))


def later_known(own: np.ndarray, snapshot: Snapshot, invoices: np.ndarray) -> list[int]:
    return np.maximum(own, snapshot.invoices.known_from[invoices]).tolist()


def invoice_of_each(begins: np.ndarray) -> np.ndarray:
    return np.repeat(np.arange(len(begins) - 1), np.diff(begins))


@FEW
@given(ledgers())
def test_customers_are_numbered_by_id_and_invoices_stand_by_customer_issue_date_and_id(of: Ledger) -> None:
    snapshot = snapshot_of(of)
    assert sorted(of.histories) == list(snapshot.customer_ids)
    expected = [one.invoice_id for name in sorted(of.histories) for one in of.histories[name].invoices]
    assert expected == list(snapshot.invoice_ids)
    assert invoice_of_each(snapshot.invoices.begins).tolist() == snapshot.invoices.customer.tolist()


@FEW
@given(ledgers())
def test_invoices_are_as_the_facts_prepare_them(of: Ledger) -> None:
    snapshot = snapshot_of(of)
    for number, one in enumerate(prepared(of)):
        own, entries = rows(snapshot.invoices.begins, number), one.invoices.entries
        assert entries.dates.tolist() == snapshot.invoices.issued[own].tolist()
        assert entries.numbers["due_date"].tolist() == snapshot.invoices.due[own].tolist()
        assert entries.numbers["known_from"].tolist() == snapshot.invoices.known_from[own].tolist()
        assert entries.numbers["amount"].tolist() == snapshot.invoices.amount[own].tolist()
        assert one.invoices.amounts.written.tolist() == snapshot.invoices.written[own].tolist()
        ordered = [day_number(sale.order_date or sale.issue_date) for sale in one.history.invoices]
        assert ordered == snapshot.invoices.ordered[own].tolist()


@FEW
@given(ledgers())
def test_the_rate_of_an_invoice_converts_as_the_facts_do(of: Ledger) -> None:
    snapshot = snapshot_of(of)
    for number, one in enumerate(prepared(of)):
        begin = int(snapshot.invoices.begins[number])
        for position, sale in enumerate(one.history.invoices):
            place = int(snapshot.invoices.rate[begin + position])
            assert (position in one.invoices.amounts.conversions) == (place >= 0)
            if place >= 0:
                numerator, denominator = (int(column[place]) for column in snapshot.rates[1:])
                converted = one.invoices.amounts.conversions[position](12_345)
                assert converted == divide_half_away(12_345 * numerator, denominator)
                assert sale.currency == snapshot.words[int(snapshot.rates.currency[place])]


@FEW
@given(ledgers())
def test_postings_stand_as_they_apply(of: Ledger) -> None:
    snapshot = snapshot_of(of)
    for number, one in enumerate(prepared(of)):
        own = rows(snapshot.invoices.begins, number)
        expected = postings_upon(one.history, one.invoices.position_of, one.invoices.entries.numbers["known_from"])
        found = slice(int(snapshot.postings.begins[own.start]), int(snapshot.postings.begins[own.stop]))
        upon = invoice_of_each(snapshot.postings.begins)[found]
        assert expected.invoice.tolist() == (upon - own.start).tolist()
        assert expected.dates.tolist() == snapshot.postings.date[found].tolist()
        assert expected.kinds.tolist() == snapshot.postings.kind[found].tolist()
        assert expected.amounts.tolist() == snapshot.postings.written[found].tolist()
        assert expected.matures_on.tolist() == snapshot.postings.matures_on[found].tolist()
        assert expected.known_from.tolist() == later_known(snapshot.postings.known_from[found], snapshot, upon)


@FEW
@given(ledgers())
def test_ranks_order_entries_as_their_ids_do(of: Ledger) -> None:
    snapshot = snapshot_of(of)
    ids = list(snapshot.invoice_ids)
    assert [sorted(ids).index(one) for one in ids] == snapshot.invoices.rank.tolist()
    orders = list(snapshot.order_ids)
    assert [sorted(orders).index(one) for one in orders] == snapshot.orders.rank.tolist()
    posted = [(kind, name) for one in prepared(of) for kind, name in _posted(one)]
    expected = [sorted(name for other, name in posted if other == kind).index(name) for kind, name in posted]
    assert expected == snapshot.postings.rank.tolist()


def _posted(one: PreparedHistory) -> list[tuple[int, str]]:
    upon = postings_upon(one.history, one.invoices.position_of, one.invoices.entries.numbers["known_from"])
    return list(zip(upon.kinds.tolist(), upon.ids.tolist(), strict=True))


@FEW
@given(ledgers())
def test_disputes_are_as_the_facts_prepare_them(of: Ledger) -> None:
    snapshot, expected = snapshot_of(of), []
    for number, one in enumerate(prepared(of)):
        own, upon = one.disputes, one.disputes.numbers["invoice"] + snapshot.invoices.begins[number]
        expected += zip(upon, own.dates, own.numbers["known_from"], own.numbers["closed"], strict=True)
    disputes, upon = snapshot.disputes, invoice_of_each(snapshot.disputes.begins)
    known = later_known(disputes.known_from, snapshot, upon)
    found = list(zip(upon, disputes.opened, known, disputes.closed, strict=True))
    assert sorted(expected) == sorted(found)
    assert [one[:2] for one in sorted(found)] == [one[:2] for one in found]


@FEW
@given(ledgers())
def test_promises_are_as_the_facts_prepare_them(of: Ledger) -> None:
    snapshot, expected = snapshot_of(of), []
    for number, one in enumerate(prepared(of)):
        own, first = one.promises.promises, snapshot.invoices.begins[number]
        upon = [one.invoices.position_of[promise.invoice_id] + first for promise in one.history.promises]
        columns = [own.numbers[name] for name in ("known_from", "promised", "promised_amount")]
        expected += zip(upon, own.dates, *columns, strict=True)
    promises, upon = snapshot.promises, invoice_of_each(snapshot.promises.begins)
    known = later_known(promises.known_from, snapshot, upon)
    asked = np.where(promises.written < 0, snapshot.invoices.written[upon], promises.written)
    found = list(zip(upon, promises.made, known, promises.promised, asked, strict=True))
    assert sorted(expected) == sorted(found)
    assert [one[:2] for one in sorted(found)] == [one[:2] for one in found]


@FEW
@given(ledgers())
def test_unapplied_payments_and_events_are_as_the_facts_prepare_them(of: Ledger) -> None:
    snapshot = snapshot_of(of)
    for number, one in enumerate(prepared(of)):
        own = rows(snapshot.unapplied.begins, number)
        assert one.unapplied.dates.tolist() == snapshot.unapplied.date[own].tolist()
        assert one.unapplied.numbers["known_from"].tolist() == snapshot.unapplied.known_from[own].tolist()
        assert one.unapplied.numbers["amount"].tolist() == snapshot.unapplied.amount[own].tolist()
        own = rows(snapshot.events.begins, number)
        assert one.events.dates.tolist() == snapshot.events.date[own].tolist()
        assert one.events.numbers["known_from"].tolist() == snapshot.events.known_from[own].tolist()
        assert one.events.texts["kind"].tolist() == [
            snapshot.words[word] for word in snapshot.events.kind[own].tolist()
        ]
        assert one.events.texts["value"].tolist() == [
            snapshot.words[word] for word in snapshot.events.text[own].tolist()
        ]


@FEW
@given(ledgers())
def test_orders_are_the_rows_of_the_orders_file_and_invoices_say_which_they_name(of: Ledger) -> None:
    snapshot = snapshot_of(of)
    if not of.has_orders_file:
        assert [] == list(snapshot.order_ids)
        assert {-1} == set(snapshot.invoices.order.tolist())
        return
    for number, one in enumerate(prepared(of)):
        own, expected = rows(snapshot.orders.begins, number), one.orders.prepared
        assert expected.orders.ids.tolist() == list(snapshot.order_ids[own])
        assert expected.orders.dates.tolist() == snapshot.orders.date[own].tolist()
        assert expected.orders.numbers["known_from"].tolist() == snapshot.orders.known_from[own].tolist()
        assert expected.orders.numbers["amount"].tolist() == snapshot.orders.amount[own].tolist()
        assert expected.written.tolist() == snapshot.orders.written[own].tolist()
        names = [entry.order_id for entry in one.history.orders]
        named = [
            own.start + names.index(entry.order_id) if entry.order_id in names else -1 for entry in one.history.invoices
        ]
        assert named == snapshot.invoices.order[rows(snapshot.invoices.begins, number)].tolist()


@FEW
@given(ledgers())
def test_the_row_of_a_customer_in_force_is_the_last_that_counts(of: Ledger) -> None:
    snapshot = snapshot_of(of)
    for number, name in enumerate(sorted(of.histories)):
        own = rows(snapshot.versions.begins, number)
        counts_from = snapshot.versions.counts_from[own]
        assert counts_from[0] == -NEVER
        assert (np.diff(counts_from) > 0).all()
        for date in DAYS:
            expected = version_in_force(of.histories[name], date)
            row = own.start + int((counts_from <= day_number(date)).sum()) - 1
            assert _said(expected) == _found(snapshot, row)


def _said(version: Customer) -> tuple[object, ...]:
    since = day_number(version.since) if version.since else -NEVER
    return since, *(attribute_text(version, name) for name in ("name", "parent_id", "size", "region"))


def _found(snapshot: Snapshot, row: int) -> tuple[object, ...]:
    columns = [snapshot.attributes.get(name) for name in ("name", "parent_id", "size", "region")]
    texts = [snapshot.words[int(column[row])] if column is not None else "" for column in columns]
    return int(snapshot.versions.since[row]), *texts


@FEW
@given(ledgers())
def test_groups_are_those_of_the_facts_on_every_day(of: Ledger) -> None:
    snapshot, groups, names = snapshot_of(of), GroupsOfDay(of), sorted(of.histories)
    for date in DAYS:
        root = snapshot.groups.root[int((snapshot.groups.eras <= day_number(date)).sum()) - 1]
        for number, name in enumerate(names):
            members = [names[other] for other in (root == root[number]).nonzero()[0].tolist()]
            assert list(groups.group_of(name, date)) == members
            assert {snapshot.groups.unit[number]} == set(snapshot.groups.unit[root == root[number]].tolist())


@FEW
@given(ledgers())
def test_units_are_no_larger_than_groups_make_them(of: Ledger) -> None:
    snapshot = snapshot_of(of)
    together = [set(np.flatnonzero(row == root).tolist()) for row in snapshot.groups.root for root in set(row.tolist())]
    for unit in range(int(snapshot.groups.unit.max()) + 1):
        members = set(np.flatnonzero(snapshot.groups.unit == unit).tolist())
        reached = {min(members)}
        while grown := set().union(*(group for group in together if group & reached)) - reached:
            reached |= grown
        assert members == reached


@FEW
@given(ledgers())
def test_recorded_standings_stand_as_written(of: Ledger) -> None:
    snapshot = snapshot_of(of)
    found = zip(*(column.tolist() for column in snapshot.standings[1:]), strict=True)
    expected = [
        (
            day_number(one.valid_from),
            day_number(max(one.valid_from, one.posted_on or one.valid_from)),
            list(snapshot.words).index(one.grade),
            UNKNOWN if one.credit_limit is None else one.credit_limit,
            UNKNOWN if one.payment_term_days is None else one.payment_term_days,
        )
        for name in sorted(of.histories)
        for one in of.histories[name].standings
    ]
    assert expected == list(found)


@FEW
@given(ledgers())
def test_all_columns_are_read_only_contiguous_64_bit_integers(of: Ledger) -> None:
    for _, _, column in columns_of(snapshot_of(of)):
        assert column.dtype == np.int64
        assert column.flags.c_contiguous
        assert not column.flags.writeable


@FEW
@given(ledgers())
def test_words_stand_by_code_point_and_begin_with_the_empty_text(of: Ledger) -> None:
    words = list(snapshot_of(of).words)
    assert words[0] == ""
    assert sorted(set(words)) == words


@pytest.mark.parametrize(
    ("text", "expected"),
    [("2.5", 2_500_000), ("-0.0000005", -1), (" 3 ", 3_000_000), ("BB+", UNKNOWN), ("", UNKNOWN), ("1e3", UNKNOWN)],
)
def test_the_value_of_an_event_is_a_number_in_millionths_or_unknown(text: str, expected: int) -> None:
    snapshot = snapshot_of(ledger(event("E1", "2025-01-05", "rating", text)))
    assert [expected] == snapshot.events.value.tolist()


def test_an_amount_that_does_not_fit_in_base_currency_is_named() -> None:
    of = ledger(
        invoice("I7", "2025-01-01", "2025-01-31", LARGEST, currency="USD"), rates=[rate("2024-01-01", "USD", "7.1")]
    )
    with pytest.raises(SnapshotError, match="The amount of invoice I7 in CNY does not fit") as refused:
        snapshot_of(of)
    assert refused.value.code == "S301"


def test_a_number_of_an_event_that_does_not_fit_is_named() -> None:
    with pytest.raises(SnapshotError, match="The value of event E9"):
        snapshot_of(ledger(event("E9", "2025-01-05", "register", "9223372036855")))


def test_a_rate_that_does_not_fit_is_refused_if_an_entry_uses_it() -> None:
    rates = [rate("2024-01-01", "USD", "7.12345678901234567891")]
    assert [UNKNOWN] == snapshot_of(ledger(rates=rates)).rates.numerator.tolist()
    with pytest.raises(SnapshotError, match=r"The rate of invoice I7, 7\.12345678901234567891 on 2024-01-01, does"):
        snapshot_of(ledger(invoice("I7", "2025-01-01", "2025-01-31", 5, currency="USD"), rates=rates))


def test_an_order_in_a_currency_without_a_rate_is_refused_as_the_facts_refuse_it() -> None:
    with pytest.raises(FactError, match="Order O1 is in USD") as refused:
        snapshot_of(ledger(order("O1", "2025-01-05", 100, currency="USD"), orders_file=True))
    assert refused.value.code == "F101"


def test_the_hash_tells_ledgers_apart_by_whatever_a_replay_reads() -> None:
    sale = invoice("I1", "2025-01-01", "2025-01-31", 1000, currency="")
    one = ledger(sale, payment("P1", "2025-02-01", 500, "I1"))
    paid_later = ledger(sale, payment("P1", "2025-02-02", 500, "I1"))
    with_file = replace(one, has_orders_file=True)
    other_currency = replace(one, base_currency=Currency("EUR", 2))
    rated = replace(one, rates=(Rate(day("2024-01-01"), "USD", Decimal(7)),))
    hashes = {snapshot_of(of).hash for of in (one, paid_later, with_file, other_currency, rated)}
    assert len(hashes) == 5
    assert all(len(one) == 64 for one in hashes)


@FEW
@given(ledgers())
def test_the_hash_does_not_depend_on_the_order_of_histories_or_on_what_was_left_out(of: Ledger) -> None:
    turned = replace(of, histories=dict(reversed(of.histories.items())), rates=tuple(reversed(of.rates)))
    assert snapshot_of(of).hash == snapshot_of(turned, quarantined=7).hash


PROPERTIES = (
    test_invoices_are_as_the_facts_prepare_them,
    test_the_rate_of_an_invoice_converts_as_the_facts_do,
    test_postings_stand_as_they_apply,
    test_ranks_order_entries_as_their_ids_do,
    test_disputes_are_as_the_facts_prepare_them,
    test_promises_are_as_the_facts_prepare_them,
    test_unapplied_payments_and_events_are_as_the_facts_prepare_them,
    test_orders_are_the_rows_of_the_orders_file_and_invoices_say_which_they_name,
    test_the_row_of_a_customer_in_force_is_the_last_that_counts,
    test_groups_are_those_of_the_facts_on_every_day,
    test_units_are_no_larger_than_groups_make_them,
    test_recorded_standings_stand_as_written,
    test_the_hash_does_not_depend_on_the_order_of_histories_or_on_what_was_left_out,
)


@pytest.mark.long
@pytest.mark.parametrize("holds", PROPERTIES)
@settings(max_examples=500, deadline=None)
@given(of=ledgers())
def test_so_it_is_on_many_ledgers(holds: Callable[[Ledger], None], of: Ledger) -> None:
    holds.hypothesis.inner_test(of)
