"""Run a policy's cases: which pass, what differs, and which rows no case ever hits."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from policy_service.domain.days import day_number
from policy_service.domain.decisions import ChainResult, Reason, RuleSetResult, Value, Values
from policy_service.domain.errors import Place, PolicyTextError
from policy_service.domain.outcomes import DecisionType, Outcome
from policy_service.domain.values import FALSE, MILLION, UNKNOWN, Kind
from policy_service.engines.arithmetic import divide, subtract
from policy_service.engines.chain import run_chain
from policy_service.engines.interpreter import Interpreter
from policy_service.engines.port import Engine
from policy_service.engines.reasons import ranked
from policy_service.language.definitions.built_in_facts import AS_OF, built_in_facts
from policy_service.language.definitions.standing import STANDING_OUTPUTS
from policy_service.language.files.cases import Case, ExpectedValue
from policy_service.language.policy import Policy
from policy_service.language.rule_sets import LADDER_KINDS, DecisionTable, FormulaSet, Ladder, RuleSet, Scorecard
from policy_service.services.code_book import CodeBook
from policy_service.services.ladder_cases import could_change, effects_in_force
from policy_service.services.standings import Standing, overridden_standing, with_effects


@dataclass(frozen=True, slots=True)
class Difference:
    """What a case expected of one key (outcome, an output, reasons, rows, facts) and what was found."""

    key: str
    expected: str
    found: str

    def __str__(self) -> str:
        return f"{self.key}: expected {self.expected}, found {self.found}"


@dataclass(frozen=True, slots=True)
class CaseResult:
    """One case: what differed, which rows were hit, and which of its facts nothing reads."""

    case: Case
    differences: tuple[Difference, ...]
    hits: Mapping[str, tuple[str, ...]]
    unread: tuple[str, ...] = ()

    @property
    def passed(self) -> bool:
        """Whether all that the case expects was found."""
        return not self.differences


@dataclass(frozen=True, slots=True)
class Coverage:
    """The rows of one rule set, and those that no case hits."""

    rule_set: str
    rows: tuple[str, ...]
    never_hit: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class CasesReport:
    """All cases in their order, and the coverage of every rule set that has rows."""

    results: tuple[CaseResult, ...]
    coverage: tuple[Coverage, ...]

    @property
    def passed(self) -> bool:
        """Whether every case passed."""
        return all(result.passed for result in self.results)


def run_cases(policy: Policy, cases: Iterable[Case], engine: Engine | None = None) -> CasesReport:
    """Return how the policy answers its cases, by the interpreter unless another engine is given.

    A case of a rule set runs just that; one of a decision type its chain; one of neither all chains, the
    review's outputs being the standing of the order and the escalation. Asked of a ladder or the escalation,
    it also finds what the effects in force make of the standing.
    """
    runner = engine or Interpreter(policy)
    results = tuple(_run(policy, case, runner) for case in cases)
    return CasesReport(results, tuple(_coverage(policy, results)))


@dataclass(frozen=True, slots=True)
class _Texts:
    policy: Policy
    kinds: Mapping[str, Kind]
    codes: CodeBook

    def value(self, text: str, kind: Kind, place: Place) -> Value:
        return self.codes.read(text, kind, place)

    def text(self, value: Value | tuple[Value, ...], kind: Kind) -> str:
        return (
            self.codes.text(value, kind)
            if isinstance(value, int)
            else ", ".join(self.codes.text(each, kind) for each in value)
        )


@dataclass(frozen=True, slots=True)
class _Answer:
    outcome: Outcome | None
    outputs: Mapping[str, Value | tuple[Value, ...]]
    reasons: tuple[Reason, ...]
    results: tuple[RuleSetResult, ...]


def _run(policy: Policy, case: Case, engine: Engine) -> CaseResult:
    texts = _Texts(policy, _kinds(policy), CodeBook(policy))
    unread = tuple(name for name in case.facts if name not in texts.kinds)
    names = [rule_set.name for rule_set in policy.rule_sets]
    if case.rule_set is not None and case.rule_set not in names:
        return CaseResult(case, (Difference("rule_set", f"one of {', '.join(names)}", case.rule_set),), {}, unread)
    try:
        given = {
            name: texts.value(text, texts.kinds[name], case.place_of(name))
            for name, text in case.facts.items()
            if name in texts.kinds
        }  # fmt: skip
        answer = _ask(policy, case, given, engine)
        differences = tuple(_differences(case, answer, texts))
    except PolicyTextError as error:
        return CaseResult(case, (Difference("facts", "values that can be read", str(error)),), {}, unread)
    hits: dict[str, tuple[str, ...]] = {}
    for result in answer.results:
        hits[result.rule_set] = hits.get(result.rule_set, ()) + result.hits
    return CaseResult(case, differences, hits, unread)


def _kinds(policy: Policy) -> Mapping[str, Kind]:
    built_in = {fact.name: fact.kind for fact in built_in_facts()}
    declared = {name: fact.kind for name, fact in policy.facts.items()}
    return {**LADDER_KINDS, **built_in, **STANDING_OUTPUTS, **policy.outputs, **declared}


def _ask(policy: Policy, case: Case, given: Values, engine: Engine) -> _Answer:
    values = with_derived({AS_OF: day_number(case.as_of), **given})
    if case.rule_set is not None:
        result = engine.evaluate(case.rule_set, values)
        answer = _Answer(result.outcome, result.outputs, result.reasons, (result,))
        return _with_effects(policy, answer, values) if case.rule_set in _ladders(policy) else answer
    if case.decision_type is not None:
        answer = _chained(engine, policy, case.decision_type, values)
        return _with_effects(policy, answer, values) if case.decision_type is DecisionType.ESCALATION else answer
    review = _chained(engine, policy, DecisionType.REVIEW, values)
    standing = dict(given) if review.outcome is Outcome.REFER else {**given, **_standing(policy, review, given)}
    later = with_derived({AS_OF: values[AS_OF], **standing})
    order = _chained(engine, policy, DecisionType.ORDER, later)
    escalation = _chained(engine, policy, DecisionType.ESCALATION, later)
    return _Answer(
        order.outcome or review.outcome,
        {**review.outputs, **order.outputs, **escalation.outputs},
        ranked(review.reasons + order.reasons + escalation.reasons, policy.severity),
        review.results + order.results + escalation.results,
    )


def _ladders(policy: Policy) -> Sequence[str]:
    return policy.chains.get(DecisionType.ESCALATION, ())


def _with_effects(policy: Policy, escalation: _Answer, values: Values) -> _Answer:
    # What a ladder changes of the standing is no output of its own: it is what the case finds the standing at.
    said = {name: value for name, value in values.items() if name in STANDING_OUTPUTS}
    before = overridden_standing(Standing(), said)
    chain = ChainResult(
        DecisionType.ESCALATION, escalation.results, escalation.outputs, escalation.outcome, escalation.reasons
    )
    after = with_effects(before, effects_in_force(policy, chain, values), policy)
    changed = {name: after.values[name] for name in could_change(policy)}
    return replace(escalation, outputs={**changed, **escalation.outputs})


def with_derived(given: Values) -> Values:
    """Return the facts of a substituted case, completed: what follows from others, and no stop of credit.

    `headroom` and `utilisation` follow from `credit_limit` and `exposure` where they are not given.
    """
    limit, exposure = given.get("credit_limit", UNKNOWN), given.get("exposure", UNKNOWN)
    derived = {
        "stop_credit": FALSE,
        "headroom": subtract(limit, exposure),
        "utilisation": divide(exposure, limit, MILLION),
    }
    return {**derived, **given}


def _chained(engine: Engine, policy: Policy, decision_type: DecisionType, values: Values) -> _Answer:
    if not policy.chains.get(decision_type):
        return _Answer(None, {}, (), ())
    result = run_chain(engine, policy, decision_type, values)
    return _Answer(result.outcome, result.outputs, result.reasons, result.rule_sets)


def _standing(policy: Policy, review: _Answer, given: Values) -> Values:
    could_set = {name for rule_set in policy.chain(DecisionType.REVIEW) for name in rule_set.output_names}
    standing = dict.fromkeys(could_set & STANDING_OUTPUTS.keys(), UNKNOWN)
    standing.update({name: value for name, value in review.outputs.items() if isinstance(value, int)})
    if standing.get("stop_credit") == UNKNOWN:
        standing["stop_credit"] = given.get("stop_credit", FALSE)
    return standing


def _differences(case: Case, answer: _Answer, texts: _Texts) -> Iterator[Difference]:
    expect = case.expect
    if expect.outcome is not None and expect.outcome is not answer.outcome:
        yield Difference("outcome", expect.outcome.value, answer.outcome.value if answer.outcome else "none")
    for name, text in expect.outputs.items():
        kind = _output_kind(name, texts)
        found = answer.outputs.get(name, UNKNOWN)
        if _expected(text, kind, texts, replace(case.place, cell=name)) != found:
            yield Difference(name, text if isinstance(text, str) else ", ".join(text), texts.text(found, kind))
    codes = tuple(reason.code for reason in answer.reasons)
    yield from _lacking("reasons", expect.reasons, codes)
    yield from _lacking("rows", expect.rows, tuple(row for result in answer.results for row in result.hits))


def _lacking(key: str, expected: Sequence[str] | None, found: Sequence[str]) -> Iterator[Difference]:
    # An empty list expects that there is none; else all that is listed must be among what was found.
    if expected is None:
        return
    if not set(expected) <= set(found) or (not expected and found):
        yield Difference(key, ", ".join(expected) or "none", ", ".join(found) or "none")


def _expected(text: ExpectedValue, kind: Kind, texts: _Texts, place: Place) -> Value | tuple[Value, ...]:
    if isinstance(text, str):
        return texts.value(text, kind, place)
    return tuple(texts.value(each, kind, place) for each in text)


def _output_kind(name: str, texts: _Texts) -> Kind:
    if name in texts.kinds:
        return texts.kinds[name]
    known = ", ".join(sorted(texts.policy.outputs))
    raise PolicyTextError("L363", f"A case expects {name}, which no rule set sets.", remedy=f"They set: {known}.")


def _coverage(policy: Policy, results: Sequence[CaseResult]) -> Iterator[Coverage]:
    for rule_set in policy.rule_sets:
        rows = rows_of(rule_set)
        hit = {row for result in results for row in result.hits.get(rule_set.name, ())}
        if rows:
            yield Coverage(rule_set.name, rows, tuple(row for row in rows if row not in hit))


def rows_of(rule_set: RuleSet) -> tuple[str, ...]:
    """Return the ids that may stand in the hits of a rule set, in its order; a formula set has none."""
    match rule_set:
        case DecisionTable():
            return (*(row.id for row in rule_set.rows), *(("otherwise",) if rule_set.otherwise else ()))
        case Scorecard():
            attributes = [attribute.id for each in rule_set.characteristics for attribute in each.attributes]
            unknowns = [f"{each.column.text}.unknown" for each in rule_set.characteristics if each.unknown is not None]
            knock_outs = [knock_out.id for knock_out in rule_set.knock_outs]
            return (*attributes, *unknowns, *knock_outs, *(band.id for band in rule_set.bands))
        case Ladder():
            return (*(level.id for level in rule_set.levels), *(trigger.id for trigger in rule_set.triggers))
        case FormulaSet():
            return ()
