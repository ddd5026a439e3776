"""Texts in a column are a sequence of texts like any other."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from simulations.ledger_snapshot.ranks import ranks
from simulations.ledger_snapshot.texts import PickedTexts, Texts, text_column
from simulations.ledger_snapshot.words import WordList

TEXTS = st.lists(st.text(max_size=4), max_size=8)


@given(TEXTS, st.integers(-9, 9), st.integers(-9, 9))
def test_they_are_read_one_by_one_all_together_or_in_part(texts: list[str], first: int, end: int) -> None:
    kept = Texts(text_column(texts))
    assert texts == list(kept) == [kept[place] for place in range(len(kept))]
    assert texts[first:end] == list(kept[first:end])
    assert texts == kept
    assert hash(kept) == hash(Texts(text_column(texts)))


@given(TEXTS)
def test_their_ranks_are_their_places_by_code_point(texts: list[str]) -> None:
    found = ranks(text_column(texts)).tolist()
    assert sorted(range(len(texts))) == sorted(found)
    assert sorted(texts) == [text for _, text in sorted(zip(found, texts, strict=True))]


@given(st.lists(TEXTS, max_size=3))
def test_words_are_numbered_as_they_come_and_placed_by_code_point(parts: list[list[str]]) -> None:
    known = WordList()
    numbers = [known.numbers(part) for part in parts]
    words, places = known.in_order()
    assert sorted({"", *(word for part in parts for word in part)}) == words
    assert parts == [[words[place] for place in places[own].tolist()] for own in numbers]


@given(st.lists(st.text(), max_size=8), st.data(), st.booleans())
def test_those_at_some_places_are_texts_again(texts: list[str], data: st.DataObject, in_column: bool) -> None:
    """Any of them, as often as they are asked for, of a column or of a list, and part of them too."""
    places = data.draw(st.lists(st.integers(0, len(texts) - 1), max_size=8)) if texts else []
    expected = [texts[place] for place in places]
    found = PickedTexts(Texts(text_column(texts)) if in_column else texts, np.array(places, dtype=np.int64))
    assert expected == list(found) == [found[place] for place in range(len(found))]
    assert expected[2:5] == list(found[2:5])
    assert found == expected
    assert hash(found) == hash(Texts(text_column(expected)))
    assert found != [*expected, "another"]
