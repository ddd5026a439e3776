"""Labels never tell apart what may be the same."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from simulations.ledger_snapshot.labels import NO_NAME, NOBODY, Companies, Labels, hash_of

NAMES = st.lists(st.tuples(st.integers(-3, 3), st.integers(1, 4)), max_size=12)


def column(values: list[int]) -> np.ndarray:
    return np.array(values, dtype=np.int64)


@given(NAMES)
def test_labels_of_a_name_that_has_several_are_all_doubtful(pairs: list[tuple[int, int]]) -> None:
    labels = Labels(column([name for name, _ in pairs]), column([label for _, label in pairs]))
    of = {name: {label for other, label in pairs if other == name} for name, _ in pairs if name != NO_NAME}
    expected = set().union(*(several for several in of.values() if len(several) > 1))
    assert expected == set(labels.doubtful.tolist())


@given(NAMES, st.integers(-5, 5))
def test_a_name_has_one_of_its_labels_and_an_unknown_one_is_nobodys(pairs: list[tuple[int, int]], name: int) -> None:
    labels = Labels(column([name for name, _ in pairs]), column([label for _, label in pairs]))
    own = {label for other, label in pairs if other == name} if name != NO_NAME else set()
    assert labels.of(column([name]))[0] in (own or {NOBODY})


def test_no_name_has_a_hash_that_no_other_has() -> None:
    assert NO_NAME == hash_of("")
    assert NO_NAME not in {hash_of(str(number)) for number in range(1000)}


@given(st.lists(st.tuples(st.sampled_from("ABCDEF"), st.sampled_from("ABCDEF")), max_size=8))
def test_customers_who_are_joined_through_others_have_one_label(pairs: list[tuple[str, str]]) -> None:
    companies = Companies()
    for one, other in pairs:
        companies.join(one, other)
    labels = dict(zip("ABCDEF", companies.labels("ABCDEF").tolist(), strict=True))
    for name in "ABCDEF":
        reached = {name}
        while grown := {other for pair in pairs if reached & set(pair) for other in pair} - reached:
            reached |= grown
        assert {one for one in "ABCDEF" if labels[one] == labels[name]} == reached


def test_nobody_is_no_customer() -> None:
    assert [NOBODY, 1] == Companies().labels(["", "A"]).tolist()
