"""One pass of typing over all drafts of a policy, rule set by rule set in their order."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Final, TypeAlias, assert_never

from policy_service.domain.amounts import parse_decimal, refuse_needless_decimals
from policy_service.domain.errors import PolicyTextError
from policy_service.domain.values import UNKNOWN, UNLIMITED, Kind
from policy_service.language.definitions.built_in_facts import LADDER_INPUT
from policy_service.language.definitions.dictionary_files import Dictionary
from policy_service.language.definitions.standing import ORDER_OUTPUTS, STANDING_OUTPUTS
from policy_service.language.feel.expressions import Name, NameSource
from policy_service.language.feel.scope import Scope
from policy_service.language.feel.value_text import read_value
from policy_service.language.files.drafts import (
    FormulaDraft,
    LadderDraft,
    RuleSetDraft,
    ScorecardDraft,
    TableDraft,
    Written,
)
from policy_service.language.files.policy_file import ParameterDraft, PolicyDraft
from policy_service.language.policy import Parameter
from policy_service.language.rule_sets import LADDER_KINDS, Direction, Ladder, MonotonicityClaim, RuleSet
from policy_service.language.typing.chains import Reach
from policy_service.language.typing.text_typing import TextTyping, TypedTexts
from policy_service.language.typing.typed_rule_sets import typed_formula, typed_ladder, typed_scorecard
from policy_service.language.typing.typed_tables import lists_outputs, typed_table
from policy_service.language.typing.vocabulary import Vocabulary
from policy_service.language.yaml_text.problems import Problems
from policy_service.language.yaml_text.yaml_reader import nearest, remedy_for_unknown

_CLAIM: Final = re.compile(r"(\S+) never (rises|falls) with (\S+)")
_DIRECTIONS: Final = {"rises": Direction.NEVER_RISES, "falls": Direction.NEVER_FALLS}
#: The two categories with an order: a grade rises when it gets better, an outcome when it gets more severe.
_RANKED_CATEGORIES: Final = frozenset({"grade", "outcome"})


@dataclass(frozen=True, slots=True)
class TypedPolicy:
    """What one pass made of the drafts; what had problems is missing."""

    parameters: Mapping[str, Parameter]
    rule_sets: tuple[RuleSet, ...]
    outputs: Mapping[str, Kind]


@dataclass(frozen=True, slots=True)
class Drafts:
    """All that is typed: the policy's head, its rule sets, what each may read, and the dictionary.

    They are not complete where a rule set file could not be read at all.
    """

    head: PolicyDraft
    rule_sets: tuple[RuleSetDraft, ...]
    reaches: Mapping[str, Reach]
    dictionary: Dictionary
    are_complete: bool


#: What was typed of each rule set without asking for a code: it is the same under any vocabulary.
Remembered: TypeAlias = dict[str, TypedTexts]


def type_policy(
    drafts: Drafts, vocabulary: Vocabulary, problems: Problems, remembered: Remembered | None = None
) -> TypedPolicy:
    """Return the typed policy with codes of `vocabulary`, which gains every text; problems are kept.

    What `remembered` holds of a pass before is not typed again.
    """
    parameters = _parameters(drafts, vocabulary, problems)
    broken = {draft.name for draft in drafts.head.parameters} - parameters.keys()
    typing = _PolicyTyping(drafts, vocabulary, problems, parameters, broken, {} if remembered is None else remembered)
    rule_sets = tuple(typing.rule_set(draft) for draft in drafts.rule_sets)
    return TypedPolicy(parameters, rule_sets, typing.outputs)


@dataclass(slots=True)
class _PolicyTyping:
    """Where the pass stands: the outputs of the rule sets typed so far, the lists among them, what is broken."""

    drafts: Drafts
    vocabulary: Vocabulary
    problems: Problems
    parameters: Mapping[str, Parameter]
    broken: set[str]
    remembered: Remembered
    outputs: dict[str, Kind] = field(default_factory=dict)
    listed: dict[str, str] = field(default_factory=dict)

    def rule_set(self, draft: RuleSetDraft) -> RuleSet:
        """Return the typed rule set and keep what it sets for those behind it."""
        typing = self._text_typing(draft)
        typed = self._typed(draft, typing)
        self.broken |= typing.broken
        set_here = _kinds_set(draft, typed, typing.kinds)
        for name, kind in set_here.items():
            if self.outputs.setdefault(name, kind) is not kind:
                message = f"{name} is of type {kind} here and of type {self.outputs[name]} in an earlier rule set."
                self.problems.report("L424", message, draft.place, "Give it the same type, or another name.")
        if isinstance(draft, TableDraft) and lists_outputs(draft):
            self.listed |= dict.fromkeys(set_here, draft.name)
        return typed

    def _text_typing(self, draft: RuleSetDraft) -> TextTyping:
        reach = self.drafts.reaches[draft.name]
        names = self._names(reach)
        if not isinstance(draft, LadderDraft):
            # Only a ladder goes through invoices one by one; anywhere else it would never be known.
            names.pop(LADDER_INPUT, None)
        lost = {name for name in reach.too_early if name not in names}
        code_of = self.vocabulary.code_of
        return TextTyping(
            scope=Scope(names, self.drafts.dictionary.functions, self.drafts.head.currency, code_of),
            names=names,
            problems=self.problems,
            kinds=_output_kinds(draft),
            listed={name: setter for name, setter in self.listed.items() if name in reach.outputs},
            broken=self.broken | lost,
            is_complete=self.drafts.are_complete,
            done=self.remembered.setdefault(draft.name, TypedTexts()),
            vocabulary=self.vocabulary,
        )

    def _names(self, reach: Reach) -> dict[str, Name]:
        facts = self.drafts.dictionary.facts
        names = {name: Name(name, NameSource.FACT, fact.kind) for name, fact in facts.items()}
        own = [each for each in self.parameters.values() if each.name not in facts]
        names |= {each.name: Name(each.name, NameSource.PARAMETER, each.kind) for each in own}
        set_before = {name: kind for name, kind in self.outputs.items() if name in reach.outputs}
        set_before.pop("outcome", None)
        return names | {name: Name(name, NameSource.OUTPUT, kind) for name, kind in set_before.items()}

    def _typed(self, draft: RuleSetDraft, typing: TextTyping) -> RuleSet:
        match draft:
            case TableDraft():
                claims = _claims(draft.claims, draft.sets, typing)
                return typed_table(draft, typing, self.drafts.head.severity, claims)
            case ScorecardDraft():
                return typed_scorecard(draft, typing, _claims(draft.claims, draft.sets, typing))
            case FormulaDraft():
                typed = typed_formula(draft, typing, STANDING_OUTPUTS)
                typing.kinds = {value.name: value.kind for value in typed.values}
                return replace(typed, claims=_claims(draft.claims, draft.sets, typing))
            case LadderDraft():
                return typed_ladder(draft, typing, self.drafts.head.ladder_mode)
            case _:
                assert_never(draft)


def _parameters(drafts: Drafts, vocabulary: Vocabulary, problems: Problems) -> Mapping[str, Parameter]:
    typed = (problems.attempt(partial(_parameter, draft, drafts, vocabulary)) for draft in drafts.head.parameters)
    return {parameter.name: parameter for parameter in typed if parameter}


def _parameter(draft: ParameterDraft, drafts: Drafts, vocabulary: Vocabulary) -> Parameter:
    def value_of(written: Written | None) -> int | None:
        if written is None or written.is_missing:
            return None
        value = read_value(written.text, draft.kind, drafts.head.currency, vocabulary.code_of, written.place)
        if draft.kind is Kind.MONEY and value not in (UNKNOWN, UNLIMITED):
            refuse_needless_decimals(parse_decimal(written.text), drafts.head.currency, written.place)
        if value == UNKNOWN:
            message = f"parameter {draft.name} has the value {written.text}."
            raise PolicyTextError("L423", message, place=written.place, remedy="Write a known value.")
        return value

    value, minimum, maximum = (value_of(each) for each in (draft.value, draft.minimum, draft.maximum))
    return Parameter(
        name=draft.name,
        kind=draft.kind,
        # Of a value that is missing it is said elsewhere; it is not outside its range too.
        value=next((each for each in (value, minimum, maximum) if each is not None), 0),
        minimum=minimum,
        maximum=maximum,
        step=value_of(draft.step),
        unit=draft.unit,
        title=draft.title,
        place=draft.place,
    )


def _output_kinds(draft: RuleSetDraft) -> Mapping[str, Kind]:
    match draft:
        case TableDraft():
            own = sorted((name.text, kind) for name, kind in draft.declared)
            return {**ORDER_OUTPUTS, **STANDING_OUTPUTS, **dict(own)}
        case LadderDraft() | ScorecardDraft() | FormulaDraft():
            return STANDING_OUTPUTS
        case _:
            assert_never(draft)


def _kinds_set(draft: RuleSetDraft, typed: RuleSet, kinds: Mapping[str, Kind]) -> Mapping[str, Kind]:
    if isinstance(typed, Ladder):
        level_effects = {output.name for level in typed.levels for output in level.effects}
        effects = level_effects | {output.name for trigger in typed.triggers for output in trigger.effects}
        return {**LADDER_KINDS, **{name: kinds[name] for name in sorted(effects)}}
    return {name: kinds[name] for name in sorted(draft.sets) if name in kinds}


def _claims(claims: tuple[Written, ...], outputs: Sequence[str], typing: TextTyping) -> tuple[MonotonicityClaim, ...]:
    typed = (typing.problems.attempt(partial(_claim, written, outputs, typing)) for written in claims)
    return tuple(claim for claim in typed if claim)


def _claim(written: Written, outputs: Sequence[str], typing: TextTyping) -> MonotonicityClaim:
    form = _CLAIM.fullmatch(written.text)
    if not form:
        remedy = "Write it like: credit_limit never rises with avg_days_late_12m."
        raise PolicyTextError("L425", f'"{written.text}" is no claim.', place=written.place, remedy=remedy)
    output, direction, fact = form.groups()
    if output not in outputs:
        remedy = remedy_for_unknown(output, tuple(outputs))
        raise PolicyTextError("L425", f"{output} is not set here.", place=written.place, remedy=remedy)
    if fact not in typing.names:
        near = nearest(fact, typing.names)
        remedy = f'Did you mean "{near}"?' if near else "Declare it in facts.yaml."
        raise PolicyTextError("L425", f"{fact} is no name known here.", place=written.place, remedy=remedy)
    for name, kind in ((output, typing.kinds.get(output)), (fact, typing.names[fact].kind)):
        if kind is Kind.CATEGORY and name not in _RANKED_CATEGORIES:
            message = f"{name} is a category, which neither rises nor falls."
            remedy = "Claim it of a number, an amount, a date, the grade or the outcome."
            raise PolicyTextError("L425", message, place=written.place, remedy=remedy)
    return MonotonicityClaim(output, _DIRECTIONS[direction], fact, written.place)
