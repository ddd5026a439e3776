"""Of customers a snapshot says what the facts read: their rows, groups and recorded standings, day by day."""

import datetime as dt
from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given, settings

from policy_service.domain.entries import Customer, Ledger
from policy_service.domain.values import UNKNOWN
from policy_service.facts.customer_file import attribute_text
from policy_service.facts.groups_of_day import GroupsOfDay
from policy_service.facts.knowledge import NEVER, day_number
from policy_service.facts.prepared_history import version_in_force
from simulations.ledger_snapshot.from_ledger import snapshot_of
from simulations.ledger_snapshot.snapshot import Snapshot
from tests.facts import random_ledgers
from tests.simulations.ledger_snapshot.prepared import FEW, invoice_of_each, rows
from tests.simulations.ledger_snapshot.several_customers import ledgers

DAYS = [random_ledgers.START + dt.timedelta(days=after) for after in range(-1, 20)]


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


PROPERTIES = (
    test_the_row_of_a_customer_in_force_is_the_last_that_counts,
    test_groups_are_those_of_the_facts_on_every_day,
    test_units_are_no_larger_than_groups_make_them,
    test_recorded_standings_stand_as_written,
)


@pytest.mark.long
@pytest.mark.parametrize("holds", PROPERTIES)
@settings(max_examples=500, deadline=None)
@given(of=ledgers())
def test_so_it_is_on_many_ledgers(holds: Callable[[Ledger], None], of: Ledger) -> None:
    holds.hypothesis.inner_test(of)
