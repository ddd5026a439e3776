"""A replay of history under the default policy beside peers, all of whose answers are compared with its own first."""

import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np

from benchmarks.counts import Counts
from benchmarks.hand_written.replay import replay_by_hand
from benchmarks.large_snapshots import large_snapshot
from benchmarks.replays.compiling import BY_HAND as COMPILED_BY_HAND
from benchmarks.replays.compiling import CACHED, FIRST, compile_seconds
from benchmarks.replays.duckdb_query import rows_hit_by_duckdb
from benchmarks.replays.ledgers import WINDOW, sample_of
from benchmarks.replays.order_check import OPEN_LOOP, order_check_alone, rows_hit, tables
from benchmarks.replays.plain_loops import Loops, digest_of, in_a_child
from benchmarks.replays.polars_query import rows_hit_by_polars
from benchmarks.replays.side_by_side import BY_HAND, OURS, THREADS, Beside, in_partitions, side_by_side
from benchmarks.replays.simulate import Simulated, simulated
from benchmarks.replays.spent import Spent, in_turn
from benchmarks.report import Cells, Grid, Section, Target
from simulations.replay.replay import replay

#: So many orders the loops in Python, of which a sample is measured, are put down for.
EXTRAPOLATED_TO = 10_000_000
_MICROSECONDS = 1e6
_MOST_SECONDS = {1_000_000: 1.5, 10_000_000: 5.0}
_MOST_MEGABYTES = 1_536.0


@dataclass(frozen=True, slots=True)
class Queries:
    """What the order check of an open loop took, and how many of so many orders each query decided otherwise."""

    orders: int
    spent: Mapping[str, Spent]
    differing: Mapping[str, int]


def run(counts: Counts) -> Section:
    """Measure the replay alone beside each kind of peer, then the command from start to report."""
    load = os.getloadavg()[0]
    beside = [side_by_side(orders) for orders in counts.replayed_orders]
    if counts.partitions:
        beside.append(in_partitions(counts.replayed_orders[-1], counts.partitions))
    loops = in_a_child(counts.orders_in_loops)
    queries = open_loop(counts.orders_in_queries)
    commands = [simulated(orders) for orders in counts.simulated_orders]
    compiled = compile_seconds() if counts.compiles_from_nothing else {}
    grids = [_beside_grid(beside), _loops_grid(loops, beside[0]), _queries_grid(queries), _commands_grid(commands)]
    if compiled:
        grids.append(_compiled_grid(compiled))
    return Section(
        "A replay",
        "The policy `sme_simple`, closed loop, held orders lost, payments keep their delay: three years of generated "
        f"ledgers after one of warm-up, a hundred orders a customer, {THREADS} threads. The replay alone: no figures, "
        "no causes, no bootstrap. Both take the ledger in the chunks of a run, and let go what is told of each. *By "
        "hand* is a Numba kernel written for this one policy and for ledgers of this shape "
        "(`benchmarks/hand_written`); processors' time is that of all threads.",
        tuple(grids),
        _notes(beside, loops, queries, load),
        _targets(beside, commands),
    )


def open_loop(orders: int) -> Queries:
    """Compare the queries' answers with the product's, and measure them."""
    snapshot, policy = large_snapshot(orders, with_hash=False), order_check_alone()
    recorded = tables(snapshot)
    contenders: dict[str, Callable[[], object]] = {
        "Polars": partial(rows_hit_by_polars, recorded),
        "DuckDB": partial(rows_hit_by_duckdb, recorded, THREADS),
    }
    expected = rows_hit(replay(snapshot, policy, OPEN_LOOP, threads=THREADS))
    differing = {name: int((np.asarray(query()) != expected).sum()) for name, query in contenders.items()}
    ours = {OURS: lambda: replay(snapshot, policy, OPEN_LOOP, threads=THREADS)}
    return Queries(orders, in_turn({**ours, **contenders}, 1 if orders > 1_000_000 else 3), differing)


def agree(loops: Loops) -> bool:
    """Whether every loop decided the sample as the compiled kernel does."""
    done = replay_by_hand(sample_of(loops.orders), WINDOW).done
    return {digest_of(done.outcome, done.hit)} == set(loops.digests.values())


def _beside_grid(beside: Sequence[Beside]) -> Grid:
    def row(one: Beside) -> Cells:
        ours, by_hand = one.spent[OURS], one.spent[BY_HAND]
        return (
            f"{one.orders:,}",
            ours.seconds,
            by_hand.seconds,
            ours.ratio_to(by_hand),
            ours.processor_ratio_to(by_hand),
            ours.processor_seconds / one.orders * _MICROSECONDS,
            by_hand.processor_seconds / one.orders * _MICROSECONDS,
        )

    columns = ("orders", "seconds", "by hand", "ratio", "of processors' time", "µs an order", "by hand, µs")
    return Grid(columns, tuple(map(row, beside)))


