"""The metrics of collection as formulas.md defines them, of exact integers: F1 to F5 and F14."""

from collections.abc import Sequence

from policy_service.facts.quotients import Missing, Ratio, ratio

_NO_SALES = "Nothing was sold in the window."


def days_of_sales(balance: int, days: int, sales: int) -> Ratio:
    """Return for how many days of sales a balance stands: balance x days / sales (F1; F3 and F4 of a part of it)."""
    return ratio(balance * days, sales, _NO_SALES)


def count_back(balance: int, sales: Sequence[int], days: Sequence[int]) -> Ratio:
    """Return the days of the newest months whose sales make up the balance, of the last one its share (F2).

    `sales` and `days` are by month, the oldest first.
    """
    if balance <= 0:
        return 0.0
    counted = 0
    for sold, length in zip(reversed(sales), reversed(days), strict=True):
        if balance <= sold:
            return (counted * sold + balance * length) / sold
        balance -= sold
        counted += length
    return Missing("The open balance is more than all recorded sales.")


def collection_effectiveness(opening: int, sales: int, closing: int, closing_not_due: int) -> Ratio:
    """Return the share of what could be collected that was, in per cent (F5)."""
    collectable = opening + sales - closing_not_due
    return ratio(100 * (opening + sales - closing), collectable, "There was nothing that could have been collected.")


def concentration(sum_of_squares: int, total: int) -> Ratio:
    """Return the Herfindahl-Hirschman index of balances, from 0 to 10,000 (F14)."""
    return ratio(10_000 * sum_of_squares, total * total, "Nothing is open at the end of the window.")
