"""What a typed policy must also keep to: names that do not collide, texts that can occur, known reasons."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from policy_service.domain.values import MILLION, UNKNOWN, UNLIMITED, Kind
from policy_service.language.cells import Output
from policy_service.language.definitions.dictionary import FactDefinition, FactDictionary
from policy_service.language.definitions.dictionary_files import Dictionary
from policy_service.language.definitions.standing import ORDER_OUTPUTS, PAYMENT_TERM_KINDS, STANDING_OUTPUTS
from policy_service.language.feel.expressions import (
    AnyOf,
    Compare,
    Comparison,
    Constant,
    Expression,
    If,
    Name,
    Negate,
    NoneOf,
    Satisfies,
    Test,
)
from policy_service.language.feel.reading_names import children
from policy_service.language.files.drafts import FormulaDraft, RuleSetDraft, TableDraft, Written
from policy_service.language.files.policy_file import PolicyDraft
from policy_service.language.policy import Parameter
from policy_service.language.rule_set_parts import (
    ColumnPart,
    FormulaPart,
    OutputPart,
    Part,
    ReasonPart,
    parts_of_rule_set,
)
from policy_service.language.rule_sets import LADDER_KINDS, RuleSet, Scorecard
from policy_service.language.yaml_text.problems import Problems
from policy_service.language.yaml_text.yaml_reader import remedy_for_unknown

_STANDARD = frozenset({*STANDING_OUTPUTS, *ORDER_OUTPUTS, *LADDER_KINDS})
_UP_TO_100 = frozenset({"prepay_percent", "discount_percent"})
#: What a standing states is an amount, a term or a share; only a score goes below zero.
_FROM_ZERO = frozenset(name for name, kind in STANDING_OUTPUTS.items() if kind.is_numeric) - {"score"}


def check_names(head: PolicyDraft, drafts: Iterable[RuleSetDraft], facts: FactDictionary, problems: Problems) -> None:
    """Keep a problem for every parameter or own output that is called like something else."""
    taken = dict.fromkeys(facts, "a fact") | dict.fromkeys(_STANDARD, "a standard output")
    own: dict[str, Written] = {}
    for draft in drafts:
        own.update({name.text: name for name in _own_outputs(draft)})
    for name in own.values():
        _report_taken(name, "output", taken, problems)
    taken |= dict.fromkeys(own, "an output of a rule set")
    for parameter in head.parameters:
        _report_taken(Written(parameter.name, parameter.place), "parameter", taken, problems)


def check_parameter(parameter: Parameter, problems: Problems) -> None:
    """Keep a problem for a value outside its range, a range that is none, a step that does not rise."""
    low, high, step = parameter.minimum, parameter.maximum, parameter.step
    has_range = any(bound is not None for bound in (low, high, step))
    found = []
    if has_range and not parameter.kind.is_ordered:
        found.append((f"is of type {parameter.kind} and has a range", "Delete min, max and step."))
    if low is not None and high is not None and low > high:
        found.append(("has a min above its max", "Change one of the two."))
    elif (low is not None and parameter.value < low) or (high is not None and parameter.value > high):
        found.append(("is outside its range from min to max", "Change the value or the range."))
    if step is not None and step <= 0:
        found.append(("has a step that is not above 0", "Write how far one turn of the dial goes, like 0.01."))
    for message, remedy in found:
        problems.report("L426", f"parameter {parameter.name} {message}.", parameter.place, remedy)


def check_declared_outputs(drafts: Iterable[RuleSetDraft], problems: Problems) -> None:
    """Keep a problem for every declared output that no row sets."""
    for draft in drafts:
        if isinstance(draft, TableDraft):
            for name, _ in draft.declared:
                if name.text not in draft.sets:
                    message = f"the output {name.text} is declared, but no row sets it."
                    problems.report("L427", message, name.place, "Delete the declaration, or set it.")


def check_fact_parameters(
    facts: Iterable[FactDefinition], parameters: Mapping[str, Parameter], problems: Problems
) -> None:
    """Keep a problem for every fact that is measured with a parameter that the policy does not have."""
    for fact in facts:
        conditions = (*fact.measure.where, *fact.measure.measure.share_of) if fact.measure else ()
        for condition in conditions:
            if condition.parameter and condition.parameter not in parameters:
                message = f"the fact {fact.name} is measured with {condition.parameter}, which is no parameter here."
                remedy = remedy_for_unknown(condition.parameter, tuple(parameters)) or "Add it to parameters."
                problems.report("L408", message, fact.place, remedy)


def check_reasons(rule_sets: Iterable[RuleSet], dictionary: Dictionary, problems: Problems) -> None:
    """Keep a problem for every reason that the dictionary does not know."""
    for part in _parts(rule_sets):
        if isinstance(part, ReasonPart) and part.code not in dictionary.reasons:
            remedy = remedy_for_unknown(part.code, tuple(dictionary.reasons)) or "Add it to reasons.yaml."
            message = f"the reason {part.code} is not in reasons.yaml."
            problems.report("L428", message, replace(part.place, row=part.row), remedy)


def check_texts(
    rule_sets: Sequence[RuleSet], facts: Mapping[str, FactDefinition], vocabulary: Sequence[str], problems: Problems
) -> None:
    """Keep a problem for every text that a category is compared with or set to and that it can never have."""
    possible = {name: fact.values for name, fact in facts.items() if fact.values}
    possible |= _texts_set(rule_sets, vocabulary) | {"payment_term_kind": PAYMENT_TERM_KINDS}
    for part in _parts(rule_sets):
        for name, code in _texts_of(part):
            text = vocabulary[code]
            if name in possible and text not in possible[name]:
                remedy = remedy_for_unknown(text, possible[name])
                place = replace(part.place, row=part.row)
                problems.report("L429", f"{name} is never {text}.", place, remedy)


def check_ranges(rule_sets: Iterable[RuleSet], problems: Problems) -> None:
    """Keep a problem for every amount, term or share that is set below zero, and every share above 100 per cent."""
    for part in _parts(rule_sets):
        if not isinstance(part, OutputPart) or part.output.name not in _FROM_ZERO:
            continue
        value = _plain_value(part.output.expression)
        is_too_large = part.output.name in _UP_TO_100 and value is not None and value > 100 * MILLION
        if value is not None and (value < 0 or is_too_large):
            message = f"{part.output.name} is set to {part.output.text}."
            remedy = "Write a number from 0 to 100." if part.output.name in _UP_TO_100 else "Write a value from 0 on."
            problems.report("L434", message, replace(part.place, row=part.row, cell=part.output.name), remedy)


def grades_of(rule_sets: Sequence[RuleSet], vocabulary: Sequence[str]) -> tuple[str, ...]:
    """Return the grades that bands, knock-outs and rows set, in the order of first mention."""
    found: dict[str, None] = {}
    for rule_set in rule_sets:
        codes, _ = _codes_set(rule_set, "grade")
        found.update(dict.fromkeys(vocabulary[code] for code in codes))
    return tuple(found)


def _plain_value(expression: Expression) -> int | None:
    match expression:
        case Constant(value) if value not in (UNKNOWN, UNLIMITED):
            return value
        case Negate(Constant(value)) if value not in (UNKNOWN, UNLIMITED):
            return -value
        case _:
            return None


def _own_outputs(draft: RuleSetDraft) -> Iterator[Written]:
    if isinstance(draft, TableDraft):
        yield from (name for name, _ in draft.declared)
    elif isinstance(draft, FormulaDraft):
        yield from (value.name for value in draft.values if value.name.text not in STANDING_OUTPUTS)


def _report_taken(name: Written, what: str, taken: Mapping[str, str], problems: Problems) -> None:
    if name.text in taken:
        message = f"the {what} {name.text} has the name of {taken[name.text]}."
        problems.report("L405", message, name.place, "Choose another name.")


def _parts(rule_sets: Iterable[RuleSet]) -> Iterator[Part]:
    for rule_set in rule_sets:
        yield from parts_of_rule_set(rule_set)


def _texts_set(rule_sets: Sequence[RuleSet], vocabulary: Sequence[str]) -> dict[str, tuple[str, ...]]:
    names = {part.output.name for part in _parts(rule_sets) if isinstance(part, OutputPart)} | {"grade"}
    found: dict[str, tuple[str, ...]] = {}
    for name in sorted(names - (_STANDARD - {"grade"})):
        codes = [_codes_set(rule_set, name) for rule_set in rule_sets]
        if all(is_complete for _, is_complete in codes) and any(known for known, _ in codes):
            found[name] = tuple(dict.fromkeys(vocabulary[code] for known, _ in codes for code in known))
    return found


def _codes_set(rule_set: RuleSet, name: str) -> tuple[tuple[int, ...], bool]:
    if isinstance(rule_set, Scorecard):
        grades = (*(band.grade for band in rule_set.bands), *(each.grade for each in rule_set.knock_outs))
        return (grades if name == "grade" else ()), True
    codes: list[int] = []
    is_complete = True
    for output in _outputs(rule_set, name):
        if output.kind is Kind.CATEGORY:
            results = tuple(_results(output.expression))
            codes += [result.value for result in results if isinstance(result, Constant)]
            is_complete &= not any(isinstance(result, Name) for result in results)
    return tuple(codes), is_complete


def _outputs(rule_set: RuleSet, name: str) -> Iterator[Output]:
    for part in parts_of_rule_set(rule_set):
        if isinstance(part, OutputPart) and part.output.name == name:
            yield part.output


def _results(expression: Expression) -> Iterator[Expression]:
    if isinstance(expression, If):
        yield from _results(expression.yes)
        yield from _results(expression.no)
    else:
        yield expression


def _texts_of(part: Part) -> Iterator[tuple[str, int]]:
    match part:
        case ColumnPart(_, column, cell):
            if column:
                yield from _compared(column.expression)
                yield from _tested(column.expression, cell.test)
        case OutputPart(_, output):
            yield from _compared(output.expression)
            if output.kind is Kind.CATEGORY:
                constants = (each for each in _results(output.expression) if isinstance(each, Constant))
                yield from ((output.name, constant.value) for constant in constants)
        case FormulaPart(_, expression):
            yield from _compared(expression)
        case ReasonPart():
            return


def _compared(node: Expression | Test) -> Iterator[tuple[str, int]]:
    match node:
        case Compare(_, Name() as name, Constant() as constant) | Compare(_, Constant() as constant, Name() as name):
            yield from _pair(name, constant)
        case Satisfies(operand, test):
            yield from _tested(operand, test)
    for child in children(node):
        yield from _compared(child)


def _tested(operand: Expression, test: Test) -> Iterator[tuple[str, int]]:
    if isinstance(operand, Name):
        ends = [test]
        for each in ends:
            if isinstance(each, Comparison):
                yield from _pair(operand, each.end)
            else:
                ends += [child for child in children(each) if isinstance(child, AnyOf | NoneOf | Comparison)]


def _pair(name: Name, end: Expression) -> Iterator[tuple[str, int]]:
    if name.kind is Kind.CATEGORY and isinstance(end, Constant):
        yield name.name, end.value
