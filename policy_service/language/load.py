"""Loads a policy folder: policy.yaml and one file per rule set, checked and typed as a whole."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Final

from policy_service.domain.errors import Place
from policy_service.domain.outcomes import Outcome
from policy_service.language.definitions.dictionary import FactDefinition
from policy_service.language.definitions.dictionary_files import Dictionary, load_dictionary
from policy_service.language.feel.expressions import NameSource
from policy_service.language.feel.reading_names import names_in
from policy_service.language.feel.scope import FunctionDefinition
from policy_service.language.files.drafts import RuleSetDraft, Written
from policy_service.language.files.policy_file import COMPANION_FILES, read_policy_file
from policy_service.language.files.reading_texts import functions_of
from policy_service.language.files.rule_set_file import read_rule_set
from policy_service.language.policy import Policy
from policy_service.language.rule_set_parts import ReasonPart, expressions_of, parts_of_rule_set
from policy_service.language.rule_sets import Ladder, RuleSet
from policy_service.language.typing.chains import Chains, Reach, derive_chains, reaches
from policy_service.language.typing.policy_checks import (
    check_declared_outputs,
    check_fact_parameters,
    check_names,
    check_parameter,
    check_ranges,
    check_reasons,
    check_texts,
    grades_of,
)
from policy_service.language.typing.policy_typing import Drafts, Remembered, TypedPolicy, type_policy
from policy_service.language.typing.vocabulary import Vocabulary
from policy_service.language.yaml_text import yaml_reader
from policy_service.language.yaml_text.problems import PolicyNotReadable, Problems
from policy_service.language.yaml_text.strict_yaml import read_yaml_file

__all__ = ["PolicyNotReadable", "load_policy"]

POLICY_FILE: Final = "policy.yaml"


def load_policy(folder: Path, dictionary: Dictionary | None = None) -> Policy:
    """Return the policy in `folder`, embedding the definitions it reads.

    Without `dictionary`, facts, reasons and formulas come from the folder above and the folder itself.
    PolicyNotReadable with every error found, sorted by place.
    """
    if dictionary is None:
        dictionary = load_dictionary(folder.resolve().parent, folder.resolve())
    problems = Problems()
    drafts, chains = _read(folder, dictionary, problems)
    meeting = Vocabulary(outcome.value for outcome in Outcome)
    remembered: Remembered = {}
    first = type_policy(drafts, meeting, problems, remembered)
    facts = _facts_read(drafts, first)
    _check(drafts, first, facts, meeting, problems)
    problems.raise_if_any()
    vocabulary = Vocabulary([*meeting.texts, *(text for fact in facts.values() for text in fact.values)])
    typed = type_policy(drafts, vocabulary, problems, remembered)
    problems.raise_if_any()
    return _policy(drafts, chains, typed, facts, vocabulary.texts)


def _read(folder: Path, dictionary: Dictionary, problems: Problems) -> tuple[Drafts, Chains]:
    with problems.collecting():
        head = read_policy_file(read_yaml_file(folder / POLICY_FILE), problems)
        _report_unlisted(folder, {name.text for name in head.rule_sets}, problems)
        read = [problems.attempt(partial(_read_rule_set, folder, name, problems)) for name in head.rule_sets]
        rule_sets = tuple(draft for draft in read if draft)
        chains = derive_chains(rule_sets, head.decisions, problems)
        reached = reaches(rule_sets, chains, problems)
        check_names(head, rule_sets, dictionary.facts, problems)
        check_declared_outputs(rule_sets, problems)
        return Drafts(head, rule_sets, reached, dictionary, len(rule_sets) == len(read)), chains
    problems.raise_if_any()
    raise AssertionError("a policy that cannot be read has problems")


def _read_rule_set(folder: Path, name: Written, problems: Problems) -> RuleSetDraft:
    path = folder / f"{name.text}.yaml"
    if not path.exists():
        yaml_reader.refuse("L401", name.place, f"there is no file {path.name}.", "Add it, or take it off rule_sets.")
    return read_rule_set(name.text, read_yaml_file(path), problems)


def _report_unlisted(folder: Path, listed: set[str], problems: Problems) -> None:
    for path in sorted(folder.iterdir()):
        is_yaml = path.suffix in (".yaml", ".yml")
        if is_yaml and not (path.suffix == ".yaml" and path.stem in listed.union(COMPANION_FILES)):
            if path.stem in listed.union(COMPANION_FILES):
                message, remedy = f"the file {path.name} is not read.", f"Name it {path.stem}.yaml, or take it away."
            else:
                message = f"the policy does not list {path.stem} under rule_sets."
                remedy = "List it, or take the file away."
            problems.report("L403", message, Place(path.name), remedy)


def _check(
    drafts: Drafts,
    typed: TypedPolicy,
    facts: Mapping[str, FactDefinition],
    vocabulary: Vocabulary,
    problems: Problems,
) -> None:
    for parameter in typed.parameters.values():
        check_parameter(parameter, problems)
    check_reasons(typed.rule_sets, drafts.dictionary, problems)
    check_ranges(typed.rule_sets, problems)
    check_texts(typed.rule_sets, drafts.dictionary.facts, vocabulary.texts, problems)
    check_fact_parameters(facts.values(), typed.parameters, problems)


def _facts_read(drafts: Drafts, typed: TypedPolicy) -> Mapping[str, FactDefinition]:
    facts = drafts.dictionary.facts
    read = {name for rule_set in typed.rule_sets for name in _fact_names(rule_set, drafts.reaches[rule_set.name])}
    return {name: facts[name] for name in sorted(read) if name in facts}


def _fact_names(rule_set: RuleSet, reach: Reach) -> Iterator[str]:
    for expression in expressions_of(rule_set):
        for name in names_in(expression):
            # An output of an earlier rule set in one chain can be a fact of the standing in another.
            if name.source is NameSource.FACT or (name.source is NameSource.OUTPUT and name.name in reach.facts):
                yield name.name
    if not isinstance(rule_set, Ladder):
        yield from (claim.fact for claim in rule_set.claims if claim.fact not in reach.outputs)


def _policy(
    drafts: Drafts,
    chains: Chains,
    typed: TypedPolicy,
    facts: Mapping[str, FactDefinition],
    vocabulary: Sequence[str],
) -> Policy:
    head = drafts.head
    codes = {part.code for part in _reasons(typed.rule_sets)}
    return Policy(
        id=head.id,
        title=head.title,
        currency=head.currency,
        parameters=typed.parameters,
        facts=facts,
        reasons={code: drafts.dictionary.reasons[code] for code in sorted(codes)},
        rule_sets=typed.rule_sets,
        chains=chains,
        vocabulary=tuple(vocabulary),
        outputs=typed.outputs,
        exposure=head.exposure,
        exposure_of_group=head.exposure_of_group,
        severity=head.severity,
        review_on=head.review_on,
        owner=head.owner,
        change_notes=head.notes,
        grades=grades_of(typed.rule_sets, vocabulary),
        functions=_functions_called(drafts),
        place=head.place,
    )


def _functions_called(drafts: Drafts) -> Mapping[str, FunctionDefinition]:
    known = drafts.dictionary.functions
    texts = [written.text for draft in drafts.rule_sets for written in (*draft.texts.expressions, *draft.texts.tests)]
    found: dict[str, FunctionDefinition] = {}
    for text in texts:
        for name in sorted(functions_of(text) & known.keys() - found.keys()):
            found[name] = known[name]
            texts.append(known[name].text)
    return dict(sorted(found.items()))


def _reasons(rule_sets: Iterable[RuleSet]) -> Iterator[ReasonPart]:
    for rule_set in rule_sets:
        yield from (part for part in parts_of_rule_set(rule_set) if isinstance(part, ReasonPart))
