"""A report in brief: what a screen of the console shows of a simulation, or of what an edit would change."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from policy_service.domain.values import Kind
from policy_service.language.policy import Policy
from policy_service.language.rule_set_parts import ColumnPart, parts_of_rule_set
from simulations.comparison.caveats import caveat_in_report
from simulations.report.caveats_told import caveat_told
from simulations.report.contents import Report
from simulations.report.page.customers import reasons_of_rows, value_told
from simulations.report.page.figures import Judgement, Row, figure_rows
from simulations.report.page.numbers import Numbers
from simulations.report.page.run_told import days_of
from simulations.report.page.wording import Wording

#: The figures that a change is judged by first; the others follow where they differ.
FIRST: Final = (
    *("sales", "approved_amount", "held_amount", "past_due_balance_end", "receivables_mean", "dso_simple"),
    *("bad_debt_ratio", "risk_adjusted_margin", "cases_opened"),
)


@dataclass(frozen=True, slots=True)
class Move:
    """Orders that the baseline first decides in one way and the candidate in another, and their amount."""

    before: str
    now: str
    orders: int
    amount: int
    amount_text: str


@dataclass(frozen=True, slots=True)
class Changed:
    """A customer who changes, and the cell that moved its first order.

    `rule_set` and `row` name the cell's row, empty where no row was hit. `decided_by` is the row that was hit, where
    that has no cells, and the cell's own row missed by this cell alone. Values are empty where there are none.
    """

    customer_id: str
    moved: str
    date: str
    rule_set: str
    row: str
    decided_by: str
    reason: str
    cell: str
    value: str
    bound: str
    distance: str


@dataclass(frozen=True, slots=True)
class Brief:
    """What is shown of a report.

    `figures` are the first ones, `others` those of the rest that differ. `orders_moved` are decided otherwise first.
    `window` is its first and its last day.
    """

    currency: str
    orders: int
    orders_moved: int
    amount_moved: str
    customers: int
    customers_changed: int
    moves: Sequence[Move]
    figures: Sequence[Row]
    others: Sequence[Row]
    changed: Sequence[Changed]
    caveats: Sequence[tuple[str, str]]
    evidence: Sequence[tuple[str, str, str]]
    window: tuple[date, date]
    mode: str
    held_orders: str


def brief_of(report: Report, policy: Policy, language: str) -> Brief:
    """Return a report in brief; `policy` is the candidate, `language` "en" or "zh".

    The report may lack intervals, as the answer to an edit does.
    """
    words, numbers = Wording(language), Numbers(policy.currency, language)
    run, moves = report["run"], tuple(_moves(report, words, numbers))
    every = figure_rows({**report, "intervals": report.get("intervals", _NoBands())}, words, numbers)
    by_name = {row.shown.name: row for rows in every.values() for row in rows}
    figures = [by_name[name] for name in FIRST]
    others = [row for name, row in by_name.items() if name not in FIRST and row.judgement is not Judgement.NONE]
    labels = dict.fromkeys(row.evidence for row in (*figures, *others))
    held = words(f"held_orders.{run['assumptions']['held_orders']}", days=run["assumptions"]["release_days"])
    return Brief(
        currency=policy.currency.code,
        orders=run["orders"],
        orders_moved=sum(move.orders for move in moves),
        amount_moved=numbers.money(sum(move.amount for move in moves)),
        customers=run["customers"],
        customers_changed=report["customers_changed"],
        moves=moves,
        figures=figures,
        others=others,
        changed=tuple(_changed(report, policy, words, numbers)),
        caveats=tuple(_caveats(report, words)),
        evidence=[(label, words(label), words(f"{label}_told")) for label in labels],
        window=days_of(run["window"]),
        mode=words(f"mode.{run['mode']}"),
        held_orders=held if run["mode"] == "closed" else "",
    )


class _NoBands(dict[str, None]):
    def __missing__(self, name: str) -> None:
        return None


def _moves(report: Report, words: Wording, numbers: Numbers) -> Iterator[Move]:
    found = [
        (cell["orders"], cell["amount"], old, new)
        for old, row in report["outcomes"].items()
        for new, cell in row.items()
        if old != new and cell["orders"]
    ]
    for orders, amount, old, new in sorted(found, key=lambda one: (-one[1], -one[0])):
        yield Move(words(old), words(new), orders, amount, numbers.money(amount))


def _changed(report: Report, policy: Policy, words: Wording, numbers: Numbers) -> Iterator[Changed]:
    kinds, codes = dict(_kinds(policy)), dict(reasons_of_rows(policy))
    for one in report["customers"]:
        why = one["why"]
        row, hit = why.get("cell_row", why["row"]), why["row"]
        kind = kinds.get((why["rule_set"], why["cell"].partition(": ")[0]))
        told = [value_told(why.get(name), kind, policy, words, numbers) if kind else "" for name in _VALUES]
        code = codes.get((why["rule_set"], hit), "")
        yield Changed(
            one["customer_id"],
            numbers.money(one["moved_amount"]),
            why["date"],
            why["rule_set"],
            row,
            hit if row != hit else "",
            policy.reasons[code].title.in_language(words.language) if code in policy.reasons else "",
            why["cell"],
            *told,
        )


_VALUES: Final = ("value", "bound", "distance")


def _kinds(policy: Policy) -> Iterator[tuple[tuple[str, str], Kind]]:
    for rule_set in policy.rule_sets:
        for part in parts_of_rule_set(rule_set):
            if isinstance(part, ColumnPart) and part.column is not None:
                yield (rule_set.name, part.column.text), part.column.expression.kind


def _caveats(report: Report, words: Wording) -> Iterator[tuple[str, str]]:
    for told in report["caveats"]:
        yield told["code"], caveat_told(caveat_in_report(told["code"], told["text"]), words.language)
