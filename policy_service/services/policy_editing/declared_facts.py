"""Facts that a policy declares for itself: those in its own facts.yaml, and a new one beside them."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from policy_service.domain.errors import Place, PolicyTextError, RequestError
from policy_service.language.definitions.dictionary import FactDefinition, FactSource
from policy_service.language.definitions.dictionary_files import FACTS_FILE, dictionary_of
from policy_service.language.definitions.fact_text import read_fact
from policy_service.language.files.policy_file import COMPANION_FILES
from policy_service.language.yaml_text.strict_yaml import PlainData, YamlScalar, read_yaml, yaml_node
from policy_service.language.yaml_text.yaml_reader import name as read_name
from policy_service.language.yaml_text.yaml_writing import flow, key
from policy_service.services.policy_editing.as_written import part, parts
from policy_service.services.policy_editing.editing import edited
from policy_service.services.policy_editing.edits import SetValue
from policy_service.services.policy_life.files import Files, laid_out, read_with_problems


@dataclass(frozen=True, slots=True)
class FactText:
    """A fact as a form declares it: every value a text, empty where it says nothing.

    `source` is ledger, customer or request; `entries`, `measure`, `where` and `within` are those of a fact of the
    ledger. `values` are the words that a category may take, with commas between.
    """

    name: str = ""
    kind: str = ""
    source: str = FactSource.CUSTOMER.value
    entries: str = ""
    measure: str = ""
    where: str = ""
    within: str = ""
    unit: str = ""
    values: str = ""
    en: str = ""
    zh: str = ""
    is_required: bool = False


def own_facts(files: Files) -> tuple[FactDefinition, ...]:
    """Return the facts that facts.yaml of the files declares, in its order; those that cannot be read are left out."""
    found: list[FactDefinition] = []
    for name, node in parts(read_yaml(files[FACTS_FILE], FACTS_FILE)) if FACTS_FILE in files else ():
        try:
            found.append(read_fact(name, node))
        except PolicyTextError:
            # What is wrong with it stands among the problems of the draft.
            continue
    return tuple(found)


def with_fact(policy_id: str, files: Files, rules_dir: Path, fact: FactText) -> Files:
    """Return the files with the fact declared in their facts.yaml, behind the others, which stay as they are.

    RequestError R592 for a name that stands for something already; PolicyTextError with the codes of `read_fact` for
    what is no fact.
    """
    name = read_name(YamlScalar(fact.name, place=Place(FACTS_FILE)), "the fact")
    taken = _taken(policy_id, files, rules_dir)
    if name in taken:
        raise RequestError("R592", f"{name} is {taken[name]} already.", remedy="Choose another name.")
    entry = _entry(fact)
    read_fact(name, yaml_node(entry, FACTS_FILE))
    if FACTS_FILE not in files:
        return {**files, FACTS_FILE: f"{key(name)} {flow(entry)}\n"}
    return {**files, FACTS_FILE: edited(files[FACTS_FILE], FACTS_FILE, [SetValue((name,), entry)])}


def _taken(policy_id: str, files: Files, rules_dir: Path) -> Mapping[str, str]:
    with laid_out(policy_id, files) as folder:
        facts = dictionary_of(folder, rules_dir).facts
    policy = read_with_problems(policy_id, files, rules_dir)[0].policy
    head = read_yaml(files.get("policy.yaml", "{}"), "policy.yaml")
    return {
        **dict.fromkeys(COMPANION_FILES, "the name of a file"),
        **dict.fromkeys(policy.outputs if policy else (), "an output"),
        **dict.fromkeys((parameter for parameter, _ in parts(part(head, "parameters"))), "a parameter"),
        **dict.fromkeys(facts, "a fact"),
    }


def _entry(fact: FactText) -> dict[str, PlainData]:
    of_ledger = fact.source == FactSource.LEDGER
    said: dict[str, PlainData] = (
        {"from": fact.entries, "measure": fact.measure} if of_ledger else {"source": fact.source}
    )
    if of_ledger:
        said |= {name: text for name, text in (("where", fact.where), ("within", fact.within)) if text}
    said["type"] = fact.kind
    if fact.unit:
        said["unit"] = fact.unit
    if fact.values:
        said["values"] = [each.strip() for each in fact.values.replace("，", ",").split(",") if each.strip()]
    if fact.is_required:
        said["required"] = True
    said["title"] = {language: text for language, text in (("en", fact.en), ("zh", fact.zh)) if text}
    return said
