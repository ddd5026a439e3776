"""Whether a policy's limits fall as it refuses orders."""

from collections.abc import Iterator
from typing import Final, assert_never

from policy_service.domain.findings import Finding, Severity
from policy_service.language.feel.expressions import Expression, Name, NameSource
from policy_service.language.policy import Policy
from policy_service.language.rule_sets import DecisionTable, FormulaSet
from policy_service.linter.codes import Code
from policy_service.linter.listing import joined
from policy_service.linter.regions.trees import names_in

#: Facts that a policy's own refusals lower, and what to read instead.
_FED_BY_SALES: Final = frozenset({"sales_12m", "avg_monthly_sales_12m"})


def check_feedback(policy: Policy) -> Iterator[Finding]:
    """Yield the limits that read sales: refusing orders lowers sales, and so the limit, and so refuses more."""
    feeding: dict[str, set[str]] = {}
    for rule_set in policy.rule_sets:
        if not isinstance(rule_set, DecisionTable | FormulaSet):
            continue
        for name, expression in _set_by(rule_set):
            read = _fed(names_in(expression), feeding)
            feeding.setdefault(name, set()).update(read)
            if name == "credit_limit" and read:
                facts = joined(sorted(read))
                yield Finding(
                    Code.LIMIT_FEEDS_ON_ITSELF,
                    Severity.WARNING,
                    rule_set.place,
                    f"credit_limit reads {facts}, which the policy's own refusals lower.",
                    "Read avg_monthly_orders_12m: it counts every order asked for.",
                    rule_set.name,
                )
                return


def _fed(names: frozenset[Name], feeding: dict[str, set[str]]) -> set[str]:
    direct = {name.name for name in names if name.name.removeprefix("group.") in _FED_BY_SALES}
    return direct.union(*(feeding.get(name.name, set()) for name in names if name.source is NameSource.OUTPUT))


def _set_by(rule_set: DecisionTable | FormulaSet) -> Iterator[tuple[str, Expression]]:
    match rule_set:
        case DecisionTable(rows=rows, otherwise=otherwise):
            for row in rows:
                yield from ((output.name, output.expression) for output in row.outputs)
            yield from ((output.name, output.expression) for output in (otherwise.outputs if otherwise else ()))
        case FormulaSet(values=values):
            yield from ((value.name, value.expression) for value in values)
        case _:
            assert_never(rule_set)
