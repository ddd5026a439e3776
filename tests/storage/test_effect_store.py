"""An effect of a ladder is in force once, from its step until its release."""

import pytest

from policy_service.domain.errors import PolicyServiceError
from policy_service.storage.database import Database
from policy_service.storage.effect_store import EffectStore, StoredEffect
from tests.storage.standings import known


def effect(level: str, output: str = "stop_credit", value: str = "true", customer_id: str = "C1") -> StoredEffect:
    return StoredEffect(customer_id, "collection", level, output, value, "D1", 10, "ada")


def test_effects_are_in_force_from_their_begin_until_their_end(database: Database) -> None:
    known(database, "C1", "C2")
    first, second = effect("L2"), effect("L3", "payment_term_days", "")
    with database.writing() as session:
        EffectStore(session).add([first, second, effect("L2", customer_id="C2")])
    with database.writing() as session:
        EffectStore(session).end("C1", [("collection", "L2"), ("collection", "L9")], 20, "bob")

    with database.reading() as session:
        store = EffectStore(session)
        assert store.in_force("C1") == (second,)
        assert [one.level for one in store.in_force("C1", 19)] == ["L2", "L3"]
        assert store.in_force("C1", 9) == ()
        assert [one.customer_id for one in store.in_force_of(["C1", "C2", "C3"])["C2"]] == ["C2"]
        assert [(one.level, one.ended_at, one.ended_by) for one in store.history("C1")] == [
            ("L2", 20, "bob"),
            ("L3", None, ""),
        ]


def test_an_effect_in_force_cannot_begin_again_but_one_that_ended_can(database: Database) -> None:
    known(database, "C1")
    with database.writing() as session:
        EffectStore(session).add([effect("L2")])
    with pytest.raises(PolicyServiceError) as refused, database.writing() as session:
        EffectStore(session).add([effect("L2", value="false")])
    assert refused.value.code == "S210"

    with database.writing() as session:
        EffectStore(session).end("C1", [("collection", "L2")], 20, "bob")
        EffectStore(session).add([effect("L2")])
        assert len(EffectStore(session).history("C1")) == 2
