"""What is said never to overflow never does, whatever the facts are."""

from hypothesis import example, given
from hypothesis import strategies as st

from policy_service.domain.errors import EngineFault
from policy_service.domain.values import LARGEST, MILLION, SMALLEST, UNKNOWN, UNLIMITED, Kind
from policy_service.engines.formulas import prepare, run
from policy_service.language.feel.expressions import (
    Absolute,
    Add,
    Compare,
    Constant,
    Convert,
    Divide,
    Expression,
    Extreme,
    If,
    Multiply,
    Name,
    NameSource,
    Negate,
    Operator,
    Pick,
    Power,
    Subtract,
    Sum,
)
from policy_service.linter.regions.ranges import Range
from simulations.replay.overflows import may_overflow

_NUMBER = Kind.NUMBER
_A, _B = (Name(name, NameSource.FACT, _NUMBER) for name in ("a", "b"))
_FACTS = st.sampled_from([0, 1, -1, MILLION, -MILLION, 10**12, 2**40, LARGEST, SMALLEST, UNLIMITED])


def _operations(of: st.SearchStrategy[Expression]) -> st.SearchStrategy[Expression]:
    conditions = st.builds(Compare, st.sampled_from(Operator), of, of)
    return st.one_of(
        st.builds(Add, of, of, st.just(_NUMBER)),
        st.builds(Subtract, of, of, st.just(_NUMBER)),
        st.builds(Multiply, of, of, st.just(MILLION), st.just(_NUMBER)),
        st.builds(Divide, of, of, st.just(MILLION), st.just(_NUMBER)),
        st.builds(Convert, of, st.just(100), st.just(1), st.just(_NUMBER)),
        st.builds(Power, of, st.integers(0, 3), st.just(MILLION), st.just(_NUMBER)),
        st.builds(Negate, of, st.just(_NUMBER)),
        st.builds(Absolute, of, st.just(_NUMBER)),
        st.builds(Sum, st.tuples(of, of, of), st.just(_NUMBER)),
        st.builds(Pick, st.sampled_from(Extreme), st.tuples(of, of), st.just(_NUMBER)),
        st.builds(If, conditions, of, of, st.just(_NUMBER)),
    )


_FORMULAS = st.recursive(
    st.one_of(st.sampled_from([_A, _B]), st.builds(Constant, _FACTS, st.just(_NUMBER))), _operations, max_leaves=6
)


@given(_FORMULAS, st.lists(_FACTS, min_size=2, max_size=2), st.lists(_FACTS, min_size=2, max_size=2))
@example(Add(_A, _B, _NUMBER), [LARGEST, 0], [1, 0])
@example(Power(_A, 1, MILLION, _NUMBER), [UNLIMITED, 0], [0, 0])
def test_what_may_not_overflow_does_not(formula: Expression, of_a: list[int], of_b: list[int]) -> None:
    """At any combination of the facts' least and largest values, and where they are unknown."""
    known = {name: Range(min(one), max(one), unknown=True) for name, one in (("a", of_a), ("b", of_b))}
    overflows = any(_overflows(formula, a, b) for a in (*of_a, UNKNOWN) for b in (*of_b, UNKNOWN))
    assert may_overflow(formula, {}, known) or not overflows


def test_a_product_of_what_is_small_cannot_overflow() -> None:
    """Else everything would have to be watched."""
    known = {"a": Range(0, 10**12, unknown=True), "b": Range(-(10**9), 10**9, unknown=True)}
    assert not may_overflow(Multiply(_A, _B, MILLION, _NUMBER), {}, known)


def _overflows(formula: Expression, a: int, b: int) -> bool:
    try:
        run(prepare(formula, {}), {"a": a, "b": b})
    except EngineFault:
        return True
    return False
