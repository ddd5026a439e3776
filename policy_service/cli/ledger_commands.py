"""`policy import`, `policy facts` and `policy generate`."""

import dataclasses
from datetime import date
from itertools import chain
from pathlib import Path

import click
from rich import box
from rich.markup import escape
from rich.table import Table

from policy_service.cli import output
from policy_service.cli.acting_as import as_option, open_house, work_as
from policy_service.cli.ledger_files import the_day, the_ledger, the_mapping
from policy_service.cli.ledger_options import ledger_options, policy_option, the_policy
from policy_service.domain.currencies import currency
from policy_service.domain.permissions import Permission
from policy_service.domain.values import Kind
from policy_service.facts.knowledge import Knowledge
from policy_service.facts.measure import Circumstances, MeasuredFact, measure_facts
from policy_service.facts.prepared_ledger import PreparedLedger
from policy_service.language.definitions.dictionary_files import load_dictionary
from policy_service.ledger.report import ImportResult, Quarantined, summary
from policy_service.ledger.spooled import Spooled
from policy_service.sample_ledger.generate import generate
from policy_service.sample_ledger.profile import SampleCompany
from policy_service.services.actor import require
from policy_service.services.code_book import CodeBook
from policy_service.services.ledger_in.importing import Imported, import_folder
from policy_service.services.standings import recorded_standing
from policy_service.settings import read_settings
from policy_service.storage.ledger_import import StoredImport

_ENTRIES_SHOWN = 3


@click.command("import")
@click.argument("folder", type=click.Path(path_type=Path, exists=True))
@click.option("--mapping", help="How the ledger's own columns map: a file, or a name under rules/mappings.")
@click.option("--base-currency", help="Currency of rows that name none. Default: the mapping's, else CNY.")
@click.option("--json", "as_json", is_flag=True, help="Write the whole report as JSON.")
@click.option("--all", "every_row", is_flag=True, help="List every quarantined row, not the first of each kind.")
@click.option("--store", is_flag=True, help="Store what is accepted in the database of DATABASE_URL.")
@click.option("--replace", is_flag=True, help="With --store: a row that differs takes the stored one's place.")
@as_option
def import_command(
    folder: Path,
    mapping: str | None,
    base_currency: str | None,
    as_json: bool,
    every_row: bool,
    store: bool,
    replace: bool,
    login: str,
) -> None:
    """Validate the ledger in FOLDER: what is accepted, what is quarantined and why; with --store, keep it.

    Exit code 1 if a row was quarantined, 2 if the whole import is refused.
    """
    if store:
        imported = _store(folder, mapping, login, replaces=replace)
        result = imported.result
        quarantined = Spooled(Quarantined, chain(result.quarantined, imported.stored.quarantined))
        result = dataclasses.replace(result, quarantined=quarantined)
    else:
        imported, result = None, the_ledger(folder, mapping, currency(base_currency) if base_currency else None)
    if as_json:
        output.write_json(summary(result))
    else:
        _show_import(result, every_row)
        if imported:
            _show_stored(imported.stored)
    raise click.exceptions.Exit(1 if result.quarantined else 0)


def _store(folder: Path, mapping: str | None, login: str, *, replaces: bool) -> Imported:
    chosen = the_mapping(mapping)
    with open_house() as house:
        with house.database.reading() as session:
            work = work_as(house, session, login)
            require(work.actor, Permission.LEDGER_WRITE)
        with output.progress("Importing") as advance:

            def tell(_part: str, done: int, total: int) -> None:
                advance(done, total)

            return import_folder(house, folder, work.act, mapping=chosen, replaces=replaces, progress=tell)


def _show_stored(stored: StoredImport) -> None:
    added = sum(counts.added for counts in stored.tables)
    replaced = sum(counts.replaced for counts in stored.tables)
    unchanged = sum(counts.unchanged for counts in stored.tables)
    left_out = len(stored.quarantined)
    output.out.print(
        f"Stored: {added:,} added, {replaced:,} replaced, {unchanged:,} unchanged, "
        f"{left_out:,} left out because the ledger has them otherwise."
    )


