"""What comes of a customer's standing: which of it bears on what happens, and where decisions read the rest."""

from collections.abc import Sequence
from typing import Final

import numpy as np

from policy_service.domain.outcomes import DecisionType
from policy_service.language.definitions.built_in_facts import PREVIOUS_PREFIX
from policy_service.language.feel.reading_names import names_in
from policy_service.language.policy import Policy
from policy_service.language.rule_set_names import facts_read_by, names_read_by
from policy_service.language.rule_sets import DecisionTable, Ladder
from simulations.ledger_snapshot.columns import Column
from simulations.replay.asked_facts import TYPES
from simulations.replay.fact_rows import read_only
from simulations.replay.ladder_steps import OUTPUTS
from simulations.replay.plan import Plan
from simulations.warm.changed_rows import ChangedRow, rows_of_rule_set

#: What a run itself takes from a standing: when reviews fall, when money is due, and whether orders go ahead.
_TAKEN_BY_RUNS: Final = frozenset(
    {"next_review_days", "limit_valid_days", "payment_term_days", "prepay_percent", "grace_days", "stop_credit"}
)
#: Facts of the ledger that a limit is part of.
_MADE_OF_LIMITS: Final = frozenset({"headroom", "utilisation"})


def bound_outputs(policy: Policy) -> Column:
    """Return by output of a standing whether what happens to a customer may come of it by more than decisions read.

    That is what a run itself takes, what ladders read or set, and a limit of which other facts are made.
    """
    ladders = [one for one in policy.chain(DecisionType.ESCALATION) if isinstance(one, Ladder)]
    effects = [each.effects for ladder in ladders for each in ladder.levels]
    effects += [each.effects for ladder in ladders for each in ladder.triggers]
    bound = {*_TAKEN_BY_RUNS, *(output.name for outputs in effects for output in outputs)}
    read = {fact.name for fact in facts_read_by(policy, DecisionType.ESCALATION)}
    bound |= {name.removeprefix(PREVIOUS_PREFIX) for name in read}
    if any(fact.name in _MADE_OF_LIMITS for kind in TYPES for fact in facts_read_by(policy, kind)):
        bound.add("credit_limit")
    return read_only(np.array([name in bound for name in OUTPUTS], dtype=np.int64))


def read_of_standing(plan: Plan, slots: Column, is_bound: Column) -> Column:
    """Return what is read at those places of values of outputs that are not bound, as `bearing.READ_AT` and so on."""
    puts = set(map(tuple, plan.standing_puts.tolist()))
    found = [
        (at, slot, output)
        for at, slot in enumerate(slots.tolist())
        for output in np.flatnonzero(is_bound == 0).tolist()
        if (slot, output) in puts
    ]
    return read_only(np.array(found, dtype=np.int64).reshape(-1, 3))


def rows_upon_standing(policy: Policy, decision_type: DecisionType, is_bound: Column) -> Sequence[ChangedRow] | None:
    """Return the rows that match by outputs that are not bound; none if a chain takes anything else from these."""
    free = {name for name, bound in zip(OUTPUTS, is_bound.tolist(), strict=True) if not bound}
    names = free | {PREVIOUS_PREFIX + name for name in free}
    found: list[ChangedRow] = []
    for place, rule_set in enumerate(policy.chain(decision_type)):
        if not names.isdisjoint(rule_set.output_names):
            return None
        if names.isdisjoint(name.name for name in names_read_by(rule_set)):
            continue
        rows = rows_of_rule_set(rule_set)
        if rows is None or not isinstance(rule_set, DecisionTable) or not _says_nothing_of(rule_set, names):
            return None
        found += [ChangedRow(place, row, row, says_the_same=True) for row in rows.values() if row.reads() & names]
    return found


def _says_nothing_of(table: DecisionTable, names: set[str]) -> bool:
    outputs = [output for row in table.rows for output in row.outputs]
    outputs += table.otherwise.outputs if table.otherwise else ()
    return names.isdisjoint(name.name for output in outputs for name in names_in(output.expression))
