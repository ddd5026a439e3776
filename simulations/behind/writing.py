"""Writes what stands behind a simulation's figures, one chunk of customers after the other.

Both sides are replayed once more for it: a run hands on sums alone, so that its memory does not grow with the ledger.
The same code over the same ledger gives the same orders, which tests hold against the report.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Final, NamedTuple, TypeAlias

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from simulations.accounting.cohorts import grade_texts
from simulations.behind.chunk_tables import orders_of, steps_of, sums_of
from simulations.behind.columns import (
    CHANGE_COLUMNS,
    CHANGES,
    ORDER_COLUMNS,
    ORDERS,
    SIDES,
    STEP_COLUMNS,
    STEPS,
    SUMMED,
)
from simulations.comparison.cause import Cause
from simulations.comparison.comparison import Comparison
from simulations.comparison.customers import FIGURES
from simulations.ledger_snapshot.columns import Column
from simulations.ledger_snapshot.partitions import view_of
from simulations.ledger_snapshot.snapshot import Snapshot
from simulations.report.page.customers import nearness
from simulations.runs.changed_customers import CauseWork, MovedOrders, moved_orders, together
from simulations.runs.chunks import CHUNK, divided, traces_of, work_of
from simulations.runs.replaying import Means, source_of

_MILLION: Final = 1_000_000
#: A part of a file: of each in which a row of a page stands all rows are read.
_AT_ONCE: Final = 8_192

#: Told how many chunks are done, and of how many.
Told: TypeAlias = Callable[[int, int], None]


class _Grades(NamedTuple):
    baseline: list[str]
    candidate: list[str]


class _Sums(NamedTuple):
    baseline: list[Column]
    candidate: list[Column]


def write_behind(
    folder: Path,
    found: Comparison,
    causes: Mapping[int, Cause],
    snapshot: Snapshot,
    told: Told = lambda *_: None,
    chunk_orders: int = CHUNK,
) -> None:
    """Write the three files into the folder; the snapshot is the one that was simulated over.

    `causes` are those of `every_cause`. What `told` raises ends it; OSError if a file cannot be written.
    """
    question = found.question
    chunks = divided(snapshot, question, chunk_orders)
    work, grades, sums = work_of(question, snapshot, snapshot), _Grades([], []), _Sums([], [])
    with (
        pq.ParquetWriter(folder / ORDERS, ORDER_COLUMNS, compression="zstd") as orders,
        pq.ParquetWriter(folder / STEPS, STEP_COLUMNS, compression="zstd") as steps,
    ):
        for place, chunk in enumerate(chunks):
            told(place, len(chunks))
            part = view_of(snapshot, chunk)
            traces = traces_of(part, question, work.grades)
            orders.write_table(orders_of(part, traces, question.options), _AT_ONCE)
            steps.write_table(steps_of(part, traces), _AT_ONCE)
            for texts, added, trace in zip(grades, sums, traces, strict=True):
                names, which = grade_texts(trace, range(part.customers))
                texts.extend(names[one] for one in which.tolist())
                added.append(sums_of(part, trace, work.calendar, question.options.mode))
    pq.write_table(_changes(found, causes, snapshot, grades, sums), folder / CHANGES, _AT_ONCE, compression="zstd")
    told(len(chunks), len(chunks))


def every_cause(found: Comparison, known: Mapping[int, Cause], snapshot: Snapshot, means: Means) -> Mapping[int, Cause]:
    """Return the cell that decided each changed customer's first moved order: those known, and of all the others."""
    everybody = replace(found.customers, told=len(found.customers.ids))
    missing = [one for one in moved_orders(everybody) if one.customer not in known]
    causes = dict(known)
    sets: Sequence[MovedOrders] = together(snapshot, missing) if missing else ()

    def take(_: int, some: Mapping[int, Cause]) -> None:
        causes.update(some)

    with source_of(snapshot, means) as source:
        means.executor.run(CauseWork(source, found.question), sets, take, means.stop)
    return causes


def _changes(
    found: Comparison, causes: Mapping[int, Cause], snapshot: Snapshot, grades: _Grades, sums: _Sums
) -> pa.Table:
    customers = found.customers
    sides = [
        np.concatenate([told, np.concatenate(added)], axis=1)
        for told, added in zip((customers.baseline, customers.candidate), sums, strict=True)
    ]
    figures = {
        f"{side}_{name}": pa.array(np.ascontiguousarray(column[:, place]), pa.int64())
        for side, column in zip(SIDES, sides, strict=True)
        for place, name in enumerate((*FIGURES, *SUMMED))
    }
    whys = [_why(found, number, causes.get(number), snapshot) for number in range(len(customers.ids))]
    names = [name for name in CHANGE_COLUMNS.names if name.startswith("why_")]
    return pa.table(
        {
            "customer_id": pa.array(list(customers.ids), pa.string()),
            "moved_amount": pa.array(customers.moves.moved, pa.int64()),
            **figures,
            **{f"{side}_grade": texts for side, texts in zip(SIDES, grades, strict=True)},
            **{name: [why.get(name) for why in whys] for name in names},
        },
        schema=CHANGE_COLUMNS,
    )


def _why(found: Comparison, number: int, cause: Cause | None, snapshot: Snapshot) -> Mapping[str, str | int | None]:
    why = found.customers.why(number)
    if why is None:
        return {}
    ids = snapshot.order_ids if snapshot.has_orders_file else snapshot.invoice_ids
    told: dict[str, str | int | None] = {
        "why_order_id": ids[why.order],
        "why_date": why.date,
        "why_rule_set": why.rule_set,
        "why_row": why.row,
        "why_cell": why.cell,
    }
    if cause is None:
        return told
    return told | {
        "why_cell": cause.cell,
        "why_cell_row": cause.row,
        "why_kind": cause.kind.value,
        "why_value": cause.value,
        "why_bound": cause.bound,
        "why_distance": cause.distance,
        "why_nearness": round(nearness(cause) * _MILLION),
    }
