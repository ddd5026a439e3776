"""A question is read by the fields it gives as by all of them: the same values, the same defaults, the same errors."""

from typing import Any

import pytest
from marshmallow import Schema, ValidationError

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
