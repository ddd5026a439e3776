"""`policy run-day`: reviews, ladders, triggers and waiting orders of one business day."""

import datetime as dt
from collections.abc import Iterator

import click
from rich import box
from rich.markup import escape
from rich.table import Table

from policy_service.cli import output
from policy_service.cli.acting_as import as_option, open_house, work_as
from policy_service.domain.instants import business_day
from policy_service.domain.permissions import Permission
from policy_service.running import now
from policy_service.services.actor import require
from policy_service.services.daily_run.report import DayReport
from policy_service.services.daily_run.run import report_of_day, run_day

_FAULTS_SHOWN = 20


@click.command("run-day")
@click.option("--as-of", type=output.DAY, help="The business day; default: today.")
@click.option("--json", "as_json", is_flag=True, help="Write the report as JSON.")
@as_option
def run_day_command(as_of: dt.date | None, as_json: bool, login: str) -> None:
    """Run a business day, after the days missed before it; run again it changes nothing and says the same.

    Exit code 1 if a customer's day could not be finished.
    """
    with open_house() as house:
        with house.database.reading() as session:
            work = work_as(house, session, login)
            require(work.actor, Permission.DAY_RUN)
        day = as_of or business_day(work.act.at, house.settings.zone)
        with output.progress(f"Running {day}") as advance:
            report = run_day(house, day, work.act, advance, now)
        with house.database.reading() as session:
            made_up = [report_of_day(session, missed) for missed in report.made_up]
    if as_json:
        output.write_json(report.as_plain())
    else:
        _show_made_up(made_up)
        _show(report)
    raise click.exceptions.Exit(1 if any(one.fault_count for one in (*made_up, report)) else 0)


def _show_made_up(reports: list[DayReport]) -> None:
    if not reports:
        return
    table = Table("missed day, made up for", "what happened", box=box.SIMPLE)
    for report in reports:
        table.add_row(report.day.isoformat(), escape(", ".join(_in_short(report)) or "nothing"))
    output.out.print(table)


def _in_short(report: DayReport) -> Iterator[str]:
    counts = {
        "notices": sum(report.notices.values()),
        "ladder_steps": sum(report.case_steps.values()),
        **report.counts,
        "not_finished": report.fault_count,
    }
    return (f"{name.replace('_', ' ')} {number:,}" for name, number in counts.items() if number)


def _show(report: DayReport) -> None:
    customers = output.plural(report.customers, "customer")
    output.out.print(
        f"[bold]{report.day}[/bold]: {customers}, under {escape(report.policy_id)} version {report.policy_version}."
    )
    table = Table("what happened", box=box.SIMPLE)
    table.add_column("times", justify="right")
    for name, number in report.counts.items():
        if number:
            table.add_row(name.replace("_", " "), f"{number:,}")
    for level, number in report.notices.items():
        steps = output.plural(report.case_steps.get(level, 0), "customer")
        table.add_row(escape(f"{level} ({steps})"), f"{number:,}")
    if table.row_count:
        output.out.print(table)
    else:
        output.out.print("Nothing happened.")
    for fault in report.faults[:_FAULTS_SHOWN]:
        output.out.print(f"[red]not finished[/red] {escape(fault.customer_id)}: {escape(fault.message)}")
    if report.fault_count > _FAULTS_SHOWN:
        output.out.print(f"... and {report.fault_count - _FAULTS_SHOWN:,} more; see the cases without a ladder.")
