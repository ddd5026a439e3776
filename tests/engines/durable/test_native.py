"""A ruleset in the C engine keeps to the safe corner, and is made anew when anything goes wrong."""

import json
import threading
from collections.abc import Sequence

import durable_rules_engine
import pytest

from policy_service.domain.errors import EngineFault
from policy_service.engines.durable import native
from policy_service.engines.durable.native import CATCH_ALL, MESSAGE_HEAD, NativeRuleset

FIRST_MESSAGE = MESSAGE_HEAD + ',"a":0,"b":0}'


def definition(rules: dict[str, Sequence[object]]) -> str:
    written = {
        name: {"pri": place, "all": [{"m": {"$and": [{"t": 1}, *conditions]}}]}
        for place, (name, conditions) in enumerate(rules.items(), 1)
    }
    return json.dumps(written | {CATCH_ALL: {"pri": 65_000, "all": [{"m": {"$and": [{"t": 1}]}}]}})


def message(**properties: int) -> str:
    return MESSAGE_HEAD + "".join(f',"{name}":{value}' for name, value in properties.items()) + "}"


TWO_RULES = definition({"big": [{"$gte": {"a": 10}}], "exact": [{"a": 12}, {"b": 1}]})


def test_the_first_rule_by_priority_is_returned() -> None:
    ruleset = NativeRuleset("first", TWO_RULES, FIRST_MESSAGE)
    assert ruleset.first(message(a=12, b=1)) == "big"
    assert ruleset.first(message(a=9, b=1)) == CATCH_ALL
    ruleset.close()


def test_every_rule_that_matches_is_returned_without_the_catch_all() -> None:
    ruleset = NativeRuleset("all", TWO_RULES, FIRST_MESSAGE)
    assert sorted(ruleset.matches(message(a=12, b=1))) == ["big", "exact"]
    assert ruleset.matches(message(a=9, b=1)) == []
    ruleset.close()


def test_the_same_message_may_be_decided_again_and_again() -> None:
    ruleset = NativeRuleset("again", TWO_RULES, FIRST_MESSAGE)
    assert [ruleset.matches(message(a=11, b=0)) for _ in range(3)] == [["big"]] * 3
    assert [ruleset.first(message(a=11, b=0)) for _ in range(3)] == ["big"] * 3
    ruleset.close()


def test_a_message_that_no_rule_handles_is_a_fault_and_the_next_decision_is_right() -> None:
    ruleset = NativeRuleset("stray", TWO_RULES, FIRST_MESSAGE)
    with pytest.raises(EngineFault, match="was made anew"):
        ruleset.first(f'{{"sid":"{native.SESSION}","id":"{native.MESSAGE_ID}","t":2}}')
    assert ruleset.first(message(a=12, b=1)) == "big"
    ruleset.close()


def test_half_made_matches_of_a_failed_decision_do_not_fire_for_the_next_customer() -> None:
    """Seventy conditions match at once: the engine fails midway, with some matches of customer A made."""
    rules: dict[str, Sequence[object]] = {f"range {place}": [{"$gte": {f"p{place}": 1}}] for place in range(70)}
    names = [f"p{place}" for place in range(70)]
    ruleset = NativeRuleset("leak", definition(rules), message(**dict.fromkeys(names, 0)))
    with pytest.raises(EngineFault) as fault:
        ruleset.matches(message(**dict.fromkeys(names, 1)))
    assert fault.value.code == "E010"
    assert ruleset.matches(message(**dict.fromkeys(names, 0), customer=2)) == []
    assert ruleset.matches(message(**dict.fromkeys(names, 0) | {"p3": 1})) == ["range 3"]
    ruleset.close()


def test_an_action_about_another_message_is_a_fault(monkeypatch: pytest.MonkeyPatch) -> None:
    class Confused:
        @staticmethod
        def assert_event(handle: int, text: str) -> tuple[int, int]:
            return 0, 1

        @staticmethod
        def start_action_for_state(handle: int, session: int) -> tuple[str, str]:
            return "{}", '{"big":{"m":{"sid":"0","id":"m","t":1,"a":999}}}'

        delete_state = staticmethod(durable_rules_engine.delete_state)
        delete_ruleset = staticmethod(durable_rules_engine.delete_ruleset)
        create_ruleset = staticmethod(durable_rules_engine.create_ruleset)
        assert_fact = staticmethod(durable_rules_engine.assert_fact)

    ruleset = NativeRuleset("confused", TWO_RULES, FIRST_MESSAGE)
    with monkeypatch.context() as patch:
        patch.setattr(native, "c_engine", Confused)
        with pytest.raises(EngineFault, match="a rule fired on another message"):
            ruleset.first(message(a=12, b=1))
    assert ruleset.first(message(a=12, b=1)) == "big"
    ruleset.close()


def test_an_interrupt_passes_and_leaves_a_ruleset_that_works(monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(handle: int, text: str) -> str:
        durable_rules_engine.assert_event(handle, text)
        raise KeyboardInterrupt

    ruleset = NativeRuleset("interrupted", TWO_RULES, FIRST_MESSAGE)
    with monkeypatch.context() as patch:
        patch.setattr(native, "_first_rule", interrupted)
        with pytest.raises(KeyboardInterrupt):
            ruleset.first(message(a=12, b=1))
    assert ruleset.first(message(a=1, b=1)) == CATCH_ALL
    ruleset.close()


def test_a_ruleset_that_could_not_be_made_anew_is_tried_again_at_the_next_decision(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def refuse(name: str, text: str) -> int:
        raise MemoryError

    ruleset = NativeRuleset("twice", TWO_RULES, FIRST_MESSAGE)
    with monkeypatch.context() as patch:
        patch.setattr(durable_rules_engine, "create_ruleset", refuse)
        for _ in range(2):
            with pytest.raises(EngineFault):
                ruleset.first('{"sid":"0","id":"m"}')
    assert ruleset.first(message(a=12, b=1)) == "big"
    ruleset.close()


def test_a_closed_ruleset_decides_nothing() -> None:
    ruleset = NativeRuleset("closed", TWO_RULES, FIRST_MESSAGE)
    ruleset.close()
    ruleset.close()
    with pytest.raises(EngineFault) as fault:
        ruleset.first(FIRST_MESSAGE)
    assert fault.value.code == "E013"


def test_text_that_the_engine_refuses_is_a_fault() -> None:
    with pytest.raises(EngineFault) as fault:
        NativeRuleset("refused", '{"r":{"all":[{"m":{"$nor":[{"t":1}]}}]}}', FIRST_MESSAGE)
    assert fault.value.code == "E011"


def test_threads_that_share_a_ruleset_get_their_own_answers() -> None:
    rules: dict[str, Sequence[object]] = {str(place): [{"a": place}] for place in range(8)}
    ruleset = NativeRuleset("shared", definition(rules), FIRST_MESSAGE)
    wrong: list[object] = []

    def decide(place: int) -> None:
        for _ in range(500):
            answers = (ruleset.first(message(a=place, b=0)), *ruleset.matches(message(a=place, b=0)))
            if answers != (str(place), str(place)):
                wrong.append(answers)

    threads = [threading.Thread(target=decide, args=(place,)) for place in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    ruleset.close()
    assert wrong == []
