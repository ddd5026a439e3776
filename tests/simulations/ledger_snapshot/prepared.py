"""How the facts prepare a ledger, to hold a snapshot of it against."""

import numpy as np
from hypothesis import settings

from policy_service.domain.entries import Ledger
from policy_service.facts.currency import RateTable
from policy_service.facts.prepared_history import PreparedHistory, prepare_history
from tests.examples import examples

#: To draw a ledger takes longer than to look at it; the long tests look at many.
FEW = settings(max_examples=examples(25), deadline=None)


def prepared(of: Ledger) -> list[PreparedHistory]:
    """Return the histories as the facts prepare them, by customer id."""
    rates = RateTable(of)
    return [prepare_history(of.histories[name], rates, of.has_orders_file) for name in sorted(of.histories)]


def rows(begins: np.ndarray, number: int) -> slice:
    """Return where the rows of a customer stand."""
    return slice(int(begins[number]), int(begins[number + 1]))


def invoice_of_each(begins: np.ndarray) -> np.ndarray:
    """Return of each row upon an invoice the number of that invoice."""
    return np.repeat(np.arange(len(begins) - 1), np.diff(begins))
