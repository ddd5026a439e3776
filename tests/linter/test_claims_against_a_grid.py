"""Monotonicity claims on random small chains: never proved where a counterexample exists, never refuted wrongly."""

from itertools import combinations, product

from hypothesis import event, given, settings
from hypothesis import strategies as st

from policy_service.domain.findings import Finding
from policy_service.domain.values import UNKNOWN
from policy_service.engines.interpreter import Interpreter
from policy_service.language.feel.expressions import (
    Absolute,
    Add,
    And,
    Compare,
    Divide,
    Expression,
    Extreme,
    If,
    IsNull,
    Multiply,
    Not,
    Operator,
    Or,
    Pick,
    Round,
    Rounding,
    Subtract,
)
from policy_service.language.policy import Policy
from policy_service.language.rule_sets import (
    Aggregation,
    DecisionTable,
    Direction,
    HitPolicy,
    MonotonicityClaim,
    Priority,
    WhenUnknown,
)
from policy_service.linter.claims.monotonicity import check_claims
from policy_service.linter.codes import Code
from policy_service.linter.regions.knowledge import knowledge_of
from tests.examples import examples
from tests.linter.building import WHOLE, between, compares, fact, number, output_name, policy, row, sets, table

A, B, MIDDLE = fact("a"), fact("b"), output_name("middle")
POINTS = range(-1, 5)
#: The fact held fixed may be unknown too.
FIXED = (UNKNOWN, *POINTS)
ONE_ROW_DECIDES = (HitPolicy.FIRST, HitPolicy.UNIQUE, HitPolicy.ANY, HitPolicy.PRIORITY)
AGGREGATIONS = (Aggregation.SUM, Aggregation.MIN, Aggregation.MAX, Aggregation.COUNT)

constants = st.builds(number, st.integers(-2, 4))
cells = st.one_of(
    st.none(),
    st.builds(compares, st.sampled_from(["=", "<", "<=", ">", ">="]), st.integers(0, 3)),
    st.builds(between, st.integers(0, 2), st.integers(2, 4), st.sampled_from(["[)", "(]"])),
)


def conditions(leaves: st.SearchStrategy[Expression]) -> st.SearchStrategy[Expression]:
    return st.one_of(
        st.builds(Compare, st.sampled_from(Operator), leaves, leaves),
        st.builds(IsNull, leaves),
        st.builds(lambda one: Not(IsNull(one)), leaves),
    )


def formulas(*names: Expression) -> st.SearchStrategy[Expression]:
    leaves = st.one_of(constants, st.sampled_from(names))
    return st.one_of(
        leaves,
        st.builds(Add, leaves, leaves, st.just(WHOLE)),
        st.builds(Subtract, leaves, leaves, st.just(WHOLE)),
        st.builds(Multiply, leaves, leaves, st.just(1), st.just(WHOLE)),
        st.builds(lambda way, *two: Pick(way, two, WHOLE), st.sampled_from(Extreme), leaves, leaves),
        st.builds(Divide, leaves, leaves, st.just(1), st.just(WHOLE)),
        st.builds(lambda one: Absolute(one, WHOLE), leaves),
        st.builds(lambda way, one: Round(way, one, 2, WHOLE), st.sampled_from(Rounding), leaves),
        st.builds(lambda one, two: If(IsNull(one), two, one, WHOLE), leaves, leaves),
        st.builds(
            lambda kind, tests, yes, no: If(kind(tests), yes, no, WHOLE),
            st.sampled_from([And, Or]),
            st.tuples(conditions(leaves), conditions(leaves)),
            leaves,
            leaves,
        ),
        st.builds(
            lambda one, two, yes, no: If(Compare(Operator.LESS, one, two), yes, no, WHOLE),
            leaves,
            leaves,
            leaves,
            leaves,
        ),
    )


