"""A CRM pulled whole and then for ten changes: how fast, in how much memory, and the ledger as it is over there."""

from statistics import fmean
from typing import Final

from benchmarks.counts import Counts
from benchmarks.pulls.side_by_side import CHANGED, Beside, side_by_side
from benchmarks.report import Cells, Grid, Section, Target
from policy_service.connectors.port import System

_TITLES: Final = {System.ZOHO_CRM: "Zoho CRM", System.FXIAOKE: "Fxiaoke", System.ZOHO_BOOKS: "Zoho Books"}


def run(counts: Counts) -> Section:
    """Pull Zoho CRM in each size, the others in one."""
    smallest = min(counts.pulled_invoices)
    sizes = [*((System.ZOHO_CRM, invoices) for invoices in counts.pulled_invoices)]
    sizes += [(System.FXIAOKE, smallest), (System.ZOHO_BOOKS, max(smallest // 5, 1))]
    every = [side_by_side(system, invoices) for system, invoices in sizes]
    of_crm = [one for one in every if one.system is System.ZOHO_CRM]
    return Section(
        "A pull",
        "Connected with the stand-in of a CRM by the shipped mapping, and pulled into an empty SQLite database by a "
        "process of its own: pages brought and kept, rows translated, the ledger posted. The bare loop sends the very "
        "same requests over one connection with httpx, takes the JSON apart, and keeps nothing; it runs twice after "
        f"the pull. Then {CHANGED} receivables change over there, and the next pull brings them. After each pull the "
        "ledger is compared with the rows that the stand-in holds, to the id and the cent: here they were equal.",
        (_speeds(every), _memory(every)),
        (
            "The time of the stand-in, a process of its own on the same machine, is in the seconds by the clock alone, "
            "which is why the ratio by the clock is the smaller one.",
            "Of Zoho Books each payment is asked for by itself, as its list tells no allocations.",
        ),
        _targets(of_crm),
    )


def _speeds(every: list[Beside]) -> Grid:
    def row(one: Beside) -> Cells:
        first = one.first
        return (
            _name(one),
            first.rows,
            first.calls,
            first.seconds,
            first.rows / first.seconds,
            first.rows / _bare_seconds(one),
            first.seconds / _bare_seconds(one),
            first.rows / first.processor_seconds,
            first.rows / _bare_processor_seconds(one),
            first.processor_seconds / _bare_processor_seconds(one),
        )

    columns = (
        "first pull",
        "rows",
        "calls",
        "seconds",
        "rows a second",
        "of the bare loop",
        "ratio",
        "rows a processor's second",
        "of the bare loop",
        "ratio",
    )
    return Grid(columns, tuple(map(row, every)))


def _memory(every: list[Beside]) -> Grid:
    def row(one: Beside) -> Cells:
        first, following = one.first, one.following
        return (
            _name(one),
            f"{first.processor_seconds_of_pages / first.processor_seconds:.0%}",
            first.peak_megabytes_of_pages,
            first.peak_megabytes,
            following.rows,
            following.calls,
            following.seconds,
            following.processor_seconds,
        )

    columns = (
        "memory, and the next pull",
        "pages, of the processor's time",
        "peak of pages, MB",
        "peak, MB",
        "rows again",
        "calls",
        "seconds",
        "processor's seconds",
    )
    return Grid(columns, tuple(map(row, every)))


def _targets(of_crm: list[Beside]) -> tuple[Target, ...]:
    small, large = of_crm[0], of_crm[-1]
    grown = large.first.peak_megabytes_of_pages / small.first.peak_megabytes_of_pages
    return (Target(f"Peak memory of pages, {large.invoices:,} invoices over {small.invoices:,}", grown, 1.1),)


def _name(one: Beside) -> str:
    return f"{_TITLES[one.system]}, {one.invoices:,} invoices"


def _bare_seconds(one: Beside) -> float:
    return fmean(taken.seconds for taken in one.bare)


def _bare_processor_seconds(one: Beside) -> float:
    return fmean(taken.processor_seconds for taken in one.bare)
