"""How large the amounts of a snapshot can become, and whether every fact made of them keeps within 64 bits."""

from typing import Final

import numpy as np

from policy_service.language.definitions.built_in_facts import declared_name
from policy_service.language.definitions.dictionary import FactDefinition, MeasureKind
from simulations.ledger_snapshot.snapshot import Snapshot
from simulations.replay.fact_rows import DIVISOR, FACTOR, FactRows

#: How much smaller than 64 bits what is added up has to be, so that no fact is out of bounds.
MARGIN: Final = 4
#: A built-in fact that is made of a balance many times over, so that it may leave 64 bits although its parts do not.
_MAY_BE_HUGE: Final = "days_sales_outstanding_90d"


def most_of_a_unit(snapshot: Snapshot) -> float:
    """Return what the customers of one unit ever owed or asked for at most, in minor units.

    As doubles: an order of magnitude is all that matters.
    """
    return max(
        float(np.bincount(np.repeat(snapshot.groups.unit, np.diff(table.begins)), np.abs(table.amount)).max(initial=0))
        for table in (snapshot.invoices, snapshot.orders)
    )


def fit(rows: FactRows, total: float) -> bool:
    """Return whether facts that are made of at most that total keep within bounds."""
    largest = max((row[FACTOR] / row[DIVISOR] for row in rows.rows.tolist()), default=1.0)
    return total * max(largest, 1.0) * MARGIN < 2.0**63


def may_be_huge(fact: FactDefinition) -> bool:
    """Return whether a fact may leave its bounds although the amounts that it is made of keep within theirs."""
    is_slope = fact.measure is not None and fact.measure.measure.kind is MeasureKind.SLOPE
    return is_slope or declared_name(fact.name) == _MAY_BE_HUGE
