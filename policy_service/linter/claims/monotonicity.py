"""Claims of a policy that an output never rises (falls) with a fact: proved, refuted, or not proved and where."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from policy_service.domain.findings import Finding, Severity, Span
from policy_service.domain.values import Kind
from policy_service.language.feel.expressions import NameSource
from policy_service.language.rule_sets import DecisionTable, Direction, Ladder, MonotonicityClaim, RuleSet
from policy_service.linter.claims.comparing import points_for
from policy_service.linter.claims.counterexamples import Counterexample, search_of
from policy_service.linter.claims.deciding import lists_outputs
from policy_service.linter.claims.proof import NO_ROW, Open, Proof
from policy_service.linter.claims.proofs import prove, relations_of
from policy_service.linter.claims.ranks import Ranks, ranks_of
from policy_service.linter.claims.situations import Relation
from policy_service.linter.codes import Code
from policy_service.linter.formula_wording import value_text
from policy_service.linter.listing import joined
from policy_service.linter.regions.axes import TooManyBinsError
from policy_service.linter.regions.knowledge import Knowledge
from policy_service.linter.regions.trees import formulas_of, names_in
from policy_service.linter.wording import span_text
from policy_service.linter.work import MOST_OF_A_PROOF, Work

_MOST_LISTED: Final = 5
_WORDS: Final = {Direction.NEVER_RISES: "never rises", Direction.NEVER_FALLS: "never falls"}


@dataclass(frozen=True, slots=True)
class _Answer:
    knowledge: Knowledge
    tried: int


def check_claims(knowledge: Knowledge) -> Iterator[Finding]:
    """Yield an answer to every claim: a note (proved), an error with two points, or warnings with what is left."""
    for rule_set in knowledge.policy.rule_sets:
        if not isinstance(rule_set, Ladder):
            for claim in rule_set.claims:
                yield from check_claim(rule_set, claim, knowledge)


def check_claim(rule_set: RuleSet, claim: MonotonicityClaim, knowledge: Knowledge) -> Iterator[Finding]:
    """Yield the answer to one claim about an output of `rule_set`, through the rule sets before it in its chain.

    All other facts are held fixed, known or unknown; points at which a rule set refers, or the output is not set
    or unknown, are not compared.
    """
    chain = _chain_to(rule_set, claim, knowledge)
    complaint = _complaint(chain, claim, ranks_of(knowledge), knowledge)
    if complaint:
        yield _finding(rule_set, claim, Code.CLAIM_WITHOUT_MEANING, Severity.ERROR, complaint)
        return
    work = Work(MOST_OF_A_PROOF)
    try:
        proof = _proof(chain, claim, knowledge, work)
    except TooManyBinsError as too_many:
        yield _not_analysed(rule_set, claim, str(too_many))
        return
    if proof.holds:
        words = (f"{_text(claim)}: proved.", "")
        yield _finding(rule_set, claim, Code.CLAIM_PROVED, Severity.NOTE, words)
        return
    search = search_of(chain, claim, _kind(claim, knowledge), knowledge)
    found = search.counterexample(proof.left_open)
    if found is not None:
        yield _refuted(rule_set, claim, found, knowledge)
        return
    if work.is_over:
        yield _stopped(rule_set, claim, search.tried)
    if not work.is_over or proof.left_open:
        yield from _not_proved(rule_set, claim, proof, _Answer(knowledge, search.tried))


def _chain_to(rule_set: RuleSet, claim: MonotonicityClaim, knowledge: Knowledge) -> Sequence[RuleSet]:
    policy = knowledge.policy
    chains = [names for names in policy.chains.values() if rule_set.name in names]
    names = max(chains, key=len) if chains else tuple(each.name for each in policy.rule_sets)
    before = [policy.rule_set(name) for name in names[: names.index(rule_set.name)]]
    wanted = {name.name for name in names_in(*formulas_of(rule_set))}
    needed: list[RuleSet] = []
    for each in reversed(before):
        # The fact of the claim itself is given, not made by an earlier rule set.
        if wanted & (set(each.output_names) - {claim.fact}) and not isinstance(each, Ladder):
            needed.append(each)
            wanted |= {name.name for name in names_in(*formulas_of(each))}
    return (*reversed(needed), rule_set)


def _complaint(
    chain: Sequence[RuleSet], claim: MonotonicityClaim, ranks: Ranks, knowledge: Knowledge
) -> tuple[str, str] | None:
    rule_set = chain[-1]
    if claim.output not in rule_set.output_names:
        return f"the claim is about {claim.output}, which {rule_set.name} does not set.", "Name one of its outputs."
    if isinstance(rule_set, DecisionTable) and lists_outputs(rule_set):
        return f"{claim.output} is a list of the values of all rows that match.", "Aggregate it, or delete the claim."
    kind = _kind(claim, knowledge)
    if not ranks.has_order(claim.output, kind):
        return f"{claim.output} has no order, so that it neither rises nor falls.", "Make the claim about an amount."
    read = {name for each in chain for name in names_in(*formulas_of(each)) if name.name == claim.fact}
    if any(name.source is NameSource.PARAMETER for name in read):
        return f"{claim.fact} is a parameter; a claim is about a fact.", "Name a fact."
    if not read:
        return f"no rule set behind {claim.output} reads {claim.fact}.", "Correct the fact's name, or delete the claim."
    if any(not ranks.has_order(name.name, name.kind) for name in read):
        return f"{claim.fact} has no order, so that it neither rises nor falls.", "Make the claim about an amount."
    return None


def _kind(claim: MonotonicityClaim, knowledge: Knowledge) -> Kind:
    standard = {"grade": Kind.CATEGORY, "outcome": Kind.CATEGORY}
    return knowledge.policy.outputs.get(claim.output, standard.get(claim.output, Kind.NUMBER))


def _proof(chain: Sequence[RuleSet], claim: MonotonicityClaim, knowledge: Knowledge, work: Work) -> Proof:
    names = {name for each in chain for name in names_in(*formulas_of(each)) if name.name == claim.fact}
    points = points_for(knowledge, dict.fromkeys(names, Relation.RISES), work)
    for place, rule_set in enumerate(chain[:-1], 1):
        read_later = names_in(*(formula for each in chain[place:] for formula in formulas_of(each)))
        made = {
            name.name: name
            for name in read_later
            if name.source is NameSource.OUTPUT and name.name != claim.fact and name.name in rule_set.output_names
        }
        for output, relation in relations_of(rule_set, made, points).items():
            points = points.with_move(made[output], relation)
    return prove(chain[-1], claim.output, claim.direction, points)


def _text(claim: MonotonicityClaim) -> str:
    return f"{claim.output} {_WORDS[claim.direction]} with {claim.fact}"


def _finding(
    rule_set: RuleSet, claim: MonotonicityClaim, code: Code, severity: Severity, words: tuple[str, str]
) -> Finding:
    place = claim.place if str(claim.place) else rule_set.place
    return Finding(code, severity, place, words[0], words[1], rule_set.name)


def _refuted(rule_set: RuleSet, claim: MonotonicityClaim, found: Counterexample, knowledge: Knowledge) -> Finding:
    policy = knowledge.policy
    kinds = {name.name: name.kind for name in knowledge.ranges}
    facts = [value_text(value, kinds[claim.fact], policy) for value in found.fact]
    outputs = [value_text(value, _kind(claim, knowledge), policy) for value in found.output]
    fixed = [f"{name} {value_text(value, kinds[name], policy)}" for name, value in found.fixed.items()]
    beside = f", with {joined(fixed)}" if fixed else ""
    words = (
        f"{_text(claim)}: refuted. It goes from {outputs[0]} to {outputs[1]} as {claim.fact} goes from {facts[0]} to "
        f"{facts[1]}{beside}.",
        "Correct the rows, or delete the claim.",
    )
    made = _finding(rule_set, claim, Code.CLAIM_REFUTED, Severity.ERROR, words)
    example = (*found.fixed.items(), (claim.fact, found.fact[0]), (f"{claim.fact} (then)", found.fact[1]))
    return Finding(made.code, made.severity, made.place, *words, rule_set=rule_set.name, example=example)


def _not_proved(rule_set: RuleSet, claim: MonotonicityClaim, proof: Proof, task: _Answer) -> Iterator[Finding]:
    remedy = "Look at the rows named, or write their formulas alike, so that they can be compared."
    placed = [each for each in proof.left_open if each.axes]
    more = "" if proof.is_complete else "at least "
    none_found = f"no counterexample was found at {task.tried:,} points tried."
    if not placed:
        words = (f"{_text(claim)}: not proved; {none_found}", remedy)
        yield _finding(rule_set, claim, Code.CLAIM_NOT_PROVED, Severity.WARNING, words)
    regions = "1 such region is left" if len(placed) == 1 else f"{len(placed)} such regions are left"
    for each in placed[:_MOST_LISTED]:
        words = (f"{_text(claim)}: not proved where {_rows(each)}; {more}{regions}, and {none_found}", remedy)
        made = _finding(rule_set, claim, Code.CLAIM_NOT_PROVED, Severity.WARNING, words)
        box = tuple(_spans(each, task.knowledge))
        rows = tuple(row for row in dict.fromkeys((*each.before, *each.after)) if row != NO_ROW)
        yield Finding(made.code, made.severity, made.place, *words, rule_set.name, rows, box)


def _rows(region: Open) -> str:
    first, second = joined(region.before), joined(region.after)
    verb = "applies" if len(region.before) == 1 else "apply"
    if first == second:
        return f"{first} {verb} at both values"
    return f"{first} {'gives' if len(region.before) == 1 else 'give'} way to {second}"


def _spans(region: Open, knowledge: Knowledge) -> Iterator[Span]:
    for axis, box, other in zip(region.axes, *region.boxes, strict=True):
        before, after = (span_text(mask, axis, knowledge.policy) for mask in (box, other))
        if box == other and box in (axis.every_bin, axis.known_bins):
            continue
        yield Span(axis.column.text, before if before == after else f"{before}, then {after}")


def _stopped(rule_set: RuleSet, claim: MonotonicityClaim, tried: int) -> Finding:
    words = (
        f"{_text(claim)}: not proved; the proof was given up after {MOST_OF_A_PROOF:,} steps, and no counterexample "
        f"was found at {tried:,} points tried.",
        "Split the table, or claim it of the rule sets before this one, one by one.",
    )
    return _finding(rule_set, claim, Code.CLAIM_SEARCH_STOPPED, Severity.WARNING, words)


def _not_analysed(rule_set: RuleSet, claim: MonotonicityClaim, column: str) -> Finding:
    words = (
        f"{_text(claim)}: not proved; column {column} has too many end points that are no constants.",
        "Give the column fewer different end points.",
    )
    return _finding(rule_set, claim, Code.CLAIM_NOT_PROVED, Severity.WARNING, words)
