"""Values made quickly are what frozen dataclasses are, in every other way."""

import copy
import pickle
from dataclasses import FrozenInstanceError, dataclass, field, fields, replace

import pytest

from policy_service.domain.quick_values import quickly_made


@quickly_made
@dataclass(frozen=True, slots=True)
class Limit:
    """A value."""

    amount: int
    reasons: tuple[str, ...] = ()
    by_name: dict[str, int] = field(default_factory=dict)


@quickly_made
@dataclass(frozen=True, slots=True)
class Checked:
    """A value that looks at itself."""

    amount: int

    def __post_init__(self) -> None:
        """Refuse what is too little."""
        if self.amount < 0:
            raise ValueError("too little")


@dataclass(frozen=True, slots=True)
class Derived(Limit):
    """A value with more."""

    until: int = 0


class Named(Limit):
    """One without fields of its own."""


def test_fields_are_set_in_their_order_by_name_and_by_default() -> None:
    assert (1, ("a",), {"x": 2}) == _cells(Limit(1, ("a",), {"x": 2}))
    assert (1, ("a",), {"x": 2}) == _cells(Limit(by_name={"x": 2}, amount=1, reasons=("a",)))
    assert (1, (), {}) == _cells(Limit(1))


def test_a_default_that_is_made_is_made_for_each() -> None:
    assert Limit(1).by_name is not Limit(1).by_name


def test_no_field_can_be_changed_or_taken_away() -> None:
    value = Limit(1)
    with pytest.raises(FrozenInstanceError):
        value.amount = 2  # type: ignore[misc]
    with pytest.raises(FrozenInstanceError):
        del value.amount
    assert type(value) is Limit


def test_what_is_missing_or_too_much_is_refused() -> None:
    with pytest.raises(TypeError, match="amount"):
        Limit()  # type: ignore[call-arg]
    with pytest.raises(TypeError, match="other"):
        Limit(1, other=2)  # type: ignore[call-arg]


def test_values_are_equal_written_copied_and_replaced_as_before() -> None:
    value = Limit(1, ("a",))
    assert Limit(1, ("a",)) == value
    assert "Limit(amount=1, reasons=('a',), by_name={})" == repr(value)
    assert value == copy.copy(value) == copy.deepcopy(value) == pickle.loads(pickle.dumps(value))  # noqa: S301 # our own
    assert Limit(2, ("a",)) == replace(value, amount=2)
    assert ["amount", "reasons", "by_name"] == [one.name for one in fields(value)]


def test_a_value_looks_at_itself_when_it_is_made() -> None:
    assert 1 == Checked(1).amount
    with pytest.raises(ValueError, match="too little"):
        Checked(-1)


def test_a_derived_class_stays_itself() -> None:
    assert (1, ("a",), {}, 5) == (*_cells(Derived(1, ("a",), until=5)), Derived(1, until=5).until)
    assert Derived is type(Derived(1))
    assert Named is type(Named(1, ("a",)))
    assert (1, ("a",), {}) == _cells(Named(1, ("a",)))


def test_a_class_of_another_kind_is_refused() -> None:
    @dataclass(slots=True)
    class Open:
        amount: int

    @dataclass(frozen=True, slots=True, kw_only=True)
    class ByName:
        amount: int

    for kind in (Open, ByName, Derived):
        with pytest.raises(TypeError, match=kind.__name__):
            quickly_made(kind)


def _cells(value: Limit) -> tuple[object, ...]:
    return value.amount, value.reasons, value.by_name
