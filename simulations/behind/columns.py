"""The tables behind a simulation's figures: which there are, and the columns of each."""

from typing import Final

import pyarrow as pa

from simulations.accounting.kpis import BUCKETS
from simulations.accounting.places import AGES, COLLECTED, WRITTEN_OFF
from simulations.comparison.customers import FIGURES

#: The files, as they are called among those of a result.
ORDERS: Final = "orders.parquet"
STEPS: Final = "steps.parquet"
CHANGES: Final = "changes.parquet"

#: The sides, in the order of a simulation's traces.
SIDES: Final = ("baseline", "candidate")

#: Further figures of a customer that add up to the report's, with the place of each among a run's sums.
SUMMED: Final = {
    "collected": COLLECTED,
    "write_offs": WRITTEN_OFF,
    **{f"ageing_{bucket}": AGES + place for place, bucket in enumerate(BUCKETS)},
}

_TEXT: Final = pa.string()
_WHOLE: Final = pa.int64()

#: A row per order dated in the window; amounts in minor units of the base currency, `sold` 1 if it is counted as sold.
ORDER_COLUMNS: Final = pa.schema(
    [
        ("order_id", _TEXT),
        ("customer_id", _TEXT),
        ("date", _TEXT),
        ("amount", _WHOLE),
        *(
            (f"{side}_{name}", kind)
            for side in SIDES
            for name, kind in (
                ("outcome", _TEXT),
                ("reason", _TEXT),
                ("rule_set", _TEXT),
                ("row", _TEXT),
                ("sold", _WHOLE),
            )
        ),
    ]
)
#: A row per case step: a level fired for a customer on a day, by so many `notices`; `opened` cases it opened.
STEP_COLUMNS: Final = pa.schema(
    [
        ("customer_id", _TEXT),
        ("date", _TEXT),
        ("week", _TEXT),
        ("side", _TEXT),
        ("level", _TEXT),
        ("owner", _TEXT),
        ("notices", _WHOLE),
        ("opened", _WHOLE),
        ("invoice_id", _TEXT),
    ]
)
#: A row per customer. `why_` tells of the first order that is decided otherwise: nothing of a customer without one.
#: Value, bound and distance are in steps of `why_kind`; nearness is the distance as millionths of value or bound.
CHANGE_COLUMNS: Final = pa.schema(
    [
        ("customer_id", _TEXT),
        ("moved_amount", _WHOLE),
        *((f"{side}_{name}", _WHOLE) for side in SIDES for name in (*FIGURES, *SUMMED)),
        *((f"{side}_grade", _TEXT) for side in SIDES),
        ("why_order_id", _TEXT),
        ("why_date", _TEXT),
        ("why_rule_set", _TEXT),
        ("why_row", _TEXT),
        ("why_cell", _TEXT),
        ("why_cell_row", _TEXT),
        ("why_kind", _TEXT),
        ("why_value", _WHOLE),
        ("why_bound", _WHOLE),
        ("why_distance", _WHOLE),
        ("why_nearness", _WHOLE),
    ]
)
