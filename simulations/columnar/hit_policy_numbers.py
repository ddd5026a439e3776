"""Hit policies and aggregations by their number in a program."""

from typing import Final

from policy_service.language.rule_sets import Aggregation, HitPolicy

HIT_POLICIES: Final = tuple(HitPolicy)
AGGREGATIONS: Final = tuple(Aggregation)

UNIQUE: Final = HIT_POLICIES.index(HitPolicy.UNIQUE)
ANY: Final = HIT_POLICIES.index(HitPolicy.ANY)
PRIORITY: Final = HIT_POLICIES.index(HitPolicy.PRIORITY)
FIRST: Final = HIT_POLICIES.index(HitPolicy.FIRST)
OUTPUT_ORDER: Final = HIT_POLICIES.index(HitPolicy.OUTPUT_ORDER)
COLLECT: Final = HIT_POLICIES.index(HitPolicy.COLLECT)
LIST: Final = AGGREGATIONS.index(Aggregation.LIST)
SUM: Final = AGGREGATIONS.index(Aggregation.SUM)
MIN: Final = AGGREGATIONS.index(Aggregation.MIN)
MAX: Final = AGGREGATIONS.index(Aggregation.MAX)
COUNT: Final = AGGREGATIONS.index(Aggregation.COUNT)