def _show_import(result: ImportResult, every_row: bool) -> None:
    table = Table("file", "of", box=box.SIMPLE)
    for column in ("read", "accepted", "quarantined", "repeated"):
        table.add_column(column, justify="right")
    for counts in result.counts:
        numbers = (counts.read, counts.accepted, counts.quarantined, counts.repeated)
        table.add_row(escape(counts.file), counts.table.value, *(f"{number:,}" for number in numbers))
    output.out.print(table)
    for title, notes in (("quarantined", result.quarantined), ("warning", result.warnings)):
        seen: dict[str, int] = {}
        for note in notes:
            seen[note.reason] = seen.get(note.reason, 0) + 1
            if every_row or seen[note.reason] == 1:
                output.out.print(f"[yellow]{title}[/yellow] {escape(str(note))}")
        for code, count in seen.items():
            if count > 1 and not every_row:
                output.out.print(f"  ... {code}: {count:,} in all (--all lists them)")


@click.command("generate")
@click.argument("folder", type=click.Path(path_type=Path))
@click.option("--customers", default=2_000, show_default=True)
@click.option("--invoices", default=100_000, show_default=True)
@click.option("--seed", default=7, show_default=True, help="The same seed gives the same files.")
@click.option("--from", "first_day", type=output.DAY, default="2023-01-01", show_default=True)
@click.option("--to", "last_day", type=output.DAY, default="2025-12-31", show_default=True)
def generate_command(folder: Path, customers: int, invoices: int, seed: int, first_day: date, last_day: date) -> None:
    """Write a realistic sample ledger into the new FOLDER (statistics: docs/reference/sample-ledger.md)."""
    company = SampleCompany(customers, invoices, seed, first_day, last_day)
    with output.progress("Generating") as advance:
        rows = generate(company, folder, advance)
    for name, count in rows.items():
        output.out.print(escape(f"{folder / (name + '.csv')}  {count:,} rows"))


@click.command("facts")
@ledger_options
@policy_option
@click.option("--customer", required=True, help="The customer's id.")
@click.option("--as-of", type=output.DAY, help="The business day; default: the day after the last entry.")
@click.option("--json", "as_json", is_flag=True, help="Write value, source and entries of each fact as JSON.")
def facts_command(
    ledger_folder: Path | None,
    mapping: str | None,
    policy_name: str | None,
    customer: str,
    as_of: date | None,
    as_json: bool,
) -> None:
    """Show every fact of a customer as it was known at the start of a day, with the entries behind it."""
    policy = the_policy(policy_name)
    ledger = the_ledger(ledger_folder, mapping, policy.currency, policy.facts).ledger
    day = the_day(as_of, ledger)
    definitions = {**load_dictionary(read_settings().rules_dir).facts, **policy.facts}
    codes = CodeBook(policy)
    terms = {name: recorded_standing(one, day, codes).terms() for name, one in ledger.histories.items()}
    circumstances = Circumstances(policy.parameters, policy.exposure, policy.exposure_of_group, terms)
    measured = measure_facts(ledger, customer, definitions.values(), Knowledge(day), circumstances)
    if as_json:
        output.write_json(
            {
                name: {
                    "value": _plain(fact, codes),
                    "type": fact.kind.value,
                    "source": fact.source.value,
                    "entries": list(fact.entries),
                }
                for name, fact in measured.items()
            }
        )
        return
    table = Table("fact", "title", "source", "entries", box=box.SIMPLE, title=escape(f"{customer} as of {day}"))
    table.add_column("value", justify="right")
    is_alone = len(PreparedLedger(ledger).group_of(customer, Knowledge(day))) == 1
    for name, fact in sorted(measured.items()):
        if is_alone and definitions[name].group:
            continue
        entries = ", ".join(fact.entries[:_ENTRIES_SHOWN])
        more = len(fact.entries) - _ENTRIES_SHOWN
        entries += f" and {more:,} more" if more > 0 else ""
        title = definitions[name].title.in_language("en")
        table.add_row(name, escape(title), fact.source.value, escape(entries), escape(_text(fact, codes)))
    output.out.print(table)


def _plain(fact: MeasuredFact, codes: CodeBook) -> object:
    return (fact.text or None) if fact.kind is Kind.CATEGORY else codes.plain(fact.value, fact.kind)


def _text(fact: MeasuredFact, codes: CodeBook) -> str:
    return fact.text if fact.kind is Kind.CATEGORY and fact.text else codes.text(fact.value, fact.kind)
