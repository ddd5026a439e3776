"""Column mappings: those that ship beside the rules and those that the company keeps; shown, tried out, kept."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from sqlalchemy.orm import Session

from policy_service.domain.acting import Act
from policy_service.domain.errors import RequestError
from policy_service.domain.instants import Instant
from policy_service.domain.permissions import Permission
from policy_service.ledger.mapping import LedgerMapping, load_mapping, read_mapping
from policy_service.ledger.sample_rows import Chosen, Sample, SampleRow, lacking, mapping_text, read_sample
from policy_service.services.actor import Actor, require
from policy_service.services.audit import note
from policy_service.services.house import House
from policy_service.services.ledger_in.frame import base_currency_for, declared_facts
from policy_service.storage.mapping_store import MappingStore, StoredMapping

_NAME: Final = re.compile(r"[a-z][a-z0-9_]{0,39}", re.ASCII)


@dataclass(frozen=True, slots=True)
class KnownMapping:
    """A mapping by its name; `kept` is what the company keeps of it, none of one that ships."""

    name: str
    kept: StoredMapping | None = None


def known_mappings(house: House, session: Session) -> tuple[KnownMapping, ...]:
    """Return the mappings that there are, in order of name; what ships comes before what is kept under its name."""
    shipped = _shipped(house)
    kept = [KnownMapping(one.name, one) for one in MappingStore(session).all() if one.name not in shipped]
    return tuple(sorted((*map(KnownMapping, shipped), *kept), key=lambda one: one.name))


def named_mapping(house: House, name: str) -> LedgerMapping:
    """Return the mapping of that name, one that ships or one that is kept; RequestError R407 if there is none."""
    shipped = _shipped(house)
    if name in shipped:
        return load_mapping(shipped[name])
    with house.database.reading() as session:
        kept = MappingStore(session).find(name)
        known = ", ".join(one.name for one in known_mappings(house, session)) or "none"
    if kept is None:
        raise RequestError("R407", f"There is no mapping {name[:60]!r}.", remedy=f"Name one of: {known}.")
    return read_mapping(kept.text, f"{name}.yaml")


def mapping_as_text(house: House, session: Session, name: str) -> str:
    """Return a mapping as a file says it; NotStored S209 if there is none of that name."""
    shipped = _shipped(house)
    return shipped[name].read_text("utf-8") if name in shipped else MappingStore(session).load(name).text


def tried_mapping(house: House, session: Session, sample: Sample, chosen: Chosen, at: Instant) -> tuple[SampleRow, ...]:
    """Return the rows of a sample as an import would read them; LedgerError for what would refuse all of it."""
    return read_sample(sample, chosen, base_currency_for(house, session, at), declared_facts(house, session, at))


def keep_mapping(
    house: House, session: Session, name: str, sample: Sample, chosen: Chosen, actor: Actor, act: Act
) -> None:
    """Keep what was chosen for files such as the sample under a name, in place of what was kept under it.

    AccessError A403 without permission to write the ledger; RequestError R427 for a name that is none or that ships,
    R428 where a column is not chosen without which there is no invoice.
    """
    require(actor, Permission.LEDGER_WRITE)
    if not _NAME.fullmatch(name) or name in _shipped(house):
        raise RequestError(
            "R427",
            f"{name[:60]!r} is no name for a mapping of your own.",
            remedy="Write small letters, digits and _, at most 40, and not the name of one that ships: open_items.",
        )
    missing = lacking(chosen)
    if missing:
        raise RequestError(
            "R428",
            f"Nothing says which column is {', '.join(column for _, column in missing)}.",
            remedy="Choose a column for each that an invoice needs.",
        )
    text = mapping_text(name, sample, chosen)
    read_mapping(text, f"{name}.yaml")
    MappingStore(session).keep(name, text, act.at, act.person)
    note(house, session, act, "kept", "mapping", name, {"file": sample.file})


def remove_mapping(house: House, session: Session, name: str, actor: Actor, act: Act) -> None:
    """Take a mapping away that the company keeps; imports that were made by it stay as they are.

    AccessError A403 without permission to write the ledger; NotStored S209 if there is none.
    """
    require(actor, Permission.LEDGER_WRITE)
    MappingStore(session).remove(name)
    note(house, session, act, "deleted", "mapping", name)


def _shipped(house: House) -> Mapping[str, Path]:
    return {file.stem: file for file in sorted((house.settings.rules_dir / "mappings").glob("*.yaml"))}
