"""The sections of the page between the figures and the customers, as cells that are ready to be read."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from policy_service.language.policy import Policy
from simulations.accounting.kpis import BUCKETS
from simulations.replay.trace import OUTCOMES
from simulations.report.contents import Report
from simulations.report.page.charts import Chart, bars, lines
from simulations.report.page.figures import Better, Judgement, Shown, judged
from simulations.report.page.numbers import Numbers, Unit, is_seen
from simulations.report.page.wording import Wording

_SHADES: Final = 5
_MONTHLY: Final = ("open_balance", "past_due_balance", "held_amount", "sales", "notices")
_PICTURED: Final = _MONTHLY[:3]
_OF_COHORTS: Final = (
    Shown("sales", Unit.MONEY, Better.MORE),
    Shown("held_amount", Unit.MONEY, Better.LESS),
    Shown("past_due_balance_end", Unit.MONEY, Better.LESS),
    Shown("days_late_mean_weighted", Unit.DAYS, Better.LESS),
    Shown("risk_adjusted_margin", Unit.MONEY, Better.MORE),
)
#: Of a dimension with more values the workbook has the others.
_MOST_COHORTS: Final = 40


@dataclass(frozen=True, slots=True)
class Pair:
    """A figure of both sides: as numbers, and as texts with their difference; `judgement` says what that is."""

    values: tuple[Any, Any]
    baseline: str
    candidate: str
    difference: str
    judgement: Judgement = Judgement.NONE


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a table: what it is of, and its pairs; `key` is its name in the report."""

    key: str
    label: str
    pairs: Sequence[Pair]


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell of a square of both sides: how many and how much, how dark (0 for none), and whether nothing moved."""

    row: str
    column: str
    values: tuple[int, ...]
    texts: tuple[str, ...]
    shade: int
    is_same: bool


@dataclass(frozen=True, slots=True)
class Sections:
    """Writes the sections of one report."""

    report: Report
    words: Wording
    numbers: Numbers
    grades_in_order: tuple[str, ...]

    def decisions(self) -> Sequence[Sequence[Cell]]:
        """Return orders and money by the baseline's first outcome (rows) and the candidate's (columns)."""
        return [[self._decided(str(old), str(new)) for new in OUTCOMES] for old in OUTCOMES]

    def swap_set(self) -> Sequence[tuple[str, str, Mapping[str, int], str, str]]:
        """Return name, label, numbers, orders and amount of each cell of the swap set."""
        count, money = self.numbers.count, self.numbers.money
        return [
            (
                name,
                self.words("neither_approves" if name == "neither" else name),
                cell,
                count(cell["orders"]),
                money(cell["amount"]),
            )
            for name, cell in self.report["swap_set"].items()
        ]

    def reasons(self, policies: Sequence[Policy]) -> Sequence[Line]:
        """Return orders and amount of each reason, the candidate's largest first."""
        old, new = (self.report[side]["reasons"] for side in ("baseline", "candidate"))
        nothing = {"orders": 0, "amount": 0}
        codes = sorted({*old, *new}, key=lambda code: (-new.get(code, nothing)["amount"], code))
        return [
            Line(
                code,
                self.reason(code, policies),
                [
                    self._pair(unit, old.get(code, nothing)[key], new.get(code, nothing)[key], Better.NEITHER)
                    for key, unit in (("orders", Unit.COUNT), ("amount", Unit.MONEY))
                ],
            )
            for code in codes
        ]

    def reason(self, code: str, policies: Sequence[Policy]) -> str:
        """Return the wording of a reason, by the first policy that has it."""
        titles = [policy.reasons[code].title for policy in policies if code in policy.reasons]
        return titles[0].in_language(self.words.language) if titles else self.words(code)

    def months(self) -> Sequence[Line]:
        """Return the months with all that is known of them."""
        return [
            Line(
                month["month"],
                month["month"],
                [
                    self._pair(
                        Unit.COUNT if name == "notices" else Unit.MONEY,
                        month["baseline"][name],
                        month["candidate"][name],
                        Better.NEITHER,
                    )
                    for name in _MONTHLY
                ],
            )
            for month in self.report["timeline"]
        ]

    def month_charts(self) -> Sequence[Chart]:
        """Return a picture of exposure, one of what is past due, one of what is held."""
        months = self.report["timeline"]
        names = [month["month"] for month in months]
        return [
            lines(
                f"months-{name}",
                self.words(name),
                names,
                ([month["baseline"][name] for month in months], [month["candidate"][name] for month in months]),
                self.words,
                self.numbers,
            )
            for name in _PICTURED
        ]

    def grades(self) -> tuple[Sequence[str], Sequence[Sequence[Cell]]]:
        """Return the grades, and customers by the baseline's last one (rows) and the candidate's (columns)."""
        moved = self.report["grade_migration"]
        grades = sorted({*moved, *(new for row in moved.values() for new in row)}, key=self._rank_of_grade)
        most = max((number for row in moved.values() for number in row.values()), default=0)
        return grades, [
            [self._graded(old, new, moved.get(old, {}).get(new, 0), most) for new in grades] for old in grades
        ]

    def grade_label(self, grade: str) -> str:
        """Return a grade, or the word for none."""
        return self.words("no_grade") if grade == "none" else grade

    def ageing(self) -> Sequence[Line]:
        """Return the open balance at the end by age."""
        old, new = (self.report[side]["ageing"] for side in ("baseline", "candidate"))
        return [
            Line(
                name,
                self.words(name),
                [self._pair(Unit.MONEY, old[name], new[name], Better.LESS if past_due else Better.NEITHER)],
            )
            for past_due, name in enumerate(BUCKETS)
        ]

    def ageing_chart(self) -> Chart:
        """Return the picture of it."""
        sides = tuple([self.report[side]["ageing"][name] for name in BUCKETS] for side in ("baseline", "candidate"))
        names = [self.words(name) for name in BUCKETS]
        return bars("ageing-bars", self.words("ageing_picture"), names, (sides[0], sides[1]), self.words)

    def cohorts(self) -> Mapping[str, Sequence[Line]]:
        """Return by dimension its values with the main figures, the most ordered first; grades by name."""
        return {
            dimension: [
                Line(value, self.grade_label(value), [self._of_cohort(shown, sides) for shown in _OF_COHORTS])
                for value, sides in sorted(values.items(), key=lambda cohort: self._rank(dimension, *cohort))[
                    :_MOST_COHORTS
                ]
            ]
            for dimension, values in self.report["cohorts"].items()
        }

    def cohort_columns(self) -> Sequence[str]:
        """Return what is shown of a cohort."""
        return [self.words.figures[shown.name][0] for shown in _OF_COHORTS]

    def _decided(self, old: str, new: str) -> Cell:
        cell = self.report["outcomes"][old][new]
        orders, amount = cell["orders"], cell["amount"]
        texts = (self.numbers.count(orders), self.numbers.money(amount))
        return Cell(old, new, (orders, amount), texts, 0, old == new)

    def _graded(self, old: str, new: str, number: int, most: int) -> Cell:
        shade = -(-_SHADES * number // most) if most else 0
        return Cell(old, new, (number,), (self.numbers.count(number),), shade, old == new)

    def _of_cohort(self, shown: Shown, sides: Mapping[str, Any]) -> Pair:
        return self._pair(shown.unit, sides["baseline"][shown.name], sides["candidate"][shown.name], shown.better)

    def _pair(self, unit: Unit, old: Any, new: Any, better: Better) -> Pair:
        said = [self.words("none") if value is None else self.numbers.figure(unit, value) for value in (old, new)]
        if old is None or new is None:
            return Pair((old, new), said[0], said[1], "")
        difference = new - old
        told = self.numbers.difference(unit, difference)
        if not is_seen(told):
            return Pair((old, new), said[0], said[1], "")
        return Pair((old, new), said[0], said[1], told, judged(Shown("", unit, better), difference))

    def _rank(self, dimension: str, value: str, sides: Mapping[str, Any]) -> tuple[int, str]:
        if dimension == "grade":
            return self._rank_of_grade(value)
        return -sides["baseline"]["order_amount"], value

    def _rank_of_grade(self, grade: str) -> tuple[int, str]:
        known = self.grades_in_order
        return (known.index(grade) if grade in known else len(known) + (grade == "none"), grade)
