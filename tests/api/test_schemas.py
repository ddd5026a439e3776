"""A question is read by the fields it gives as by all of them: the same values, the same defaults, the same errors."""

from collections.abc import Callable
from typing import Any

import pytest
from marshmallow import Schema, ValidationError, fields

from policy_service.api.fact_fields import Facts
from policy_service.api.schemas import DecisionQuestion

_LEAST = {"type": "order", "customer_id": "C1"}


def _read_in_full(said: object) -> dict[str, Any]:
    read: dict[str, Any] = Schema.load(DecisionQuestion(), said)  # type: ignore[arg-type]
    return read


@pytest.mark.parametrize(
    "more", [{}, {"order_id": "O1", "facts": {"order_amount": 5}}, {"explain": True, "as_of": None, "version": 2}]
)
def test_a_question_has_all_fields_whatever_it_gives(more: dict[str, object]) -> None:
    said = {**_LEAST, **more}
    assert _read_in_full(said) == DecisionQuestion().load(said)


@pytest.mark.parametrize(
    "said",
    [{}, {"type": "order"}, {**_LEAST, "customer_id": ""}, {**_LEAST, "other": 1}, {**_LEAST, "facts": None}, [], None],
)
def test_a_question_that_is_wrong_is_refused_for_the_same_reasons(said: object) -> None:
    with pytest.raises(ValidationError) as in_full:
        _read_in_full(said)
    with pytest.raises(ValidationError) as refused:
        DecisionQuestion().load(said)
    assert in_full.value.messages == refused.value.messages


def test_facts_that_are_left_out_are_a_dictionary_of_each_question() -> None:
    schema = DecisionQuestion()
    assert schema.load(_LEAST)["facts"] is not schema.load(_LEAST)["facts"]


@pytest.mark.parametrize(("name", "first", "second"), [("explain", True, 1), ("dry_run", False, 0), ("policy", "1", 1)])
def test_what_was_read_of_a_value_is_not_taken_for_an_equal_one_of_another_type(
    name: str, first: object, second: object
) -> None:
    schema = DecisionQuestion()
    assert schema.load({**_LEAST, name: first}) == schema.load({**_LEAST, name: first})
    with pytest.raises(ValidationError):
        schema.load({**_LEAST, name: second})


@pytest.mark.parametrize("name", ["a", "é.b", "", "a b", "1a", "a.b.c", "a" * 101])
@pytest.mark.parametrize("value", ["5.00", "", "a\n", "x" * 201, "\ud800", 7, -1, True, 1.5, None, [], {}])
def test_facts_are_read_as_each_of_their_fields_would_read_them(name: str, value: object) -> None:
    for said in ({name: value}, {"b": "1", name: value}, {}):
        assert _found(Facts("", {}).deserialize, said) == _found(_by_field, said)


def _by_field(said: object) -> object:
    return fields.Dict._deserialize(Facts("", {}), said, None, None)


def _found(read: Callable[[object], object], said: object) -> object:
    try:
        return read(said)
    except ValidationError as error:
        return error.messages
