"""One fact of facts.yaml: read into its definition, and back into the entry that is written."""

from collections.abc import Mapping
from typing import Final, NoReturn

from policy_service.domain.errors import NOWHERE, Place, PolicyTextError
from policy_service.domain.values import Kind
from policy_service.language.definitions.built_in_facts import built_in_facts, declared_name
from policy_service.language.definitions.dictionary import (
    EntrySource,
    FactDefinition,
    FactSource,
    LedgerMeasure,
    Title,
)
from policy_service.language.definitions.entry_conditions import conditions_text, parse_conditions
from policy_service.language.definitions.measure_text import (
    fitting_kinds,
    measure_text,
    parse_measure,
    parse_within,
    within_text,
)
from policy_service.language.yaml_text import yaml_reader as read
from policy_service.language.yaml_text.strict_yaml import PlainData, YamlNode

_OF_LEDGER_FACTS: Final = ("from", "measure", "where", "within", "group")
_DECLARABLE: Final = (FactSource.LEDGER, FactSource.CUSTOMER, FactSource.REQUEST)


def read_fact(name: str, node: YamlNode, place: Place = NOWHERE) -> FactDefinition:
    """Return the fact that `node` declares under `name`; `place` is of the name.

    L040 to L053 for a key or value of the wrong form, L300 for keys that do not go together, L301 for a name that is
    taken, L310 to L320 for its measure, L321 for a type that the measure cannot have.
    """
    place = node.place if place is NOWHERE else place
    what = f"fact {name}"
    written = read.fields(node, what, ("type",), (*_OF_LEDGER_FACTS, "source", "unit", "title", "values", "required"))
    kind = read.choice(written["type"], f"type of {what}", Kind)
    source = _source(written, what, place)
    _refuse_redefinition(name, source, place)
    measure = _measure(written, kind, what) if source is FactSource.LEDGER else None
    return FactDefinition(
        name,
        kind,
        source,
        read.title(written["title"], f"title of {what}") if "title" in written else Title(),
        read.text(written["unit"], f"unit of {what}") if "unit" in written else "",
        measure,
        _values(written, kind, what),
        read.boolean(written["required"], f"required of {what}") if "required" in written else False,
        read.boolean(written["group"], f"group of {what}") if "group" in written else False,
        place,
    )


def fact_entry(definition: FactDefinition) -> dict[str, PlainData]:
    """Return the entry of facts.yaml that declares the fact, under its `declared_name`; `read_fact` reads it back.

    Meant for facts from a file: of a built-in or standing fact it says the source, which no file may.
    """
    entry = dict[str, PlainData]()
    if definition.measure is None:
        entry["source"] = definition.source.value
    else:
        entry |= _measure_entry(definition.measure)
    entry["type"] = definition.kind.value
    if definition.unit:
        entry["unit"] = definition.unit
    if definition.values:
        entry["values"] = list(definition.values)
    if definition.required:
        entry["required"] = True
    if definition.group and definition.name == declared_name(definition.name):
        entry["group"] = True
    if wording := title_entry(definition.title):
        entry["title"] = wording
    return entry


def title_entry(title: Title) -> dict[str, PlainData]:
    """Return {en: ..., zh: ...} without what is empty."""
    return {language: wording for language, wording in (("en", title.en), ("zh", title.zh)) if wording}


def _measure_entry(measure: LedgerMeasure) -> dict[str, PlainData]:
    entry: dict[str, PlainData] = {
        "from": measure.entries.value,
        "measure": measure_text(measure.measure, measure.entries),
    }
    if measure.where:
        entry["where"] = conditions_text(measure.where, measure.entries)
    if measure.within_days is not None:
        entry["within"] = within_text(measure.within_days)
    return entry


def _source(written: Mapping[str, YamlNode], what: str, place: Place) -> FactSource:
    if "source" not in written:
        if "from" not in written:
            _refuse(
                place, f"{what} does not say where it comes from.", "Add from: ..., or source: customer or request."
            )
        source = FactSource.LEDGER
    else:
        source = read.choice(written["source"], f"source of {what}", FactSource)
    if source not in _DECLARABLE:
        _refuse(place, f"{what} has the source {source.value}, which no file declares.", "Use customer or request.")
    if source is FactSource.LEDGER:
        for key in ("from", "measure"):
            if key not in written:
                _refuse(place, f"{what} comes from the ledger and lacks {key}.", f"Add {key}: ...")
        if "required" in written:
            _refuse(
                written["required"].place, f"{what} comes from the ledger and cannot be required.", "Delete required."
            )
    for key in _OF_LEDGER_FACTS:
        if key in written and source is not FactSource.LEDGER:
            _refuse(
                written[key].place, f"{what} comes from the {source.value} and has {key}.", f"Delete {key} or source."
            )
    return source


def _refuse_redefinition(name: str, source: FactSource, place: Place) -> None:
    built_in = next((fact for fact in built_in_facts() if fact.name == name), None)
    if built_in is None or (built_in.source is FactSource.CUSTOMER and source is FactSource.CUSTOMER):
        return
    owner = {
        FactSource.STANDING: "what a review sets",
        FactSource.CUSTOMER: "a column of the customer file",
    }.get(built_in.source, "a built-in fact")
    raise PolicyTextError(
        "L301",
        f"fact {name} is declared, but {name} is {owner}.",
        place=place,
        remedy="Choose another name, or delete it.",
    )


def _measure(written: Mapping[str, YamlNode], kind: Kind, what: str) -> LedgerMeasure:
    entries = read.choice(written["from"], f"from of {what}", EntrySource)
    text = read.text(written["measure"], f"measure of {what}")
    measure = parse_measure(text, entries, written["measure"].place)
    fitting = fitting_kinds(measure, entries)
    if kind not in fitting:
        raise PolicyTextError(
            "L321",
            f"{what} is declared as {kind.value}, which {measure_text(measure, entries)} over {entries.value} is not.",
            place=written["type"].place,
            remedy=f"Declare one of: {', '.join(sorted(fitting))}.",
        )
    where = within = None
    if "where" in written:
        text = read.text(written["where"], f"where of {what}")
        where = parse_conditions(text, entries, written["where"].place)
    if "within" in written:
        within = parse_within(read.text(written["within"], f"within of {what}"), written["within"].place)
    return LedgerMeasure(entries, measure, where or (), within)


def _values(written: Mapping[str, YamlNode], kind: Kind, what: str) -> tuple[str, ...]:
    if "values" not in written:
        return ()
    if kind is not Kind.CATEGORY:
        _refuse(written["values"].place, f"{what} is of type {kind.value} and lists values.", "Use type: category.")
    values = read.texts(written["values"], f"values of {what}")
    if not values:
        _refuse(written["values"].place, f"{what} allows no value.", "List the values, or delete the key.")
    return values


def _refuse(place: Place, message: str, remedy: str) -> NoReturn:
    raise PolicyTextError("L300", message, place=place, remedy=remedy)
