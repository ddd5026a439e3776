"""Facts as a policy declares them, measured for one customer or its group at the start of a day of a run."""

import operator
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise

from policy_service.domain.amounts import parse_decimal
from policy_service.domain.entries import Ledger
from policy_service.domain.errors import PolicyTextError
from policy_service.domain.values import UNKNOWN, UNLIMITED, Kind, scale
from policy_service.facts.customer_file import attribute_text, read_attribute
from policy_service.language.definitions.dictionary import EntryCondition, FactDefinition, FactSource, MeasureKind
from policy_service.language.policy import Policy
from tests.simulations.plain.books import rounded
from tests.simulations.plain.customer_day import CustomerDay, Row, day_of

OPERATORS = {
    "=": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}
MONEY_COLUMNS = ("amount", "open_amount")
#: Days late, and the index there (formulas.md 2.2; from 20 at 120 late to 0 at 240).
INDEX = ((-30, 100), (-20, 90), (0, 80), (15, 70), (22, 60), (30, 50), (60, 40), (90, 30), (120, 20), (240, 0))


@dataclass(frozen=True, slots=True)
class Asked:
    """Of whom facts are asked on a day: the customer, and all of its group (itself included)."""

    ledger: Ledger
    policy: Policy
    parameters: Mapping[str, int]
    own: CustomerDay
    group: Sequence[CustomerDay]

    def fact(self, definition: FactDefinition, codes: "Codes") -> int | None:
        """Return the fact as a value of its kind; none for what is no measurement."""
        members = self.group if definition.group else (self.own,)
        match definition.source:
            case FactSource.LEDGER:
                return self._rounded(self._declared(definition, members), definition.kind)
            case FactSource.BUILT_IN if definition.name != "days_past_due":
                return self._built_in(definition, members)
            case FactSource.CUSTOMER:
                if definition.kind is Kind.CATEGORY:
                    text = attribute_text(self.own.customer, definition.name)
                    return codes.code_of(text) if text else UNKNOWN
                return read_attribute(self.own.customer, definition.name, definition.kind, self.ledger.base_currency)
            case _:
                return None

    def _rounded(self, exact: tuple[Fraction, Kind] | None, kind: Kind) -> int:
        if exact is None:
            return UNKNOWN
        number, read = exact
        currency = self.ledger.base_currency
        return rounded(number * scale(kind, currency) / scale(read, currency))

    def _declared(self, definition: FactDefinition, members: Sequence[CustomerDay]) -> tuple[Fraction, Kind] | None:
        asked, d = definition.measure, self.own.d
        rows = [row for member in members for row in member.rows(asked.entries.value)]
        if asked.within_days is not None:
            rows = [row for row in rows if d - asked.within_days <= row.date < d]
        rows = [row for row in rows if self._fulfils(row, asked.where)]
        return self._measured(rows, asked.measure)

    def _measured(self, rows: list[Row], asked: object) -> tuple[Fraction, Kind] | None:
        column, d = asked.column, self.own.d
        rows = [row for row in rows if not column or number_of(row, column) is not None]
        numbers = [number_of(row, column) for row in rows] if column else []
        kind = column_kind(column)
        match asked.kind:
            case MeasureKind.COUNT:
                return Fraction(len(rows)), Kind.INTEGER
            case MeasureKind.COUNT_DISTINCT_MONTH:
                months = {(day_of(row.date).year, day_of(row.date).month) for row in rows}
                return Fraction(len(months)), Kind.INTEGER
            case MeasureKind.SUM:
                return Fraction(sum(numbers)), kind
            case MeasureKind.MEAN:
                weights = [number_of(row, asked.weight) for row in rows] if asked.weight else [1] * len(rows)
                weighted = sum(number * weight for number, weight in zip(numbers, weights, strict=True))
                return (Fraction(weighted, sum(weights)), kind) if sum(weights) else None
            case MeasureKind.MIN | MeasureKind.MAX:
                extreme = min if asked.kind is MeasureKind.MIN else max
                return (Fraction(extreme(numbers)), kind) if numbers else None
            case MeasureKind.SHARE:
                part = sum(number_of(row, column) for row in rows if self._fulfils(row, asked.share_of))
                return (Fraction(part, sum(numbers)), Kind.INTEGER) if sum(numbers) else None
            case MeasureKind.DAYS_SINCE_LAST | MeasureKind.DAYS_SINCE_FIRST:
                which = max if asked.kind is MeasureKind.DAYS_SINCE_LAST else min
                return (Fraction(d - which(row.date for row in rows)), Kind.INTEGER) if rows else None
            case MeasureKind.SLOPE:
                return slope([row.date for row in rows], numbers, kind)
        raise AssertionError(asked.kind)

    def _fulfils(self, row: Row, conditions: Iterable[EntryCondition]) -> bool:
        return all(self._holds(row, one) for one in conditions)

    def _holds(self, row: Row, condition: EntryCondition) -> bool:
        compare = OPERATORS[condition.operator]
        if isinstance(condition.value, str):
            return compare(row.columns[condition.column], condition.value)
        number = number_of(row, condition.column)
        if number is None:
            return False
        currency, kind = self.ledger.base_currency, column_kind(condition.column)
        if isinstance(condition.value, Decimal):
            return compare(number, Fraction(condition.value) * scale(kind, currency))
        if not condition.parameter:
            return compare(number, 1 if condition.value is None else condition.value)
        value = self.parameters[condition.parameter]
        of = self.policy.parameters[condition.parameter].kind
        return compare(number, Fraction(value, scale(of, currency)) * scale(kind, currency))

    def _built_in(self, definition: FactDefinition, members: Sequence[CustomerDay]) -> int:
        name, d = definition.name.removeprefix("group."), self.own.d
        opened = [(member, one) for member in members for one in member.open_invoices]
        match name:
            case "as_of":
                return d
            case "open_balance":
                return sum(one.left_base for _, one in opened)
            case "overdue_balance":
                return sum(
                    one.left_base
                    for member, one in opened
                    if one.invoice.due + member.grace < d and not member.is_disputed(one.invoice)
                )
            case "past_due_balance":
                return sum(one.left_base for _, one in opened if one.invoice.due < d)
            case "disputed_balance":
                return sum(one.left_base for member, one in opened if member.is_disputed(one.invoice))
            case "oldest_days_past_due":
                undisputed = [one for member, one in opened if not member.is_disputed(one.invoice)]
                return max((max(0, d - one.invoice.due) for one in undisputed), default=0)
            case "unapplied_cash" | "open_orders" | "unmatured_bills":
                return sum(getattr(member, name) for member in members)
            case "exposure" | "headroom" | "utilisation":
                return self._of_limit(name, members)
            case _:
                return self._of_trade(name, members)

    def _of_limit(self, name: str, members: Sequence[CustomerDay]) -> int:
        exposed = self.group if self.policy.exposure_of_group else members
        exposure = sum(member.exposure(self.policy.exposure) for member in exposed)
        if name == "exposure":
            return exposure
        limits = [member.limit for member in members]
        if UNKNOWN in limits:
            return UNKNOWN
        if UNLIMITED in limits:
            return UNLIMITED if name == "headroom" else 0
        limit = sum(limits)
        if name == "headroom":
            return limit - exposure
        return rounded(Fraction(exposure * 10**6, limit)) if limit else UNKNOWN

    def _of_trade(self, name: str, members: Sequence[CustomerDay]) -> int:
        d = self.own.d
        months = months_between(min((one.since for one in members if one.since is not None), default=None), d)

        def amount(source: str, days: int) -> int:
            rows = [row for member in members for row in member.rows(source)]
            return sum(row.columns["amount"] for row in rows if d - days <= row.date < d)

        def monthly(total: int) -> int:
            return UNKNOWN if months == UNKNOWN else rounded(Fraction(total, min(12, max(1, months))))

        match name:
            case "months_as_customer":
                return months
            case "sales_12m":
                return amount("invoices", 365)
            case "avg_monthly_sales_12m":
                return monthly(amount("invoices", 365))
            case "avg_monthly_orders_12m":
                return monthly(amount("orders", 365))
            case "days_sales_outstanding_90d":
                owed = sum(one.left_base for member in members for one in member.open_invoices)
                sales = amount("invoices", 90)
                return rounded(Fraction(owed * 90 * 10**6, sales)) if sales else UNKNOWN
            case "payment_index_12m":
                paid = [row for member in members for row in member.rows("payments") if d - 365 <= row.date < d]
                weight = sum(row.columns["amount"] for row in paid)
                points = sum(row.columns["amount"] * index_of(row.columns["days_late"]) for row in paid)
                return rounded(points * 10**6 / weight) if weight else UNKNOWN
        raise AssertionError(name)


