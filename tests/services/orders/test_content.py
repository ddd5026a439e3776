"""What an order asks for is stored as it always was, whatever its texts are."""

import json

from hypothesis import given
from hypothesis import strategies as st

from policy_service.services.orders.content import texts_written

_TEXTS = st.text(st.characters(exclude_categories=["Cs"]))


@given(st.dictionaries(_TEXTS, _TEXTS))
def test_texts_are_written_as_json_with_sorted_keys(texts: dict[str, str]) -> None:
    assert json.dumps(texts, sort_keys=True, ensure_ascii=False) == texts_written(texts)
