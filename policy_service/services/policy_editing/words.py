"""The words that a rule set may use: facts, parameters, outputs and reasons, with what they are called."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from policy_service.domain.errors import PolicyTextError
from policy_service.language.definitions.dictionary import Title
from policy_service.language.definitions.dictionary_files import Dictionary, dictionary_of
from policy_service.language.definitions.standing import STANDING_OUTPUTS
from policy_service.language.load import POLICY_FILE
from policy_service.language.yaml_text import yaml_reader
from policy_service.language.yaml_text.strict_yaml import YamlMapping, YamlNode, YamlScalar, read_yaml
from policy_service.services.policy_life.files import Files, laid_out


@dataclass(frozen=True, slots=True)
class Word:
    """A name with what it is (`fact`, `parameter`, `output`, `reason`, `function`), its kind and its wording."""

    name: str
    what: str
    kind: str = ""
    title: Title = field(default_factory=Title)


def words_of(policy_id: str, files: Files, rules_dir: Path) -> tuple[Word, ...]:
    """Return the words that the rule sets of these files may use, sorted by what they are; as far as files are read."""
    dictionary = _dictionary(policy_id, files, rules_dir)
    found = [Word(fact.name, "fact", fact.kind.value, fact.title) for fact in dictionary.facts.values()]
    found += [Word(name, "parameter") for name in _keys(files, "parameters")]
    found += [Word(name, "output", kind.value) for name, kind in STANDING_OUTPUTS.items()]
    found += [Word(reason.code, "reason", "", reason.title) for reason in dictionary.reasons.values()]
    found += [Word(name, "function") for name in dictionary.functions]
    return tuple(found)


def rule_sets_of(files: Files) -> tuple[str, ...]:
    """Return the names of the rule sets in the order of policy.yaml, or else of the files that hold one."""
    node = _value(_head(files), "rule_sets")
    listed = [item.text for item in getattr(node, "items", ()) if isinstance(item, YamlScalar)]
    others = {"policy.yaml", "facts.yaml", "reasons.yaml", "formulas.yaml", "cases.yaml", "overrides.yaml"}
    return tuple(listed or (name.removesuffix(".yaml") for name in sorted(files) if name not in others))


def _keys(files: Files, key: str) -> tuple[str, ...]:
    node = _value(_head(files), key)
    return tuple(name.text for name, _ in node.entries) if isinstance(node, YamlMapping) else ()


def _head(files: Files) -> YamlNode | None:
    try:
        return read_yaml(files.get(POLICY_FILE, ""), POLICY_FILE)
    except PolicyTextError:
        return None


def _value(node: YamlNode | None, key: str) -> YamlNode | None:
    entries = yaml_reader.entries(node, key) if isinstance(node, YamlMapping) else ()
    return next((value for name, value in entries if name.text == key), None)


def _dictionary(policy_id: str, files: Files, rules_dir: Path) -> Dictionary:
    with laid_out(policy_id, files) as folder:
        for tried in (folder, rules_dir):
            try:
                return dictionary_of(tried, rules_dir)
            except PolicyTextError:
                # A dictionary of the draft's own that cannot be read leaves what ships.
                continue
    return Dictionary()


def titles_of(words: tuple[Word, ...]) -> Mapping[str, Title]:
    """Return what the words are called, of those that are called something."""
    return {word.name: word.title for word in words if word.title.en or word.title.zh}
