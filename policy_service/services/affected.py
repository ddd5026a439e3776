"""Whom a finding concerns: the customers of a ledger that fall into it, and their exposure."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from policy_service.domain.decisions import Values
from policy_service.domain.findings import Finding
from policy_service.services.decide import CustomerDecisions, Decider, Question
from policy_service.services.explain import values_by_rule_set

Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Affected:
    """How many customers fall into a finding, and their exposure together, in minor units."""

    customers: int = 0
    exposure: int = 0

    def and_also(self, exposure: int) -> "Affected":
        """Return the same with one more customer."""
        return Affected(self.customers + 1, self.exposure + exposure)


def affected(
    findings: Sequence[Finding], decider: Decider, day: date, progress: Progress | None = None
) -> tuple[Affected | None, ...]:
    """Return for each finding whom it concerns as of the day; None for one that speaks of no region.

    A customer falls into a finding if the values that the rule set reads lie in its region; orders are
    those of the customers' latest invoices.
    """
    counted = [Affected() if finding.covers else None for finding in findings]
    customers = list(decider.ledger.histories)
    for done, customer_id in enumerate(customers, start=1):
        question = Question(customer_id, day, decider.latest_order(customer_id, day))
        by_rule_set = dict(_read_by_rule_sets(decider.decide(question)))
        exposure = decider.exposure(customer_id, day)
        for number, finding in enumerate(findings):
            values = by_rule_set.get(finding.rule_set)
            before = counted[number]
            if before and finding.covers and values is not None and finding.covers(values):
                counted[number] = before.and_also(exposure)
        if progress:
            progress(done, len(customers))
    return tuple(counted)


def _read_by_rule_sets(decisions: CustomerDecisions) -> Iterator[tuple[str, Values]]:
    for decision in (decisions.review, decisions.escalation, decisions.order):
        if decision:
            yield from values_by_rule_set(decision)
