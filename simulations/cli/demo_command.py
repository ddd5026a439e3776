"""`policy demo`: a sample company, generated, decided, one change of its policy simulated, and all in a database."""

import datetime as dt
import re
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Final
from zoneinfo import ZoneInfo

import click
from rich.markup import escape

from policy_service.cli import output
from policy_service.cli.demo import sample_company, show_decisions
from policy_service.cli.lazy_group import loading_modules
from policy_service.cli.ledger_files import say_what_was_left_out, the_day, the_ledger
from policy_service.cli.ledger_options import the_policy
from policy_service.domain.days import day_number
from policy_service.domain.instants import SECOND, Instant, business_day, start_of_day
from policy_service.running import now
from policy_service.services.named_policies import find_policy
from policy_service.settings import Settings, read_settings
from simulations.accounting.calendar import text_of
from simulations.cli.demo_database import Company, leave_in_database

#: The dial that the demo turns, and how far.
DIAL, TURNED_TO = "hold_after_days", 30
#: The report of that change, in the folder of the sample company.
PAGE: Final = "simulation.html"
_YEAR: Final = 365
_ONE: Final = dt.timedelta(days=1)
#: In the morning.
_TEN: Final = 10 * 3600 * SECOND
#: The case that says where the dial stands goes with it.
_SAID: Final = (("sixteen days past due is held", "thirty-one days past due is held"), ("due: 16,", "due: 31,"))
_VALUE: Final = re.compile(rf"^(  {DIAL}: \{{value: )\d+", re.MULTILINE)


@click.command("demo")
@click.option("--folder", type=click.Path(path_type=Path), default="var/demo", show_default=True)
@click.option("--until", type=output.DAY, help="The last day of a ledger that is not there yet. Default: yesterday.")
@click.option("--language", type=click.Choice(["en", "zh"]), default="en", show_default=True)
@click.option("--crm", "with_crms", is_flag=True, help="Three stand-ins of CRMs instead: pull, decide, write back.")
@click.option("--stay", "stays", is_flag=True, help="With --crm: let the stand-ins run on until Ctrl-C.")
def demo_command(folder: Path, until: dt.date | None, language: str, *, with_crms: bool, stays: bool) -> None:
    """Generate a sample company once, decide it under the default policy, simulate one change, fill the database.

    A database that is there already stays as it is. Exit code 1 if the live engines decide an order of the
    simulation's sample otherwise.

    With --crm three stand-ins of CRMs begin on this machine, are pulled, decided upon and written back to, in a
    database of their own below the folder. Exit code 1 if one of them ends up otherwise than decided.
    """
    settings = read_settings()
    if stays and not with_crms:
        raise click.UsageError("--stay is of --crm alone.")
    if with_crms:
        if until:
            raise click.UsageError("--crm takes no --until: the stand-ins live today.")
        raise click.exceptions.Exit(_walk_crms(settings, folder, language, stays=stays))
    today = until + _ONE if until else business_day(now(), settings.zone)
    ledger_folder = sample_company(folder, today - _ONE)
    policy = the_policy(None)
    result = the_ledger(ledger_folder, None, policy.currency, policy.facts)
    say_what_was_left_out(result)
    amounts = show_decisions(ledger_folder, policy, result, language)
    if DIAL not in policy.parameters:
        return
    changed = changed_policy(find_policy(settings.default_policy, settings.rules_dir), folder / "candidate")
    ends = the_day(None, result.ledger)
    # Compiled code takes a second to load, which other commands need not wait for.
    with loading_modules():
        from simulations.cli.running import simulate_imported  # noqa: PLC0415

    window = (day_number(ends) - _YEAR, day_number(ends))
    sides = f"--baseline {settings.default_policy} --candidate {changed}"
    dates = " ".join(f"--{name} {text_of(day)}" for name, day in zip(("from", "to"), window, strict=True))
    output.out.print(f"$ ./run simulate --ledger {escape(str(ledger_folder))} {escape(sides)} {dates}", soft_wrap=True)
    policies = (policy, the_policy(str(changed)))
    code = simulate_imported(result, policies, window, folder / PAGE, language)
    leave_in_database(settings, Company(ledger_folder, changed, amounts), today, clock_of(until, settings.zone))
    raise click.exceptions.Exit(code)


def _walk_crms(settings: Settings, folder: Path, language: str, *, stays: bool) -> int:
    # What speaks with other systems takes a while to load, which the demo without them need not wait for.
    with loading_modules():
        from policy_service.cli.crm_demo.walk import walk  # noqa: PLC0415

    return walk(settings, folder, language, stays=stays)


def clock_of(until: dt.date | None, zone: ZoneInfo) -> Callable[[], Instant]:
    """Return the clock of the company's last days: the present, or one that is put to the day after `until`."""
    if until is None:
        return now
    ahead = start_of_day(until + _ONE, zone) + _TEN - now()
    return lambda: now() + ahead


def changed_policy(shipped: Path, folder: Path) -> Path:
    """Return a folder with the policy, one of its dials turned and its cases with it; one that is there stays so."""
    if not folder.is_dir():
        shutil.copytree(shipped, folder)
        file = folder / "policy.yaml"
        file.write_text(_VALUE.sub(rf"\g<1>{TURNED_TO}", file.read_text("utf-8")), "utf-8")
        cases = folder / "cases.yaml"
        text = cases.read_text("utf-8")
        for before, after in _SAID:
            text = text.replace(before, after)
        cases.write_text(text, "utf-8")
    return folder