@st.composite
def tables(draw: st.DrawFn, name: str, inputs: tuple[Expression, ...], output: str, claims: bool) -> DecisionTable:
    aggregation = draw(st.sampled_from([Aggregation.LIST, *AGGREGATIONS]))
    collects = aggregation is not Aggregation.LIST
    hit_policy = HitPolicy.COLLECT if collects else draw(st.sampled_from(ONE_ROW_DECIDES))
    ranked = Priority(output, descending=draw(st.booleans())) if hit_policy is HitPolicy.PRIORITY else None
    lines = draw(st.lists(st.tuples(*(cells for _ in inputs), formulas(*inputs)), min_size=1, max_size=4))
    rows = [row(f"{name}{number}", line[:-1], sets(**{output: line[-1]})) for number, line in enumerate(lines)]
    claim = MonotonicityClaim(output, draw(st.sampled_from(Direction)), "a")
    otherwise = draw(st.one_of(st.none(), st.builds(lambda each: sets(**{output: each}), constants)))
    return table(
        inputs,
        rows,
        hit_policy,
        name=name,
        otherwise=otherwise,
        when_unknown=draw(st.sampled_from(WhenUnknown)),
        claims=(claim,) if claims else (),
        aggregation=aggregation,
        priority=ranked,
    )


def values_of(tried: Policy) -> dict[tuple[int, int], int]:
    """Return the last output at every point, as the reference engine says."""
    engine = Interpreter(tried)
    found = {}
    for a, b in product(POINTS, FIXED):
        known = {"a": a, "b": b}
        for rule_set in tried.rule_sets:
            result = engine.evaluate(rule_set.name, known)
            if result.outcome is not None:
                known = {}
                break
            known |= {name: result.outputs.get(name, UNKNOWN) for name in rule_set.output_names}
        if known.get("x", UNKNOWN) != UNKNOWN:
            found[a, b] = known["x"]
    return found


def violates(direction: Direction, before: int, after: int) -> bool:
    return after > before if direction is Direction.NEVER_RISES else after < before


def agrees_with_the_grid(tried: Policy) -> None:
    claim = tried.rule_sets[-1].claims[0]
    findings = list(check_claims(knowledge_of(tried)))
    values = values_of(tried)
    violated = any(
        violates(claim.direction, values[first, b], values[second, b])
        for b in FIXED
        for first, second in combinations(POINTS, 2)
        if (first, b) in values and (second, b) in values
    )
    code = Code(findings[0].code)
    event(f"{code.name}, {'violated' if violated else 'holds'}")
    if code is Code.CLAIM_PROVED:
        assert not violated
    if code is Code.CLAIM_REFUTED:
        assert is_a_counterexample(findings[0], tried, claim.direction)


def is_a_counterexample(finding: Finding, tried: Policy, direction: Direction) -> bool:
    example = dict(finding.example)
    outputs = []
    for a in (example["a"], example["a (then)"]):
        known = {"a": a, "b": example.get("b", UNKNOWN)}
        for rule_set in tried.rule_sets:
            known |= Interpreter(tried).evaluate(rule_set.name, known).outputs
        outputs.append(known["x"])
    return example["a"] < example["a (then)"] and violates(direction, *outputs)


@settings(max_examples=examples(80), deadline=None)
@given(tables("x", (A, B), "x", claims=True))
def test_a_claim_about_one_table_is_answered_rightly(tried: DecisionTable) -> None:
    agrees_with_the_grid(policy(tried, facts=(A, B), outputs={"x": WHOLE}))


@settings(max_examples=examples(80), deadline=None)
@given(tables("m", (A,), "middle", claims=False), tables("x", (MIDDLE, B), "x", claims=True))
def test_a_claim_through_an_earlier_table_is_answered_rightly(first: DecisionTable, second: DecisionTable) -> None:
    agrees_with_the_grid(policy(first, second, facts=(A, B), outputs={"middle": WHOLE, "x": WHOLE}))


@settings(max_examples=examples(80), deadline=None)
@given(tables("m", (A, B), "middle", claims=False), tables("x", (MIDDLE, A), "x", claims=True))
def test_a_claim_on_a_fact_read_twice_is_answered_rightly(first: DecisionTable, second: DecisionTable) -> None:
    agrees_with_the_grid(policy(first, second, facts=(A, B), outputs={"middle": WHOLE, "x": WHOLE}))
