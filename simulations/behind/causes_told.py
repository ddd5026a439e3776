"""The stored cause of a customer's change in words, as the page of a report has it."""

from collections.abc import Callable, Mapping
from typing import Any

from policy_service.domain.values import Kind
from policy_service.language.policy import Policy
from simulations.comparison.cause import Cause
from simulations.report.page.customers import WhyTold, reasons_of_rows, why_told
from simulations.report.page.numbers import Numbers
from simulations.report.page.wording import Wording


def cause_told(policy: Policy, language: str) -> Callable[[Mapping[str, Any]], WhyTold | None]:
    """Return what tells the cause of a row of stored changes; none of a customer who does not change.

    `policy` is the candidate, `language` is "en" or "zh".
    """
    words, numbers, codes = Wording(language), Numbers(policy.currency, language), dict(reasons_of_rows(policy))

    def told(row: Mapping[str, Any]) -> WhyTold | None:
        if row["why_date"] is None:
            return None
        why = {name: row[f"why_{name}"] or "" for name in ("rule_set", "row", "cell")}
        return why_told(why, _cause(row), codes, policy, words, numbers)

    return told


def _cause(row: Mapping[str, Any]) -> Cause | None:
    if row["why_kind"] is None:
        return None
    named = (row["why_cell_row"], row["why_cell"], Kind(row["why_kind"]))
    return Cause(*named, row["why_value"], row["why_bound"], row["why_distance"])
