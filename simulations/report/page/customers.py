"""The customers who change, as the page lists them: what moves, and the cell that caused it."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Final

from policy_service.domain.errors import PolicyServiceError
from policy_service.domain.values import Kind
from policy_service.language.feel.value_text import write_value
from policy_service.language.policy import Policy
from policy_service.language.rule_sets import DecisionTable, Scorecard
from simulations.comparison.cause import Cause
from simulations.comparison.comparison import Comparison
from simulations.report.contents import Circumstances, Report
from simulations.report.page.figures import Better, Judgement, Shown, judged
from simulations.report.page.numbers import Numbers, Unit
from simulations.report.page.wording import Wording

#: The columns that differ between both sides, with the report's figure.
COLUMNS: Final[Mapping[str, Shown]] = {
    "sales": Shown("sales", Unit.MONEY, Better.MORE),
    "approved": Shown("approved_amount", Unit.MONEY, Better.MORE),
    "open": Shown("open_balance_end", Unit.MONEY, Better.LESS),
    "past_due": Shown("past_due_balance_end", Unit.MONEY, Better.LESS),
}


@dataclass(frozen=True, slots=True)
class Difference:
    """What a customer's figure changes by: as a number, as both sides and the difference in words, and for whom."""

    value: int
    baseline: str
    candidate: str
    text: str
    judgement: Judgement


@dataclass(frozen=True, slots=True)
class WhyTold:
    """The cause in words; empty where nothing can be told. `nearness` sorts by distance as a share, 2 of none."""

    place: str
    reason_code: str
    note_row: str
    cell: str
    value: str
    bound: str
    distance: str
    nearness: float


@dataclass(frozen=True, slots=True)
class CustomerRow:
    """A customer who changes."""

    customer: str
    moved: int
    moved_text: str
    differences: Mapping[str, Difference]
    date: str
    why: WhyTold

    @property
    def month(self) -> str:
        """The month of its first change."""
        return self.date[:7]


def customer_rows(
    found: Comparison, circumstances: Circumstances, report: Report, words: Wording, numbers: Numbers, policy: Policy
) -> Sequence[CustomerRow]:
    """Return the report's customers in its order; `policy` is the candidate."""
    codes = dict(reasons_of_rows(policy))
    rows = []
    for number, told in zip(found.customers.changed(), report["customers"], strict=True):
        why = why_told(told["why"], circumstances.causes.get(number), codes, policy, words, numbers)
        differences = {
            column: _difference(shown, told["baseline"][shown.name], told["candidate"][shown.name], numbers)
            for column, shown in COLUMNS.items()
        }
        moved = told["moved_amount"]
        date = told["why"]["date"]
        rows.append(CustomerRow(told["customer_id"], moved, numbers.money(moved), differences, date, why))
    return rows


def _difference(shown: Shown, old: int, new: int, numbers: Numbers) -> Difference:
    difference = new - old
    text = numbers.money(difference, signed=True)
    return Difference(difference, numbers.money(old), numbers.money(new), text, judged(shown, difference))


def why_told(
    why: Mapping[str, str],
    cause: Cause | None,
    codes: Mapping[tuple[str, str], str],
    policy: Policy,
    words: Wording,
    numbers: Numbers,
) -> WhyTold:
    """Return in words why a customer changed; `codes` are those of `reasons_of_rows`, `policy` is the candidate."""
    rule_set, row = why["rule_set"], why["row"]
    place = f"{rule_set} {row}".strip() or words("no_row")
    code = codes.get((rule_set, row), "")
    if cause is None:
        return WhyTold(place, code, "", why["cell"], "", "", "", 2.0)
    value, bound, distance = (
        value_told(each, cause.kind, policy, words, numbers) for each in (cause.value, cause.bound, cause.distance)
    )
    note = cause.row if cause.row != row else ""
    return WhyTold(place, code, note, cause.cell, value, bound, distance, nearness(cause))


def value_told(value: int | None, kind: Kind, policy: Policy, words: Wording, numbers: Numbers) -> str:
    """Return a value that a decision was made on, or a bound, as people read it; nothing for none."""
    if value is None:
        return ""
    try:
        text = write_value(value, kind, policy.currency, policy.vocabulary)
    except PolicyServiceError:
        # A text of the ledger that the policy does not mention has no code in its vocabulary.
        return words("other_text")
    if kind is Kind.MONEY and text not in words.values:
        return numbers.money(value)
    if kind is Kind.DAYS and text not in words.values:
        return f"{numbers.count(value)} {words('days')}"
    return text if kind is Kind.CATEGORY else words.values.get(text, text)


def nearness(cause: Cause) -> float:
    """Return the distance as a share of the larger of value and bound; 2 of a cause without a bound."""
    if cause.distance is None or cause.bound is None:
        return 2.0
    return float(Fraction(cause.distance, max(abs(cause.value), abs(cause.bound), 1)))


def reasons_of_rows(policy: Policy) -> Iterator[tuple[tuple[str, str], str]]:
    """Yield rule set and row of each row that names a reason, and the first that it names."""
    for rule_set in policy.rule_sets:
        if isinstance(rule_set, DecisionTable):
            yield from (((rule_set.name, row.id), row.reasons[0]) for row in rule_set.rows if row.reasons)
            if rule_set.otherwise and rule_set.otherwise.reasons:
                yield (rule_set.name, "otherwise"), rule_set.otherwise.reasons[0]
        elif isinstance(rule_set, Scorecard):
            yield from (((rule_set.name, one.id), one.reasons[0]) for one in rule_set.knock_outs if one.reasons)
