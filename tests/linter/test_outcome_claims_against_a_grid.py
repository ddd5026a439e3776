"""Claims about tables in which several rows hit and the most severe outcome wins, against the reference engine."""

from itertools import combinations, product

from hypothesis import event, given, settings
from hypothesis import strategies as st

from policy_service.domain.outcomes import EngineReason, Outcome
from policy_service.domain.values import UNKNOWN, Kind
from policy_service.engines.interpreter import Interpreter
from policy_service.language.cells import Output
from policy_service.language.feel.expressions import Constant
from policy_service.language.policy import Policy
from policy_service.language.rule_sets import DecisionTable, Direction, HitPolicy, MonotonicityClaim, WhenUnknown
from policy_service.linter.claims.monotonicity import check_claims
from policy_service.linter.codes import Code
from policy_service.linter.regions.knowledge import knowledge_of
from tests.examples import examples
from tests.linter.building import WHOLE, between, compares, fact, number, policy, row, table

A, B = fact("a"), fact("b")
POINTS = range(-1, 5)
FIXED = (UNKNOWN, *POINTS)
VOCABULARY = tuple(sorted(Outcome))
SEVERAL_HIT = (HitPolicy.RULE_ORDER, HitPolicy.OUTPUT_ORDER, HitPolicy.COLLECT)
ENGINE_REASONS = frozenset(EngineReason)

cells = st.one_of(
    st.none(),
    st.builds(compares, st.sampled_from(["=", "<", "<=", ">", ">="]), st.integers(0, 3)),
    st.builds(between, st.integers(0, 2), st.integers(2, 4), st.sampled_from(["[)", "(]"])),
)


@st.composite
def outputs(draw: st.DrawFn) -> tuple[Output, ...]:
    outcome, amount = draw(st.one_of(st.none(), st.sampled_from(VOCABULARY))), draw(st.none() | st.integers(0, 4))
    code = Constant(VOCABULARY.index(outcome), Kind.CATEGORY) if outcome else None
    said = (Output("outcome", Kind.CATEGORY, "", code),) if code else ()
    return said if amount is None else (*said, Output("x", WHOLE, str(amount), number(amount)))


@st.composite
def tables(draw: st.DrawFn) -> DecisionTable:
    lines = draw(st.lists(st.tuples(cells, cells, outputs()), min_size=1, max_size=5))
    rows = [row(f"R{place}", line[:-1], line[-1]) for place, line in enumerate(lines)]
    always = row("Z", (compares("=", -9), None), (Output("outcome", Kind.CATEGORY, "", Constant(0, Kind.CATEGORY)),))
    sets = {output.name for each in rows for output in each.outputs}
    claim = MonotonicityClaim(draw(st.sampled_from(sorted(sets | {"outcome"}))), draw(st.sampled_from(Direction)), "a")
    return table(
        (A, B),
        (*rows, always),
        draw(st.sampled_from(SEVERAL_HIT)),
        otherwise=draw(st.one_of(st.none(), outputs())),
        when_unknown=draw(st.sampled_from(WhenUnknown)),
        claims=(claim,),
    )


def said_at(tried: Policy, output: str, a: int, b: int) -> int:
    """Return what the reference engine says at a point; unknown where it is the engine that refers."""
    result = Interpreter(tried).evaluate("table", {"a": a, "b": b})
    if output != "outcome":
        value = result.outputs.get(output, UNKNOWN)
        assert isinstance(value, int)
        return value
    if result.outcome is None or any(reason.code in ENGINE_REASONS for reason in result.reasons):
        return UNKNOWN
    return -tried.severity.index(result.outcome)


def goes_wrong(direction: Direction, before: int, after: int) -> bool:
    return after > before if direction is Direction.NEVER_RISES else after < before


@settings(max_examples=examples(150), deadline=None)
@given(tables())
def test_what_the_most_severe_outcome_decides_is_answered_rightly(tried: DecisionTable) -> None:
    whole = policy(tried, facts=(A, B), vocabulary=VOCABULARY, outputs={"x": WHOLE, "outcome": Kind.CATEGORY})
    claim = tried.claims[0]
    finding = next(check_claims(knowledge_of(whole)))
    values = {(a, b): said_at(whole, claim.output, a, b) for a, b in product(POINTS, FIXED)}
    wrong = any(
        goes_wrong(claim.direction, values[first, b], values[second, b])
        for b in FIXED
        for first, second in combinations(POINTS, 2)
        if UNKNOWN not in (values[first, b], values[second, b])
    )
    event(f"{Code(finding.code).name}, {'violated' if wrong else 'holds'}")
    if finding.code == Code.CLAIM_PROVED:
        assert not wrong
    if finding.code == Code.CLAIM_REFUTED:
        example = dict(finding.example)
        assert example["a"] < example["a (then)"]
        before, after = (said_at(whole, claim.output, example[a], example["b"]) for a in ("a", "a (then)"))
        assert UNKNOWN not in (before, after)
        assert goes_wrong(claim.direction, before, after)
