"""Which rule sets run for a decision of each type, in which order, and what each may read.

A chain holds the rule sets that decide its type and those whose own outputs they need, directly or not.
It never crosses the standing: an order check reads grade and limit as facts, whoever set them before.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from policy_service.domain.errors import NOWHERE, Place
from policy_service.domain.outcomes import DecisionType
from policy_service.language.definitions.built_in_facts import PREVIOUS_PREFIX
from policy_service.language.definitions.standing import PREVIOUS_OUTPUTS, STANDING_OUTPUTS
from policy_service.language.files.drafts import FormulaDraft, LadderDraft, RuleSetDraft, Written
from policy_service.language.files.reading_texts import words_of, words_of_expression, words_of_test
from policy_service.language.yaml_text.problems import Problems
from policy_service.language.yaml_text.yaml_reader import remedy_for_unknown

Chains = Mapping[DecisionType, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Reach:
    """What a rule set may read of the others: outputs set before it; and what it reads too early."""

    outputs: frozenset[str]
    facts: frozenset[str]
    too_early: frozenset[str]


def decided_by(draft: RuleSetDraft) -> DecisionType | None:
    """Return what the rule set decides: by its outputs, or None if it only sets values of its own."""
    if isinstance(draft, LadderDraft):
        return DecisionType.ESCALATION
    if "outcome" in draft.sets:
        return DecisionType.ORDER
    return DecisionType.REVIEW if STANDING_OUTPUTS.keys() & set(draft.sets) else None


def derive_chains(
    drafts: Sequence[RuleSetDraft], explicit: Mapping[DecisionType, tuple[Written, ...]], problems: Problems
) -> Chains:
    """Return the chain of each decision type: as `explicit` names it, else derived from what is read and set."""
    order = [draft.name for draft in drafts]
    return {
        decision_type: _explicit(explicit[decision_type], decision_type, drafts, problems)
        if decision_type in explicit
        else tuple(sorted(_needed(drafts, decision_type), key=order.index))
        for decision_type in DecisionType
    }


def reaches(drafts: Sequence[RuleSetDraft], chains: Chains, problems: Problems) -> Mapping[str, Reach]:
    """Return what each rule set may read; reading what only a later one sets is added to `problems`."""
    by_name = {draft.name: draft for draft in drafts}
    words = {draft.name: words_of(draft.texts) for draft in drafts}
    found: dict[str, Reach] = {}
    for draft in drafts:
        outputs: set[str] = set()
        facts: set[str] = set()
        too_early = _crossings(draft, drafts, chains, words[draft.name], problems)
        for chain in _contexts(draft, drafts, chains):
            members = [by_name[name] for name in chain]
            before = members[: chain.index(draft.name)]
            set_before = {name for member in before for name in member.sets}
            set_later = {name for member in members[len(before) :] for name in _set_for(member, draft)}
            late = (words[draft.name] - set_before) & set_later
            outputs |= set_before
            facts |= words[draft.name] - set_before
            too_early |= late
            _report_late(draft, sorted(late), _ChainWords(members, words), problems)
        found[draft.name] = Reach(frozenset(outputs), frozenset(facts), frozenset(too_early))
    return found


@dataclass(frozen=True, slots=True)
class _ChainWords:
    members: Sequence[RuleSetDraft]
    words: Mapping[str, frozenset[str]]

    def read_by(self, reader: RuleSetDraft) -> Iterator[RuleSetDraft]:
        """Yield the members that `reader` reads: the earlier setters of a name, else the later."""
        position = self.members.index(reader)
        for name in sorted(self.words[reader.name]):
            before = [member for member in self.members[:position] if name in member.sets]
            yield from before or [member for member in self.members[position:] if name in _set_for(member, reader)]

    def path(self, start: RuleSetDraft, goal: RuleSetDraft) -> tuple[str, ...]:
        """Return the shortest way from `start` to `goal` along what is read; () if there is none."""
        ways: dict[str, tuple[str, ...]] = {start.name: (start.name,)}
        queue = [start]
        for member in queue:
            if member is goal:
                return ways[member.name]
            for read in self.read_by(member):
                if read.name not in ways:
                    ways[read.name] = (*ways[member.name], read.name)
                    queue.append(read)
        return ()


def place_of_word(draft: RuleSetDraft, word: str) -> Place:
    """Return where the rule set first mentions `word`."""
    for written in draft.texts.expressions:
        if word in words_of_expression(written.text):
            return written.place
    for written in draft.texts.tests:
        if word in words_of_test(written.text):
            return written.place
    return NOWHERE


def _set_for(member: RuleSetDraft, reader: RuleSetDraft) -> Sequence[str]:
    return () if member is reader and isinstance(reader, FormulaDraft) else member.sets


def _contexts(draft: RuleSetDraft, drafts: Sequence[RuleSetDraft], chains: Chains) -> Sequence[tuple[str, ...]]:
    if found := [chain for chain in chains.values() if draft.name in chain]:
        return found
    free = tuple(each.name for each in drafts if decided_by(each) is None)
    return [free if draft.name in free else (draft.name,)]


def _needed(drafts: Sequence[RuleSetDraft], decision_type: DecisionType) -> set[str]:
    needed = {draft.name for draft in drafts if decided_by(draft) is decision_type}
    queue = [draft for draft in drafts if draft.name in needed]
    for reader in queue:
        words = words_of(reader.texts)
        for draft in drafts:
            if draft.name in needed or not words & set(draft.sets):
                continue
            is_review = decision_type is DecisionType.REVIEW
            if decided_by(draft) is None or (is_review and _grades_for(draft, reader, drafts)):
                needed.add(draft.name)
                queue.append(draft)
    return needed


def _grades_for(draft: RuleSetDraft, reader: RuleSetDraft, drafts: Sequence[RuleSetDraft]) -> bool:
    # A grading that also says an outcome decides orders; the limit that reads its grade still needs it in the review.
    order = [each.name for each in drafts]
    if order.index(draft.name) > order.index(reader.name) or decided_by(draft) is not DecisionType.ORDER:
        return False
    reviewed = {name for each in drafts if decided_by(each) is DecisionType.REVIEW for name in each.sets}
    return bool(words_of(reader.texts) & set(draft.sets) & STANDING_OUTPUTS.keys() - reviewed)


def _explicit(
    names: tuple[Written, ...], decision_type: DecisionType, drafts: Sequence[RuleSetDraft], problems: Problems
) -> tuple[str, ...]:
    by_name = {draft.name: draft for draft in drafts}
    order = list(by_name)
    chain: list[str] = []
    for name in names:
        where = f"decisions, {decision_type.value}"
        if name.text not in by_name:
            remedy = remedy_for_unknown(name.text, order)
            problems.report("L501", f"{where} names {name.text}, which is no rule set.", name.place, remedy)
        elif chain and order.index(name.text) <= order.index(chain[-1]):
            message = f"{where} names {name.text} after {chain[-1]}, against the order of rule_sets."
            problems.report("L501", message, name.place, "Keep the order of rule_sets, each name once.")
        elif isinstance(by_name[name.text], LadderDraft) and decision_type is not DecisionType.ESCALATION:
            message = f"{where} names the ladder {name.text}."
            problems.report("L501", message, name.place, "A ladder decides escalations only.")
        else:
            chain.append(name.text)
    return tuple(chain)


def _report_late(draft: RuleSetDraft, late: Sequence[str], chain: _ChainWords, problems: Problems) -> None:
    position = chain.members.index(draft)
    for name in late:
        setter = next(member for member in chain.members[position:] if name in _set_for(member, draft))
        place = place_of_word(draft, name)
        if way := chain.path(setter, draft):
            _report_cycle(name, (draft.name, *way), place, chain, problems)
        else:
            message = f"{draft.name} reads {name}, which only {setter.name} sets, later in the order of the rule sets."
            remedy = f"List {setter.name} before {draft.name} in rule_sets."
            problems.report("L503", message, place, remedy)


def _report_cycle(name: str, cycle: tuple[str, ...], place: Place, chain: _ChainWords, problems: Problems) -> None:
    order = [member.name for member in chain.members]
    if cycle[0] != min(cycle, key=order.index):
        return
    message = f"the rule sets read each other: {' -> '.join(cycle)} ({cycle[0]} reads {name})."
    before = f"; {PREVIOUS_PREFIX}{name} is what was in force before the review" if name in PREVIOUS_OUTPUTS else ""
    problems.report("L502", message, place, f"Let {cycle[0]} read facts instead of {name}{before}.")


def _crossings(
    reader: RuleSetDraft, drafts: Sequence[RuleSetDraft], chains: Chains, words: frozenset[str], problems: Problems
) -> set[str]:
    found: set[str] = set()
    for decision_type, chain in chains.items():
        if reader.name not in chain:
            continue
        set_inside = {name for draft in drafts if draft.name in chain for name in draft.sets}
        kept = set_inside | STANDING_OUTPUTS.keys() | {"outcome"}
        for setter in (draft for draft in drafts if draft.name not in chain):
            for name in sorted((words & set(setter.sets)) - kept):
                message = (
                    f"{reader.name} reads {name}, but {setter.name}, which sets it, is no part of {decision_type}."
                )
                remedy = f"Move {name} to a rule set of its own, or add {setter.name} to decisions."
                problems.report("L504", message, place_of_word(reader, name), remedy)
                found.add(name)
    return found
