"""Facts of a customer as recorded, measured by the kernel on one day after the other."""

import datetime as dt
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from policy_service.domain.values import UNKNOWN
from policy_service.facts.knowledge import NEVER, day_number
from policy_service.language.definitions.built_in_facts import declared_name
from policy_service.language.definitions.dictionary import FactDefinition
from simulations.columnar.compiled_functions import lean_kernel
from simulations.ledger_snapshot.columns import Column
from simulations.ledger_snapshot.snapshot import Snapshot
from simulations.replay.balances import EXPOSURE, LENGTH, add_balances, clear_balances
from simulations.replay.books import Books
from simulations.replay.built_ins import asked_for, built_in
from simulations.replay.calendar import Calendar, clear
from simulations.replay.fact_rows import CODE, DECLARED, FAMILY, fact_rows
from simulations.replay.history import History
from simulations.replay.knowing import settle_order, wake
from simulations.replay.measuring import add_up, measured
from simulations.replay.rooms import desk_for, first_days, history_of, needs_of
from simulations.replay.scheduling import bring_in, let_through, note_orders, open_books
from simulations.replay.tally import clear_tally, empty_tally


class Asked(NamedTuple):
    days: Column
    rows: Column
    conditions: Column
    asks: int
    components: int
    grace: int
    since: int


class Space(NamedTuple):
    calendar: Calendar
    books: Books
    tally: Column
    months: Column
    balances: Column
    found: Column


@lean_kernel
def _facts(first: int, ends: int, asked: Asked, space: Space, history: History) -> None:
    books, calendar = space.books, space.calendar
    clear(calendar, first, ends - first + 1)
    open_books(0, ends, calendar, books, history)
    note_orders(0, ends, calendar, books, history)
    for invoice in range(history.begins.invoices[1]):
        bring_in(invoice, 0, 0, history.invoices.due[invoice], ends, calendar, books, history)
    orders = history.begins.orders[1] if history.has_orders_file else history.begins.invoices[1]
    next_day = 0
    for day in range(first, ends):
        wake(day, ends, calendar, books, history)
        for order in range(orders):
            # As if it had been let through by the evening: it counts from the morning on which it is known.
            known_from = (
                history.orders.known_from[order] if history.has_orders_file else history.invoices.ordered[order]
            )
            if known_from + 1 == day:
                let_through(order, NEVER, ends, calendar, books, history)
                if not history.has_orders_file and books.invoices.is_known[order]:
                    settle_order(books, order)
        while next_day < len(asked.days) and asked.days[next_day] == day:
            _measure(next_day, day, asked, space, history)
            next_day += 1


@lean_kernel
def _measure(place: int, day: int, asked: Asked, space: Space, history: History) -> None:
    balances, books = space.balances, space.books
    clear_balances(balances)
    limit = UNKNOWN
    add_balances(
        balances, asked.asks, asked.components, limit, asked.grace, asked.since, UNKNOWN, UNKNOWN, day, books, history
    )
    for number in range(len(asked.rows)):
        row = asked.rows[number]
        if row[FAMILY] == DECLARED:
            clear_tally(space.tally)
            add_up(space.tally, space.months, row, asked.conditions, day, books, history)
            value, _ = measured(space.tally, row, day)
        else:
            value, _ = built_in(row[CODE], balances, balances[EXPOSURE], day, row)
        space.found[place, number] = value


def recorded_facts(
    snapshot: Snapshot, days: Sequence[dt.date], definitions: Sequence[FactDefinition], components: int, grace: int
) -> list[dict[str, int]]:
    """Return the facts of the first customer, of whom the file has one row, on each of the days, which are in order."""
    numbers = np.array([day_number(day) for day in days], dtype=np.int64)
    first, ends = min(int(first_days(snapshot)[0]), int(numbers[0])), int(numbers[-1]) + 1
    words = {word: place for place, word in enumerate(snapshot.words)}
    compiled = fact_rows(definitions, {}, snapshot.currency, words, {})
    asks = asked_for({declared_name(name) for name in compiled.names}, components)
    since = int(snapshot.versions.since[0])
    asked = Asked(numbers, compiled.rows, compiled.conditions, asks, components, grace, since)
    found = np.zeros((len(numbers), len(compiled.names)), dtype=np.int64)
    books, calendar = desk_for(needs_of(snapshot, first, ends, 0))
    space = Space(calendar, books, *empty_tally(), np.zeros(LENGTH, dtype=np.int64), found)
    _facts(first, ends, asked, space, history_of(snapshot))
    return [dict(zip(compiled.names, row, strict=True)) for row in found.tolist()]
