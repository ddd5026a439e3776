"""The figures of both sides beside each other, and what each difference means: better or worse by its direction."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

from simulations.accounting.kpis import NULL_REASONS
from simulations.report.contents import Report
from simulations.report.page.numbers import Numbers, Unit, is_seen
from simulations.report.page.wording import Wording


class Better(StrEnum):
    """Which of two figures a company would rather have."""

    MORE = "more"
    LESS = "less"
    NEITHER = "neither"


class Judgement(StrEnum):
    """What a difference is: none at all (also where it cannot be said), better, worse, or neither."""

    NONE = "none"
    BETTER = "better"
    WORSE = "worse"
    NEITHER = "neither"


@dataclass(frozen=True, slots=True)
class Shown:
    """A figure on the page; `cases` is the column of the customers that makes it up, empty of none."""

    name: str
    unit: Unit
    better: Better
    cases: str = ""


#: In the order in which they are read: what is earned, what is decided, what is owed, how it is paid.
GROUPS: Final[Mapping[str, tuple[Shown, ...]]] = {
    "result": (
        Shown("sales", Unit.MONEY, Better.MORE, "sales"),
        Shown("margin", Unit.MONEY, Better.MORE, "sales"),
        Shown("risk_adjusted_margin", Unit.MONEY, Better.MORE, "sales"),
        Shown("carrying_cost", Unit.MONEY, Better.LESS),
        Shown("write_offs", Unit.MONEY, Better.LESS),
        Shown("bad_debt_ratio", Unit.SHARE, Better.LESS),
    ),
    "decisions": (
        Shown("orders", Unit.COUNT, Better.NEITHER),
        Shown("order_amount", Unit.MONEY, Better.NEITHER),
        Shown("approved", Unit.COUNT, Better.MORE, "approved"),
        Shown("approved_amount", Unit.MONEY, Better.MORE, "approved"),
        Shown("held", Unit.COUNT, Better.LESS, "moved"),
        Shown("held_amount", Unit.MONEY, Better.LESS, "moved"),
        Shown("prepaid", Unit.COUNT, Better.NEITHER, "moved"),
        Shown("prepaid_amount", Unit.MONEY, Better.NEITHER, "moved"),
        Shown("referred", Unit.COUNT, Better.LESS, "moved"),
        Shown("referred_amount", Unit.MONEY, Better.LESS, "moved"),
        Shown("declined", Unit.COUNT, Better.LESS, "moved"),
        Shown("declined_amount", Unit.MONEY, Better.LESS, "moved"),
    ),
    "receivables": (
        Shown("open_balance_end", Unit.MONEY, Better.LESS, "open"),
        Shown("past_due_balance_end", Unit.MONEY, Better.LESS, "past_due"),
        Shown("receivables_mean", Unit.MONEY, Better.LESS),
        Shown("receivables_peak", Unit.MONEY, Better.LESS),
        Shown("receivables_peak_date", Unit.DATE, Better.NEITHER),
        Shown("dso_simple", Unit.DAYS, Better.LESS),
        Shown("dso_count_back", Unit.DAYS, Better.LESS),
        Shown("best_possible_dso", Unit.DAYS, Better.LESS),
        Shown("average_days_delinquent", Unit.DAYS, Better.LESS),
        Shown("concentration_hhi", Unit.INDEX, Better.LESS),
    ),
    "payment": (
        Shown("collected", Unit.MONEY, Better.MORE),
        Shown("days_late_mean_weighted", Unit.DAYS, Better.LESS),
        Shown("on_time_share", Unit.SHARE, Better.MORE),
        Shown("collection_effectiveness", Unit.PERCENT, Better.MORE),
        Shown("cases_opened", Unit.COUNT, Better.LESS),
    ),
}
#: Those that the page begins with.
IN_SHORT: Final = (
    # What is no longer held may be referred, declined or to be prepaid: less of the one alone would say half of it.
    *("sales", "held_amount", "prepaid_amount", "referred_amount", "declined_amount"),
    *("past_due_balance_end", "receivables_mean", "risk_adjusted_margin"),
)


@dataclass(frozen=True, slots=True)
class Row:
    """A figure as the page shows it; `values` are those of the report: baseline, candidate, difference, low, high.

    `is_sure` of a difference whose band does not reach zero, `may_be_chance` of one whose band does.
    """

    shown: Shown
    label: str
    values: tuple[Any, ...]
    baseline: str
    candidate: str
    difference: str
    relative: str
    band: str
    evidence: str
    judgement: Judgement
    meaning: str
    is_sure: bool
    may_be_chance: bool


def figure_rows(report: Report, words: Wording, numbers: Numbers) -> Mapping[str, Sequence[Row]]:
    """Return the rows of every group."""
    return {group: [_row(shown, report, words, numbers) for shown in members] for group, members in GROUPS.items()}


def in_short(rows: Mapping[str, Sequence[Row]]) -> Sequence[Row]:
    """Return the main figures that differ."""
    by_name = {row.shown.name: row for members in rows.values() for row in members}
    return [by_name[name] for name in IN_SHORT if by_name[name].judgement is not Judgement.NONE]


def judged(shown: Shown, difference: Any) -> Judgement:
    """Return whether a difference is for the better."""
    if not difference:
        return Judgement.NONE
    if shown.better is Better.NEITHER:
        return Judgement.NEITHER
    return Judgement.BETTER if (difference > 0) == (shown.better is Better.MORE) else Judgement.WORSE


def _row(shown: Shown, report: Report, words: Wording, numbers: Numbers) -> Row:
    name = shown.name
    old, new, difference = (report[side][name] for side in ("baseline", "candidate", "difference"))
    low, high = report["intervals"][name] or (None, None)
    # A difference that is shown as nothing is nobody's gain or loss.
    counts = bool(difference) and is_seen(numbers.by(shown.unit, difference))
    is_sure = low is not None and low * high > 0
    return Row(
        shown=shown,
        label=words.figures[name][0],
        values=(old, new, difference, low, high),
        baseline=_written(shown, old, words, numbers),
        candidate=_written(shown, new, words, numbers),
        difference=words("none") if difference is None else numbers.difference(shown.unit, difference),
        relative=_relative(shown, old, difference),
        band=_band(shown, low, high, numbers) if difference or low or high else "",
        evidence=report["evidence"][name],
        judgement=judged(shown, difference) if counts else Judgement.NONE,
        meaning=_meaning(shown, report, words, numbers, counts=counts),
        is_sure=counts and is_sure,
        may_be_chance=counts and low is not None and not is_sure,
    )


def _written(shown: Shown, value: Any, words: Wording, numbers: Numbers) -> str:
    return words("none") if value is None else numbers.figure(shown.unit, value)


def _relative(shown: Shown, old: Any, difference: Any) -> str:
    if shown.unit not in (Unit.MONEY, Unit.COUNT) or not old or not difference:
        return ""
    written = f"{100 * difference / abs(old):+,.1f}\u00a0%"
    # The difference itself stands beside it: 0.0 % with a sign would only raise a question.
    return written if is_seen(written) else ""


def _band(shown: Shown, low: Any, high: Any, numbers: Numbers) -> str:
    if low is None:
        return ""
    return f"{numbers.difference(shown.unit, low)} .. {numbers.difference(shown.unit, high)}"


def _meaning(shown: Shown, report: Report, words: Wording, numbers: Numbers, *, counts: bool) -> str:
    difference = report["difference"][shown.name]
    if difference is None:
        return words("not_computed", reason=words.why_none(report["difference"][NULL_REASONS][shown.name]))
    if not counts:
        return words("next_to_none" if difference else "same")
    _, more, less = words.figures[shown.name]
    return (more if difference > 0 else less).format(by=numbers.by(shown.unit, difference))
