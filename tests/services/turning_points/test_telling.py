"""How far a fact is turned: no further than it can be."""

import pytest

from policy_service.domain.values import MILLION, Kind
from policy_service.language.definitions.dictionary import FactDefinition, FactSource
from policy_service.services.record import FactRead
from policy_service.services.turning_points.telling import reach
from tests.facts.small_ledgers import declared


@pytest.mark.parametrize(
    ("definition", "least"),
    [
        (declared("promises", "count", where="broken"), 0),
        (declared("payments", "days_since_last", Kind.DAYS), 0),
        (FactDefinition("net_worth", Kind.MONEY, FactSource.CUSTOMER), -(10**15)),
        (FactDefinition("exposure", Kind.MONEY, FactSource.BUILT_IN), 0),
        (FactDefinition("headroom", Kind.MONEY, FactSource.BUILT_IN), -(10**15)),
    ],
    ids=lambda one: getattr(one, "name", str(one)),
)
def test_what_is_counted_is_not_turned_below_nothing(definition: FactDefinition, least: int) -> None:
    fact = FactRead(definition.name, definition.kind, MILLION, definition.source)
    assert least == reach(fact, definition)[0]
