"""The dictionary of facts as people read it: what each is, how it is measured, and which policies read it."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from policy_service.domain.instants import Instant
from policy_service.language.definitions.built_in_facts import GROUP_PREFIX
from policy_service.language.definitions.dictionary import FactDefinition, FactDictionary, FactSource
from policy_service.language.definitions.dictionary_files import load_dictionary
from policy_service.language.definitions.entry_conditions import conditions_text
from policy_service.language.definitions.measure_text import measure_text
from policy_service.language.policy import Policy
from policy_service.services.house import House
from policy_service.services.policy_life.reading import policies_now
from policy_service.storage.errors import not_stored
from policy_service.storage.policy_store import PolicyStore, PolicyVersion


@dataclass(frozen=True, slots=True)
class Reader:
    """A version of a policy that reads a fact: the one in force, else the latest one."""

    policy_id: str
    number: int
    is_in_force: bool


@dataclass(frozen=True, slots=True)
class DescribedFact:
    """A fact; `formula` and `where` say how it is measured as policies write it, empty of one that is not."""

    definition: FactDefinition
    formula: str
    where: str
    read_by: tuple[Reader, ...]

    @property
    def has_group(self) -> bool:
        """Whether it is read over all customers with the same root parent."""
        return self.definition.name.startswith(GROUP_PREFIX)


@dataclass(frozen=True, slots=True)
class FactsWanted:
    """Which facts are looked for: by a part of the name or a title, by source, by a policy that reads them."""

    search: str = ""
    source: str = ""
    policy: str = ""


def described_facts(house: House, session: Session, wanted: FactsWanted, at: Instant) -> tuple[DescribedFact, ...]:
    """Return the facts that are looked for, in order of name: those that ship and those that policies declare."""
    readers = tuple(_readers(session, at))
    declared = _declared(house, [policy for _, policy in readers])
    facts = (_described(fact, readers) for _, fact in sorted(declared.items()))
    return tuple(fact for fact in facts if _is_wanted(fact, wanted))


def described_fact(house: House, session: Session, name: str, at: Instant) -> DescribedFact:
    """Return the fact of that name; NotStored S209 if there is none."""
    for fact in described_facts(house, session, FactsWanted(search=name), at):
        if fact.definition.name == name:
            return fact
    raise not_stored(f"fact {name[:60]}")


def _readers(session: Session, at: Instant) -> Iterator[tuple[Reader, Policy]]:
    store = PolicyStore(session)
    for now in policies_now(session, at):
        version = now.active or _latest_readable(store.versions(now.policy_id))
        if version:
            reader = Reader(now.policy_id, version.number, now.active is not None)
            yield reader, store.policy(version.policy_id, version.number)


def _latest_readable(versions: Sequence[PolicyVersion]) -> PolicyVersion | None:
    readable = [version for version in versions if version.sha256]
    return max(readable, key=lambda version: version.number, default=None)


def _declared(house: House, policies: Sequence[Policy]) -> FactDictionary:
    declared: Mapping[str, FactDefinition] = load_dictionary(house.settings.rules_dir).facts
    for policy in policies:
        declared = {**policy.facts, **declared}
    return declared


def _described(fact: FactDefinition, readers: Sequence[tuple[Reader, Policy]]) -> DescribedFact:
    measure = fact.measure
    read_by = tuple(reader for reader, policy in readers if fact.name in policy.facts)
    if measure is None:
        return DescribedFact(fact, "", "", read_by)
    formula, where = measure_text(measure.measure, measure.entries), conditions_text(measure.where, measure.entries)
    return DescribedFact(fact, formula, where, read_by)


def _is_wanted(fact: DescribedFact, wanted: FactsWanted) -> bool:
    definition, searched = fact.definition, wanted.search.casefold()
    said = (definition.name, definition.title.en, definition.title.zh)
    return (
        any(searched in text.casefold() for text in said)
        and (not wanted.source or definition.source == FactSource(wanted.source))
        and (not wanted.policy or any(reader.policy_id == wanted.policy for reader in fact.read_by))
    )
