"""The ledger that a command is given as files: read with progress, and up to which day it says anything."""

from datetime import date
from pathlib import Path
from typing import Final

from policy_service.cli import output
from policy_service.domain.currencies import currency
from policy_service.domain.entries import Ledger
from policy_service.domain.errors import RequestError
from policy_service.domain.values import Currency
from policy_service.language.definitions.dictionary import FactDictionary
from policy_service.language.definitions.dictionary_files import load_dictionary
from policy_service.ledger.mapping import LedgerMapping, load_mapping
from policy_service.ledger.report import ImportResult
from policy_service.services.days import day_after_last_entry
from policy_service.services.import_ledger import import_ledger
from policy_service.settings import read_settings

#: Of a ledger of files that nothing says the currency of.
_USUAL_CURRENCY: Final = "CNY"


def the_ledger(
    folder: Path | None, mapping: str | None, base: Currency | None, own_facts: FactDictionary | None = None
) -> ImportResult:
    """Return the import of the folder, else of the settings' ledger; RequestError R406 if none is named.

    Without a `base` currency that of the mapping counts, else CNY. The customer file is held to the facts that ship
    and to a policy's `own_facts`.
    """
    settings = read_settings()
    declared = {**load_dictionary(settings.rules_dir).facts, **(own_facts or {})}
    folder = ledger_named(folder)
    chosen = the_mapping(mapping)
    if chosen is None and settings.ledger_mapping and folder == settings.ledger_dir:
        chosen = load_mapping(settings.ledger_mapping)
    with output.progress("Reading the ledger") as advance:
        stated = base or (chosen.base_currency if chosen else None) or currency(_USUAL_CURRENCY)
        return import_ledger(folder, stated, declared, chosen, advance)


def ledger_named(folder: Path | None) -> Path:
    """Return the folder, else that of the settings' ledger; RequestError R406 if none is named."""
    named = folder or read_settings().ledger_dir
    if named is None:
        raise RequestError(
            "R406", "No ledger is named.", remedy="Add --ledger DIR, or set LEDGER_DIR; `generate` makes a sample."
        )
    return named


def the_mapping(name: str | None) -> LedgerMapping | None:
    """Return the mapping given as a file or a name under rules/mappings; RequestError R407 if there is none."""
    return load_mapping(_mapping_file(name)) if name else None


def the_day(as_of: date | None, ledger: Ledger) -> date:
    """Return the day asked for, else the day after the ledger's last entry."""
    return as_of or day_after_last_entry(ledger)


def say_what_was_left_out(result: ImportResult) -> None:
    """Say in one line, on the error stream, that rows were quarantined; silent if none was."""
    if result.quarantined:
        count = output.plural(len(result.quarantined), "row")
        output.err.print(f"[yellow]{count} quarantined[/yellow]: `policy import` lists each with its reason.")


def _mapping_file(name: str) -> Path:
    given = Path(name)
    shipped = read_settings().rules_dir / "mappings" / f"{name}.yaml"
    for candidate in (given, shipped):
        if candidate.is_file():
            return candidate
    raise RequestError(
        "R407", f"There is no mapping {name!r}.", remedy="Name a mapping file, or one under rules/mappings."
    )
