"""`policy serve`: the HTTP service on one machine, in one process."""

import threading
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Final

import click
from flask import Flask
from rich.markup import escape

from policy_service.app import app_of, close_app, house_of_process, serve_app, start_background, stop_background
from policy_service.cli import output
from policy_service.domain.acting import Act
from policy_service.ledger.mapping import load_mapping
from policy_service.logs import set_up_logs
from policy_service.running import BY_ITSELF, now, one_time_password
from policy_service.services.house import House
from policy_service.services.ledger_in.importing import import_folder
from policy_service.services.roles import FOUNDER
from policy_service.services.sign_in.passwords import found_administrator
from policy_service.settings import Settings, read_settings
from policy_service.storage.ledger_store import LedgerStore

_FIRST_LOGIN: Final = "admin"
_FIRST_PERSON: Final = """Nobody is known yet, so here is an administrator. Sign in once, within a day:
  login     {login}
  password  {password}
Add a person, then a key for what asks in their name:
  ./run person add ada --name Ada --role credit_manager --as {login}
  ./run key add --as ada --name shop"""


@click.command("serve")
@click.option(
    "--ledger",
    "ledger_folder",
    type=click.Path(path_type=Path, exists=True),
    help="Import this folder first, if the database has no ledger yet. Default: LEDGER_DIR.",
)
@click.option("--port", type=click.IntRange(1, 65535), help="Default: PORT, else 8080.")
def serve_command(ledger_folder: Path | None, port: int | None) -> None:
    """Answer requests on this machine until stopped; the database gets its tables and policies if it has none."""
    settings = read_settings()
    # One process: what settings say of workers is for gunicorn.
    settings = replace(settings, port=port or settings.port, web_concurrency=1, prometheus_multiproc_dir="")
    set_up_logs(settings)
    house = house_of_process(settings)
    app = app_of(house)
    try:
        _import_first(house, ledger_folder or settings.ledger_dir)
        start_background(app)
        serve_app(app, settings, partial(_tell, house, settings))
    finally:
        _end(app)


def _end(app: Flask) -> None:
    # The server waits five seconds for requests under way. One that takes longer keeps its engines, else it would
    # be decided by nobody.
    if any(thread.name.startswith("waitress") for thread in threading.enumerate()):
        stop_background(app)
    else:
        close_app(app)


def _import_first(house: House, folder: Path | None) -> None:
    if folder is None or _has_ledger(house):
        return
    mapping = house.settings.ledger_mapping
    with output.progress(f"Importing {folder.name}") as advance:
        imported = import_folder(
            house,
            folder,
            Act(BY_ITSELF, now()),
            mapping=load_mapping(mapping) if mapping else None,
            progress=lambda _part, done, total: advance(done, total),
        )
    rows = sum(table.added for table in imported.stored.tables)
    output.out.print(f"Imported {output.plural(rows, 'row')} of {escape(str(folder))} into the database.")


def _has_ledger(house: House) -> bool:
    with house.database.reading() as session:
        return LedgerStore(session).head() > 0


def _tell(house: House, settings: Settings) -> None:
    address = f"http://{settings.host}:{settings.port}"
    output.out.print(f"Listening on {address}. Stop with Ctrl-C.")
    output.out.print(f"The console, for people: {address}/console/")
    output.out.print(f"The endpoints, to try out: {address}/docs/")
    password = one_time_password()
    if found_administrator(house, _FIRST_LOGIN, password, Act(FOUNDER, now())):
        output.out.print(_FIRST_PERSON.format(login=_FIRST_LOGIN, password=password), markup=False)
    elif not _has_ledger(house):
        output.out.print("There is no ledger yet: start with --ledger DIR, or import one (./run import --help).")
