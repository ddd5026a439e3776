"""`policy pull`, and what came of pulls: the last runs of a connection, and the rows that are left out."""

import click
from rich import box
from rich.markup import escape
from rich.table import Table

from policy_service.cli import output
from policy_service.cli.acting_as import as_option, changing_as, open_house, work_in
from policy_service.domain.instants import Instant, instant_text
from policy_service.running import process_name
from policy_service.services.connections import runs as run_service
from policy_service.services.connections.pull_job import counts_of
from policy_service.storage.pull_store import StoredPull

_NAME = click.argument("name")
_JSON = click.option("--json", "as_json", is_flag=True, help="Write it as JSON.")
_LAST = click.option(
    "--last", "most", type=click.IntRange(1, run_service.MOST_SHOWN), default=100, show_default=True, help="How many."
)


@click.command("runs")
@_NAME
@click.option("--last", "most", type=click.IntRange(1, run_service.MOST_SHOWN), default=10, show_default=True)
@_JSON
@as_option
def runs_command(name: str, most: int, as_json: bool, login: str) -> None:
    """List the last runs of connection NAME."""
    with changing_as(login) as work:
        found = run_service.runs(work.session, name, work.actor, most)
    if as_json:
        output.write_json([_run(one) for one in found])
        return
    table = Table("pull", "began", "state", "rows", "changed", "customers", "left out", "why", box=box.SIMPLE)
    for one in found:
        numbers = (one.rows, one.changed, one.customers, one.left_out)
        why = f"{one.error} {one.remedy} [{one.code}]" if one.code else ""
        table.add_row(
            one.pull_id, _time(one.started_at), one.state, *(f"{number:,}" for number in numbers), escape(why)
        )
    output.out.print(table)


@click.command("rejected")
@click.argument("pull_id")
@_LAST
@as_option
def rejected_command(pull_id: str, most: int, login: str) -> None:
    """List the rows that the run PULL_ID left out, where they are over there, and why."""
    with changing_as(login) as work:
        for one in run_service.rejected_rows(work.session, pull_id, work.actor, most):
            output.out.print(escape(_rejected(one)))


@click.command("left-out")
@_NAME
@_LAST
@_JSON
@as_option
def left_out_command(name: str, most: int, as_json: bool, login: str) -> None:
    """List the rows of connection NAME that are left out now, where they are over there, and why.

    Exit code 1 if there are any.
    """
    with changing_as(login) as work:
        found = run_service.left_out_now(work.session, name, work.actor, most)
    if as_json:
        output.write_json(_left_out(found))
    else:
        for row in found.unreadable:
            output.out.print(escape(f"{row.object_name} {row.row_id}: {row.why}"))
        for one in found.rejected:
            output.out.print(escape(_rejected(one)))
        output.out.print(f"{output.plural(found.count, 'row')} left out.")
    raise click.exceptions.Exit(1 if found.count else 0)


@click.command("pull")
@_NAME
@click.option("--withdraw", is_flag=True, help="Though more rows be withdrawn than stay: they are gone over there.")
@_JSON
@as_option
def pull_command(name: str, withdraw: bool, as_json: bool, login: str) -> None:
    """Pull connection NAME now; one that was broken off goes on where it was.

    Exit code 1 if rows are left out, by this pull or one before, 2 if it could not be pulled.
    """
    with open_house() as house:
        work = work_in(house, login)
        with output.progress("Pulling") as advance:
            run = run_service.pull_now(
                house,
                name,
                work.actor,
                work.act,
                process_name(),
                lambda rows: advance(rows, rows + 1),
                withdraws_much=withdraw,
            )
    if as_json:
        output.write_json(counts_of(run))
    else:
        output.out.print(
            f"{run.rows:,} rows came, {run.changed:,} of them other than before, {run.deleted:,} are gone. "
            f"Ledger: {run.added:,} added, {run.replaced:,} replaced, {run.withdrawn:,} withdrawn, "
            f"{run.left_out:,} are left out."
        )
        if run.left_out:
            output.out.print(escape(f"Why: policy connect left-out {name}"))
    raise click.exceptions.Exit(1 if run.left_out else 0)


def _rejected(one: run_service.RejectedRow) -> str:
    where = f"{one.object_name} {one.row_id}" if one.object_name else "not of this connection"
    found = one.found
    return f"{found.entry_table} {found.entry} ({where}): {found.found} [{found.code}]"


def _left_out(found: run_service.LeftOut) -> dict[str, object]:
    unreadable = [{"object": one.object_name, "row": one.row_id, "why": one.why} for one in found.unreadable]
    rejected = [
        {
            "object": one.object_name,
            "row": one.row_id,
            "table": one.found.entry_table,
            "entry": one.found.entry,
            "code": one.found.code,
            "column": one.found.column_name,
            "found": one.found.found,
        }
        for one in found.rejected
    ]
    return {"count": found.count, "unreadable": unreadable, "rejected": rejected}


def _run(one: StoredPull) -> dict[str, object]:
    times = {"started_at": instant_text(one.started_at), "ended_at": one.ended_at and instant_text(one.ended_at)}
    return {**counts_of(one), **times, "code": one.code, "error": one.error, "remedy": one.remedy}


def _time(instant: Instant) -> str:
    return instant_text(instant)[:16].replace("T", " ")
