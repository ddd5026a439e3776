"""`policy push`: what policies decided is written back into a connected system, as a named person."""

import click
from rich import box
from rich.markup import escape
from rich.table import Table

from policy_service.cli import output
from policy_service.cli.acting_as import Work, as_option, open_house, work_in
from policy_service.connectors.port import Json
from policy_service.running import process_name
from policy_service.services.connections import writing_back_looking as looking
from policy_service.services.connections.push_job import push_counts
from policy_service.services.connections.runs import overview
from policy_service.services.connections.writing_back_switch import look_at
from policy_service.services.house import House
from policy_service.storage.push_store import StoredPush

#: So many refused rows and tasks in doubt are listed.
_SHOWN = 20


@click.command("push")
@click.argument("name")
@click.option("--dry-run", "is_dry", is_flag=True, help="Write nothing; list what would be written.")
@click.option(
    "--last", "most", type=click.IntRange(1, 100_000), default=200, show_default=True, help="List at most so many."
)
@click.option("--json", "as_json", is_flag=True, help="Write it as JSON.")
@as_option
def push_command(name: str, is_dry: bool, most: int, as_json: bool, login: str) -> None:
    """Write back to connection NAME now: standings into mapped fields, cases as tasks.

    A dry run writes nothing, and lists each write; it counts as looked at, so that the write-back can be switched on.
    Exit code 1 if rows or tasks were refused or are in doubt, 2 if it could not be done.
    """
    with open_house() as house:
        work = work_in(house, login)
        with output.progress("Planning" if is_dry else "Writing back") as advance:
            run = looking.push_now(house, name, work.actor, work.act, process_name(), advance, is_dry=is_dry)
        if is_dry:
            _show_plan(house, name, work, run, most, as_json=as_json)
            with house.database.writing() as session:
                look_at(house, session, run.push_id, work.actor, work.act)
        else:
            _show_run(house, name, work, run, as_json=as_json)
    raise click.exceptions.Exit(1 if run.refused + run.tasks_refused + run.uncertain else 0)


def _show_plan(house: House, name: str, work: Work, run: StoredPush, most: int, *, as_json: bool) -> None:
    writes, more_writes = _planned(house, name, work, most)
    with house.database.reading() as session:
        tasks = looking.planned_case_tasks(house, session, name, work.actor, work.act, most=most)
        is_on = overview(session, name, work.actor).connection.writes_back
    more_tasks = max(0, run.tasks - len(tasks))
    if as_json:
        plain = [
            {
                "customer_id": one.customer_id,
                "object": one.object_name,
                "row": one.row_id,
                "field": one.field,
                "there": one.there,
                "is_known": one.is_known,
                "to_be": one.to_be,
                "why_not": one.why_not,
            }
            for one in writes
        ]
        said = [{"case": one.case.case_id, "level": one.case.level, "subject": one.task.subject} for one in tasks]
        more = {"more_writes": more_writes, "more_case_tasks": more_tasks}
        output.write_json({**push_counts(run), "writes": plain, "case_tasks": said, **more})
        return
    table = Table("customer", "object", "row", "field", "is there", "is to be", "", box=box.SIMPLE)
    for one in writes:
        there = _text(one.there) if one.is_known else "?"
        cells = (one.customer_id, one.object_name, one.row_id, one.field, there, _text(one.to_be), one.why_not)
        table.add_row(*map(escape, cells))
    output.out.print(table)
    if more_writes:
        output.out.print(f"{more_writes:,} more fields are not listed: ask for more with --last.")
    for task in tasks:
        output.out.print(escape(f"Task about {task.case.customer_id}: {task.task.subject}"))
    if more_tasks:
        output.out.print(f"{more_tasks:,} more tasks are not listed.")
    output.out.print(
        f"{run.planned:,} of {run.rows:,} rows would be written and {run.tasks:,} tasks handed over; "
        f"{run.without_standing:,} customers have no standing, {run.gone:,} rows are gone. Nothing was written."
    )
    following = f"Write it: policy push {name}" if is_on else f"Switch it on: policy connect change {name} --write-back"
    output.out.print(escape(following))


def _planned(house: House, name: str, work: Work, most: int) -> tuple[list[looking.FieldWrite], int]:
    # Those that are listed, and how many more there are: whoever looks must not take the first for all.
    listed: list[looking.FieldWrite] = []
    more, after = 0, ("", "")
    while True:
        with house.database.reading() as session:
            page = looking.planned_writes(house, session, name, work.actor, work.act, after)
        more += max(0, len(page.writes) - (most - len(listed)))
        listed += page.writes[: most - len(listed)]
        if page.after is None:
            return listed, more
        after = page.after


def _show_run(house: House, name: str, work: Work, run: StoredPush, *, as_json: bool) -> None:
    if as_json:
        output.write_json(push_counts(run))
        return
    output.out.print(
        f"{run.written:,} rows written, {run.refused:,} refused, {run.waiting:,} tried again later, {run.gone:,} gone. "
        f"{run.handed_over:,} tasks handed over, {run.tasks_refused:,} refused, {run.uncertain:,} in doubt."
    )
    with house.database.reading() as session:
        refused = looking.row_results(session, name, work.actor, _SHOWN, is_done=False)
        doubtful = looking.task_results(session, name, work.actor, _SHOWN, state="uncertain")
    for row in refused:
        output.out.print(escape(f"{row.object_name} {row.row_id} ({row.customer_id}): {row.message} [{row.code}]"))
    for case in doubtful:
        output.out.print(escape(f"Case {case.case_id} at {case.level} ({case.customer_id}): {case.message}"))


def _text(value: Json) -> str:
    return "" if value is None else str(value)