def _loops_grid(loops: Loops, beside: Beside) -> Grid:
    ours = beside.spent[OURS].processor_seconds / beside.orders
    rows = tuple(
        (
            name,
            seconds / loops.orders * _MICROSECONDS,
            seconds / loops.orders * EXTRAPOLATED_TO,
            seconds / loops.orders / ours,
        )
        for name, seconds in loops.seconds.items()
    )
    return Grid(
        (
            f"loops on a sample of {loops.orders:,} orders",
            "µs an order",
            f"{EXTRAPOLATED_TO:,} orders, extrapolated, s",
            "of this product's processors' time",
        ),
        rows,
    )


def _queries_grid(queries: Queries) -> Grid:
    ours = queries.spent[OURS]
    rows = tuple(
        (name, one.seconds, one.processor_seconds, one.ratio_to(ours), one.processor_ratio_to(ours))
        for name, one in queries.spent.items()
    )
    return Grid(
        (
            f"order check alone, open loop, {queries.orders:,} orders",
            "seconds",
            "processors' seconds",
            "of this product",
            "of its processors' time",
        ),
        rows,
    )


def _commands_grid(commands: Sequence[Simulated]) -> Grid:
    steps = tuple(commands[0].parts)
    rows = tuple(
        (
            f"{one.orders:,}",
            one.seconds,
            one.processor_seconds,
            *(one.parts[step] for step in steps),
            one.peak_megabytes,
        )
        for one in commands
    )
    return Grid(("policy simulate, orders", "seconds", "processors' seconds", *steps, "peak, MB"), rows)


def _compiled_grid(compiled: Mapping[str, float]) -> Grid:
    return Grid(
        ("compiled code, processors' seconds", "from nothing", "from its cache"),
        (
            ("this product, for any policy", compiled[FIRST], compiled[CACHED]),
            ("by hand, for this one", compiled[COMPILED_BY_HAND], "not cached"),
        ),
    )


def _notes(beside: Sequence[Beside], loops: Loops, queries: Queries, load: float) -> tuple[str, ...]:
    differing = sorted({field for one in beside for field in one.differing})
    asked = ", ".join(f"{name}: {count} of {queries.orders:,} differ" for name, count in queries.differing.items())
    return (
        "By hand, compared in every field of a trace before measuring (orders, invoices, firings, reviews and grades), "
        f"partitions apart: {', '.join(differing) if differing else 'none differs'}. What it takes for granted and "
        "finds of these ledgers: orders are invoices, one currency, no deposits, overpayments or bills, one dispute an "
        "invoice, one row a customer without years in business or a guarantee. Whatever else the policy does is in it.",
        "The loops are that text as plain Python, over lists, on one processor; the rule engines check its orders; "
        "reviews and ladders stay Python: asked of an engine they would take longer. They decide "
        f"{'as the kernel does' if agree(loops) else '**otherwise than the kernel**'}.",
        f"No query says a closed loop, reviews or a ladder's effects: all three contenders check the orders of an open "
        f"loop under one standing. {asked}.",
        "`policy simulate` compares today's practice with the policy, from its start to the report: the best of three "
        "runs, as other work on the machine adds to each. *Start and imports* are processor time, the other steps "
        "seconds by the clock. Causes and bootstrap are no part of the replay; *comparing* has the bootstrap in it.",
        f"Before it began, {load:.1f} processes of other work shared the {os.cpu_count()} processors. Where that is "
        "more than none, seconds by the clock are longer for it: ratios of processors' time are those to read.",
    )


def _targets(beside: Sequence[Beside], commands: Sequence[Simulated]) -> tuple[Target, ...]:
    largest, smallest = beside[-1], beside[0]
    per_order = [one.spent[OURS].processor_seconds / one.orders for one in (largest, smallest)]
    return (
        Target(
            f"Replay of {largest.orders:,} orders, of one written by hand",
            largest.spent[OURS].processor_ratio_to(largest.spent[BY_HAND]),
            4.0,
        ),
        Target(f"Cost of an order, {largest.orders:,} over {smallest.orders:,}", per_order[0] / per_order[1], 1.2),
        *(
            Target(f"policy simulate, {one.orders:,} orders, seconds", one.seconds, _MOST_SECONDS[one.orders])
            for one in commands
            if one.orders in _MOST_SECONDS
        ),
        Target(f"Its peak memory, {commands[-1].orders:,} orders, MB", commands[-1].peak_megabytes, _MOST_MEGABYTES),
    )
