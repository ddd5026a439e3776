"""A snapshot says what the facts read: entry by entry as the prepared histories have them."""

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given, settings

from policy_service.domain.entries import Ledger
from policy_service.facts.knowledge import day_number
from policy_service.facts.postings import postings_upon
from policy_service.facts.prepared_history import PreparedHistory
from policy_service.facts.rounding import divide_half_away
from simulations.ledger_snapshot.from_ledger import snapshot_of
from simulations.ledger_snapshot.snapshot import Snapshot
from tests.simulations.ledger_snapshot.prepared import FEW, invoice_of_each, prepared, rows
from tests.simulations.ledger_snapshot.several_customers import ledgers


def later_known(own: np.ndarray, snapshot: Snapshot, invoices: np.ndarray) -> list[int]:
    return np.maximum(own, snapshot.invoices.known_from[invoices]).tolist()


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


PROPERTIES = (
    test_invoices_are_as_the_facts_prepare_them,
    test_the_rate_of_an_invoice_converts_as_the_facts_do,
    test_postings_stand_as_they_apply,
    test_ranks_order_entries_as_their_ids_do,
    test_disputes_are_as_the_facts_prepare_them,
    test_promises_are_as_the_facts_prepare_them,
    test_unapplied_payments_and_events_are_as_the_facts_prepare_them,
    test_orders_are_the_rows_of_the_orders_file_and_invoices_say_which_they_name,
)


@pytest.mark.long
@pytest.mark.parametrize("holds", PROPERTIES)
@settings(max_examples=500, deadline=None)
@given(of=ledgers())
def test_so_it_is_on_many_ledgers(holds: Callable[[Ledger], None], of: Ledger) -> None:
    holds.hypothesis.inner_test(of)
