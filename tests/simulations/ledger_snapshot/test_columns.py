"""The columns of a snapshot hold whole numbers, what does not fit is refused, and the hash tells ledgers apart."""

from dataclasses import replace
from decimal import Decimal

import numpy as np
import pytest
from hypothesis import given, settings

from policy_service.domain.entries import Ledger, Rate
from policy_service.domain.errors import FactError
from policy_service.domain.values import LARGEST, UNKNOWN, Currency
from simulations.ledger_snapshot.errors import SnapshotError
from simulations.ledger_snapshot.from_ledger import snapshot_of
from simulations.ledger_snapshot.tables import columns_of
from tests.facts.small_ledgers import day, event, invoice, ledger, order, payment, rate
from tests.simulations.ledger_snapshot.prepared import FEW
from tests.simulations.ledger_snapshot.several_customers import ledgers


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


@pytest.mark.long
@settings(max_examples=500, deadline=None)
@given(of=ledgers())
def test_so_it_is_on_many_ledgers(of: Ledger) -> None:
    holds = test_the_hash_does_not_depend_on_the_order_of_histories_or_on_what_was_left_out
    holds.hypothesis.inner_test(of)
