"""`policy demo`: a sample company, generated, imported and decided, and one change of its policy simulated."""

import re
import shutil
from pathlib import Path
from typing import Final

import click
from rich.markup import escape

from policy_service.cli import output
from policy_service.cli.demo import sample_company, show_decisions
from policy_service.cli.lazy_group import loading_modules
from policy_service.cli.ledger_files import say_what_was_left_out, the_day, the_ledger
from policy_service.cli.ledger_options import the_policy
from policy_service.domain.days import day_number
from policy_service.services.named_policies import find_policy
from policy_service.settings import read_settings
from simulations.accounting.calendar import text_of

#: The dial that the demo turns, and how far.
DIAL, TURNED_TO = "hold_after_days", 45
#: The report of that change, in the folder of the sample company.
PAGE: Final = "simulation.html"
_YEAR: Final = 365
_VALUE: Final = re.compile(rf"^(  {DIAL}: \{{value: )\d+", re.MULTILINE)


@click.command("demo")
@click.option("--folder", type=click.Path(path_type=Path), default="var/demo", show_default=True)
@click.option("--language", type=click.Choice(["en", "zh"]), default="en", show_default=True)
def demo_command(folder: Path, language: str) -> None:
    """Generate a sample company once, decide every customer under the default policy, simulate one change of it.

    Exit code 1 if the live engines decide an order of the simulation's sample otherwise.
    """
    ledger_folder = sample_company(folder)
    policy = the_policy(None)
    result = the_ledger(ledger_folder, None, policy.currency, policy.facts)
    say_what_was_left_out(result)
    show_decisions(ledger_folder, policy, result, language)
    settings = read_settings()
    shipped = find_policy(settings.default_policy, settings.rules_dir)
    if DIAL not in policy.parameters:
        return
    changed = changed_policy(shipped, folder / "candidate")
    # Compiled code takes a second to load, which other commands need not wait for.
    with loading_modules():
        from simulations.cli.running import simulate_imported  # noqa: PLC0415

    ends = day_number(the_day(None, result.ledger))
    window = (ends - _YEAR, ends)
    sides = f"--baseline {settings.default_policy} --candidate {changed}"
    dates = " ".join(f"--{name} {text_of(day)}" for name, day in zip(("from", "to"), window, strict=True))
    output.out.print(f"$ ./run simulate --ledger {escape(str(ledger_folder))} {escape(sides)} {dates}", soft_wrap=True)
    policies = (policy, the_policy(str(changed)))
    raise click.exceptions.Exit(simulate_imported(result, policies, window, folder / PAGE, language))


def changed_policy(shipped: Path, folder: Path) -> Path:
    """Return a folder with the policy, one of its dials turned; one that is there already is taken as it is."""
    if not folder.is_dir():
        shutil.copytree(shipped, folder)
        file = folder / "policy.yaml"
        file.write_text(_VALUE.sub(rf"\g<1>{TURNED_TO}", file.read_text("utf-8")), "utf-8")
    return folder
