"""What queries can say of a replay: the default policy's order check in an open loop, under a standing that stays.

In an open loop every order counts as let through, so that balances are sums over what is recorded, whatever was
decided. Reviews that follow from events, and a ladder whose effects last until something is paid, no query says: the
policy is cut down to one standing, that of a B customer, and the order check as it is.
"""

from dataclasses import replace
from pathlib import Path
from shutil import copy
from tempfile import TemporaryDirectory
from typing import Final

import numpy as np
import pyarrow as pa
import yaml

from benchmarks.hand_written.policy import LIMITS, B
from benchmarks.replays.ledgers import RULES, WINDOW
from policy_service.language.load import load_policy
from policy_service.language.policy import Policy
from simulations.ledger_snapshot.columns import Column
from simulations.ledger_snapshot.snapshot import Snapshot
from simulations.replay.options import Mode, Options
from simulations.replay.trace import Trace

OPEN_LOOP: Final[Options] = replace(WINDOW, mode=Mode.OPEN)
#: What is tolerated of the limit, in cents.
TOLERATED: Final = LIMITS[B] * 11 // 10
#: What a query says of an order, by the row of the order check that is hit first.
ROWS: Final = ("O20", "O30", "otherwise")
_SAID: Final = {"credit_limit": "limit_b", "payment_term_days": "full_term", "prepay_percent": 0, "grace_days": 3}
_STANDING: Final = {
    "decision_table": "standing",
    "hit_policy": "first",
    "title": {"en": "One standing for all", "zh": "统一额度"},
    "rows": [{"id": "S1", "when": {"oldest_days_past_due": ">= 0"}, "then": _SAID}],
    "otherwise": dict(_SAID),
}


def order_check_alone() -> Policy:
    """Return the policy cut down to what queries can say."""
    with TemporaryDirectory() as made:
        rules, source = Path(made), RULES / "sme_simple"
        folder = rules / "order_check_alone"
        folder.mkdir()
        for name in ("facts", "formulas", "reasons"):
            copy(RULES / f"{name}.yaml", rules)
        copy(source / "order_check.yaml", folder)
        whole = yaml.safe_load((source / "policy.yaml").read_text("utf-8"))
        own = {"policy": folder.name, "rule_sets": ["standing", "order_check"]}
        kept = {name: said for name, said in whole.items() if name != "review_on"}
        (folder / "policy.yaml").write_text(yaml.safe_dump(kept | own, allow_unicode=True), "utf-8")
        (folder / "standing.yaml").write_text(yaml.safe_dump(_STANDING, allow_unicode=True), "utf-8")
        return load_policy(folder)


def rows_hit(trace: Trace) -> Column:
    """Return by order of the window, as the product decided them, the place in ROWS of the first row hit."""
    places = np.full(len(trace.rows), -1, dtype=np.int64)
    for place, row in enumerate(ROWS):
        places[trace.rows.index(("order_check", row))] = place
    return places[trace.orders.hit]


def tables(snapshot: Snapshot) -> dict[str, pa.Table]:
    """Return what the queries read: invoices, postings and disputes, as they are recorded."""
    invoices, postings, disputes = snapshot.invoices, snapshot.postings, snapshot.disputes
    every = np.arange(len(invoices.issued))
    return {
        "invoices": pa.table(
            {
                "invoice": every,
                "customer": invoices.customer,
                "ordered": invoices.ordered,
                "issued": invoices.issued,
                "due": invoices.due,
                "known": invoices.known_from + 1,
                "amount": invoices.amount,
            }
        ),
        "postings": pa.table(
            {
                "invoice": np.repeat(every, np.diff(postings.begins)),
                "morning": postings.known_from + 1,
                "part": postings.written,
            }
        ),
        "disputes": pa.table(
            {
                "invoice": np.repeat(every, np.diff(disputes.begins)),
                "disputed": disputes.known_from + 1,
                "settled": disputes.closed + 1,
            }
        ),
    }
