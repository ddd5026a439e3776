"""All customers at a glance: grades, largest limits, what becomes of the orders and why, who is on the ladder."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from datetime import date

from rich import box
from rich.markup import escape
from rich.table import Table

from policy_service.cli import output
from policy_service.cli.wording import OUTCOME_COLOURS, money, reason_text, value_text, word
from policy_service.domain.decisions import Reason
from policy_service.domain.outcomes import Outcome
from policy_service.domain.values import UNKNOWN, UNLIMITED, Kind
from policy_service.language.policy import Policy
from policy_service.language.rule_sets import Level, Trigger
from policy_service.services.decide import CustomerDecisions

_LARGEST_SHOWN = 10


def show_portfolio(decided: Sequence[CustomerDecisions], policy: Policy, day: date, language: str) -> None:
    """Print the tables of a portfolio decided on one day."""
    customers = f"{len(decided):,} {word('customers', language)}"
    output.out.print(
        f"\n[bold]{escape(policy.title.in_language(language))}[/bold], {customers}, {word('as of', language)} {day}"
    )
    output.out.print(_grades(decided, policy, language))
    output.out.print(_largest_limits(decided, policy, language))
    output.out.print(_orders(decided, policy, language))
    for table in (_reasons(decided, policy, language), _cases(decided, language)):
        if table.row_count:
            output.out.print(table)


def _table(language: str, *columns: str, right: Sequence[str] = ()) -> Table:
    table = Table(box=box.SIMPLE, padding=(0, 1))
    for column in columns:
        table.add_column(
            word(column, language), justify="right" if column in right else "left", no_wrap=column in right
        )
    return table


def _grades(decided: Sequence[CustomerDecisions], policy: Policy, language: str) -> Table:
    table = _table(language, "grade", "customers", "limit", right=("customers", "limit"))
    count: Counter[str] = Counter()
    limits: Counter[str] = Counter()
    for one in decided:
        grade = one.codes.text(one.standing.values["grade"], Kind.CATEGORY)
        limit = one.standing.values["credit_limit"]
        count[grade] += 1
        limits[grade] += 0 if limit in (UNKNOWN, UNLIMITED) else limit
    order = {grade: rank for rank, grade in enumerate(policy.grades)}
    for grade in sorted(count, key=lambda grade: (order.get(grade, len(order)), grade)):
        said = escape(value_text(grade, Kind.CATEGORY, language))
        table.add_row(said, f"{count[grade]:,}", money(decided[0].codes.text(limits[grade], Kind.MONEY)))
    return table


def _largest_limits(decided: Sequence[CustomerDecisions], policy: Policy, language: str) -> Table:
    columns = ("customer", "grade", "limit", "term", "approval_role")
    table = _table(language, *columns, right=("limit", "term"))
    with_limit = [one for one in decided if one.standing.values["credit_limit"] != UNKNOWN]
    for one in sorted(with_limit, key=lambda one: -one.standing.values["credit_limit"])[:_LARGEST_SHOWN]:
        said = {
            name: one.codes.text(one.standing.values[name], policy.outputs[name]) if name in policy.outputs else "-"
            for name in ("grade", "credit_limit", "payment_term_days", "approval_role")
        }
        table.add_row(
            escape(one.customer_id),
            escape(value_text(said["grade"], Kind.CATEGORY, language)),
            value_text(said["credit_limit"], Kind.MONEY, language),
            value_text(said["payment_term_days"], Kind.DAYS, language),
            escape(value_text(said["approval_role"], Kind.CATEGORY, language)),
        )
    return table


def _orders(decided: Sequence[CustomerDecisions], policy: Policy, language: str) -> Table:
    table = _table(language, "outcome", "orders", "amount", right=("orders", "amount"))
    count: Counter[Outcome] = Counter()
    amounts: Counter[Outcome] = Counter()
    for one in decided:
        if one.order and one.order.chain.outcome:
            count[one.order.chain.outcome] += 1
            amount = one.order.values.get("order_amount", UNKNOWN)
            amounts[one.order.chain.outcome] += 0 if amount == UNKNOWN else amount
    for outcome in sorted(count, key=list(reversed(policy.severity)).index):
        total = money(decided[0].codes.text(amounts[outcome], Kind.MONEY))
        colour = OUTCOME_COLOURS[outcome]
        table.add_row(f"[{colour}]{word(outcome, language)}[/{colour}]", f"{count[outcome]:,}", total)
    return table


def _reasons(decided: Sequence[CustomerDecisions], policy: Policy, language: str) -> Table:
    table = _table(language, "orders", "reason", right=("orders",))
    first: defaultdict[str, list[Reason]] = defaultdict(list)
    for one in decided:
        if one.order and one.order.chain.reasons and one.order.chain.outcome is not Outcome.APPROVE:
            reason = one.order.chain.reasons[0]
            first[reason_text(reason, policy, language)].append(reason)
    for text, reasons in sorted(first.items(), key=lambda item: (-len(item[1]), item[0])):
        table.add_row(f"{len(reasons):,}", escape(text))
    return table


def _cases(decided: Sequence[CustomerDecisions], language: str) -> Table:
    table = _table(language, "level", "action", "owner", "cases", "amount", right=("cases", "amount"))
    count: Counter[tuple[str, str, str]] = Counter()
    amounts: Counter[tuple[str, str, str]] = Counter()
    for one in decided:
        for case in one.cases:
            steps: tuple[Level | Trigger, ...] = ((case.level,) if case.level else ()) + case.triggers
            for step in steps:
                key = (f"{case.ladder}.{step.id}", step.action, step.owner)
                count[key] += 1
                amounts[key] += sum(item.open_amount for item in case.items)
    for key in sorted(count):
        table.add_row(*map(escape, key), f"{count[key]:,}", money(decided[0].codes.text(amounts[key], Kind.MONEY)))
    return table
