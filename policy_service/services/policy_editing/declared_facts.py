"""Facts that a policy declares for itself: those in its own facts.yaml, and a new one beside them."""

from dataclasses import dataclass
from pathlib import Path

from policy_service.domain.errors import Place, PolicyTextError
from policy_service.language.definitions.dictionary import FactDefinition, FactSource
from policy_service.language.definitions.dictionary_files import FACTS_FILE
from policy_service.language.definitions.fact_text import read_fact
from policy_service.language.yaml_text.strict_yaml import PlainData, YamlScalar, read_yaml, yaml_node
from policy_service.language.yaml_text.yaml_reader import name as read_name
from policy_service.language.yaml_text.yaml_writing import flow, key
from policy_service.services.policy_editing.as_written import parts
from policy_service.services.policy_editing.editing import edited
from policy_service.services.policy_editing.edits import SetValue
from policy_service.services.policy_editing.taken_names import refuse_taken
from policy_service.services.policy_life.files import Files


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
    refuse_taken(name, policy_id, files, rules_dir)
    entry = _entry(fact)
    read_fact(name, yaml_node(entry, FACTS_FILE))
    if FACTS_FILE not in files:
        return {**files, FACTS_FILE: f"{key(name)} {flow(entry)}\n"}
    return {**files, FACTS_FILE: edited(files[FACTS_FILE], FACTS_FILE, [SetValue((name,), entry)])}


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