class Codes:
    """The codes of categories: those of the policy's vocabulary, and fresh ones for what it does not mention."""

    def __init__(self, policy: Policy) -> None:
        self._codes = {text: code for code, text in enumerate(policy.vocabulary)}

    def code_of(self, text: str) -> int:
        return self._codes.setdefault(text, len(self._codes))

    def text_of(self, code: int) -> str:
        return next((text for text, one in self._codes.items() if one == code), "")


def number_of(row: Row, column: str) -> int | None:
    """Return a column's number; of an event whose value is a text none, else its value in millionths."""
    value = row.columns[column]
    if not isinstance(value, str):
        return value
    try:
        return rounded(Fraction(parse_decimal(value.strip())) * 10**6)
    except PolicyTextError:
        return None


def column_kind(column: str) -> Kind:
    """Return what the numbers of a column are."""
    if column in MONEY_COLUMNS:
        return Kind.MONEY
    return Kind.NUMBER if column == "value" else Kind.INTEGER


def slope(days: Sequence[int], numbers: Sequence[int], kind: Kind) -> tuple[Fraction, Kind] | None:
    """Return the least-squares slope per 30 days; none over fewer than two dates."""
    n = len(days)
    below = n * sum(day * day for day in days) - sum(days) ** 2
    above = n * sum(day * number for day, number in zip(days, numbers, strict=True)) - sum(days) * sum(numbers)
    return (Fraction(30 * above, below), kind) if below else None


def months_between(since: int | None, d: int) -> int:
    """Return the months from `since` to `d`, less 1 if the day of month is smaller, never below 0."""
    if since is None:
        return UNKNOWN
    first, day = day_of(since), day_of(d)
    months = (day.year - first.year) * 12 + day.month - first.month
    return max(0, months - (day.day < first.day))


def index_of(days_late: int) -> Fraction:
    """Return the payment index of one payment: straight lines between the published points."""
    days = max(-30, min(240, days_late))
    for (start, top), (end, bottom) in pairwise(INDEX):
        if days <= end:
            return top - Fraction((days - start) * (top - bottom), end - start)
    return Fraction(0)
