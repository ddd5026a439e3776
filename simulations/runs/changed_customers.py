"""Why customers changed: those that a report shows, replayed once more by themselves, up to the order that moved."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Final

import numpy as np
import numpy.typing as npt

from simulations.comparison.comparison import Question, Side
from simulations.comparison.customers import MovedCustomers
from simulations.comparison.moves import moves_between
from simulations.comparison.why import Cause, Causes
from simulations.ledger_snapshot.chosen import chosen
from simulations.ledger_snapshot.columns import Column
from simulations.ledger_snapshot.snapshot import Snapshot
from simulations.replay.group_reading import reads_groups
from simulations.replay.moment import Moments
from simulations.replay.trace import Trace
from simulations.runs.chunks import CHUNK, Source, opened_snapshot, traces_of

#: So many customers are looked into together, and so many orders.
_TOGETHER: Final = 250


@dataclass(frozen=True, slots=True)
class CauseWork:
    """A question over a ledger: why customers changed, given by number; wherever that is found out."""

    source: Source
    question: Question
    grades: tuple[str, ...]

    def opened(self) -> Callable[[Column], Mapping[int, Cause]]:
        """Return what finds the causes of some customers, as far as there are any."""
        return partial(_causes, self)


def together(snapshot: Snapshot, changed: Sequence[int]) -> Sequence[Column]:
    """Return these customers in sets that are looked into together, of not too many orders each."""
    customers = np.sort(np.array(changed, dtype=np.int64))
    begins = snapshot.orders.begins if snapshot.has_orders_file else snapshot.invoices.begins
    before = np.cumsum(begins[customers + 1] - begins[customers])
    sets = before // CHUNK + np.arange(len(customers)) // _TOGETHER
    return [part for part in np.split(customers, np.flatnonzero(np.diff(sets)) + 1) if len(part)]


def with_their_groups(snapshot: Snapshot, customers: Column, question: Question) -> Column:
    """Return these customers, and, where a side reads groups, all that belong to theirs."""
    sides = (question.baseline, question.candidate)
    if not any(side.text is not None and reads_groups(side.text) for side in sides):
        return customers
    units = snapshot.groups.unit
    return np.flatnonzero(np.isin(units, units[customers]))


def causes_of(
    customers: MovedCustomers, sides: tuple[Side, Side], traces: tuple[Trace, Trace], moments: Moments
) -> Iterator[tuple[int, Cause]]:
    """Yield the cell that decided the first moved order of every customer that is told of, by the customer's number.

    Traces are those of both sides, `moments` those of the candidate's run; customers of which no cell can be told are
    left out.
    """
    baseline, candidate = sides
    if candidate.text is None:
        return
    before = Causes(baseline.text, baseline.run.parameters) if baseline.text is not None else None
    causes = Causes(candidate.text, candidate.run.parameters, before)
    for customer in customers.changed():
        why = customers.why(customer)
        if why is not None and why.rule_set:
            old, new = (_place_of(trace, customer, why.order) for trace in traces)
            rule_set, row = _hit(traces[0], old)
            missed = row if rule_set == why.rule_set else ""
            cause = causes.cause(why.rule_set, why.row, moments.at(new).values, missed)
            if cause is not None:
                yield customer, cause


def _causes(work: CauseWork, customers: Column) -> Mapping[int, Cause]:
    question = work.question
    sides = question.baseline, question.candidate
    whole = opened_snapshot(work.source, question.ledger_hash)
    replayed = with_their_groups(whole, customers, question)
    snapshot = chosen(whole, replayed).snapshot
    traces = traces_of(snapshot, question, work.grades)
    if sides[1].text is None:
        return {}
    moments = Moments(snapshot, sides[1].text, question.options, traces[1], sides[1].run.parameters)
    moved = _moved(snapshot, traces, np.isin(replayed, customers))
    return {int(replayed[number]): cause for number, cause in causes_of(moved, sides, traces, moments)}


def _moved(snapshot: Snapshot, traces: tuple[Trace, Trace], is_told: npt.NDArray[np.bool_]) -> MovedCustomers:
    moves = moves_between(snapshot, *traces)
    moves = replace(moves, first=np.where(is_told[:, None], moves.first, -1))
    nothing = np.zeros((snapshot.customers, 0), dtype=np.int64)
    rows = traces[1].rows
    return MovedCustomers(snapshot.customer_ids, moves, nothing, nothing, rows, [""] * len(rows))


def _place_of(trace: Trace, customer: int, entry: int) -> int:
    first, last = np.searchsorted(trace.orders.customer, [customer, customer + 1]).tolist()
    found = np.flatnonzero(trace.orders.entry[first:last] == entry)
    return int(first) + int(found[0])


def _hit(trace: Trace, place: int) -> tuple[str, str]:
    hit = int(trace.orders.hit[place])
    return trace.rows[hit] if hit >= 0 else ("", "")
