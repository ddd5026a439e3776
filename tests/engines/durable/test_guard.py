"""What strays from the safe corner is refused before the engine sees it."""

import json

import pytest

from policy_service.domain.errors import EngineFault
from policy_service.engines.durable.guard import check
from tests.engines.durable.test_native import definition

CATCH_ALL = {"-": {"pri": 65_000, "all": [{"m": {"$and": [{"t": 1}]}}]}}


def rule(*conditions: object, pri: object = 1, **more: object) -> str:
    return json.dumps({"r": {"pri": pri, "all": [{"m": {"$and": [{"t": 1}, *conditions]}}], **more}} | CATCH_ALL)


def test_rules_of_equalities_and_ranges_pass() -> None:
    check("fine", rule({"a": 1}, {"$gte": {"b": -5}}, {"$lte": {"b": 5}}))


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(rule({"a": 1, "b": 2}), id="two keys in a condition"),
        pytest.param(rule({"$gte": {"a": 1, "b": 2}}), id="two keys in a range"),
        pytest.param(rule({"$lt": {"a": 1}}), id="another operator"),
        pytest.param(rule({"$or": [{"a": 1}, {"b": 1}]}), id="a choice"),
        pytest.param(rule({"$gte": {"a": {"$m": "b"}}}), id="a reference"),
        pytest.param(rule({"a": {"$add": {"$l": 1, "$r": 2}}}), id="arithmetic"),
        pytest.param(rule({"a": 1.0}), id="a float"),
        pytest.param(rule({"a": True}), id="a boolean"),
        pytest.param(rule({"a": "1"}), id="a string"),
        pytest.param(rule({"a": None}), id="a null"),
        pytest.param(rule({"a": 2**63}), id="an integer beyond 64 bits"),
        pytest.param(rule({"$mt": {"a": 1}}), id="a regular expression"),
        pytest.param(rule({"id": 1}), id="a reserved name"),
        pytest.param(rule({"liquid": 1}, {"costarring": 1}), id="names of one hash"),
        pytest.param(rule("a"), id="no condition at all"),
        pytest.param(rule({"a": 1}, pri=0), id="a priority of zero"),
        pytest.param(rule({"a": 1}, pri=70_000), id="a priority that wraps"),
        pytest.param(rule({"a": 1}, count=2), id="a key that counts messages"),
        pytest.param(json.dumps(CATCH_ALL)[:-1] + ',"-":{}}', id="a name written twice"),
        pytest.param('{"r":{"pri":1,"all":[{"m":{"$and":[{"t":1}]}}]}}', id="no catch-all"),
        pytest.param('{"r":{"pri":1,"all":[{"m":{"$and":[{"a":1}]}}]}}', id="no discriminator"),
        pytest.param('{"r":{"pri":1,"all":[{"m":{"t":1}},{"n":{"t":1}}]}}', id="a join"),
        pytest.param('{"r":{"pri":1,"any":[{"m":{"t":1}}]}}', id="another gate"),
        pytest.param(definition({str(n): [{"$gte": {f"p{n}": 1}}] for n in range(65)}), id="too much at once"),
        pytest.param(definition({str(n): [{"a": n}] for n in range(512)}), id="too many conditions on a node"),
        pytest.param(definition({str(n): [{"a": 1}] for n in range(256)}), id="too many rules on a chain"),
    ],
)
def test_whatever_strays_is_refused(text: str) -> None:
    with pytest.raises(EngineFault) as fault:
        check("stray", text)
    assert fault.value.code == "E011"
