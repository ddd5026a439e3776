"""A command begins with what it needs: what only others need is not loaded."""

import subprocess
import sys

import click

from policy_service.cli import main


def loaded_with(*modules: str) -> frozenset[str]:
    """Return the names of all modules that these load, and their packages, in a process of their own."""
    script = f"import sys, {', '.join(modules)}; print(*sys.modules)"
    ran = subprocess.run([sys.executable, "-c", script], check=True, capture_output=True, text=True)
    return frozenset(ran.stdout.split())


def test_the_command_line_loads_neither_commands_nor_logs() -> None:
    loaded = loaded_with("policy_service.cli.main")
    assert frozenset() == loaded & {"structlog", "sqlalchemy", "flask", "numpy", "yaml", "rich.progress"}


def test_a_simulation_of_a_snapshot_loads_nothing_that_it_does_not_need() -> None:
    """It imports no ledger, lints no policy, logs nothing, begins no process, and writes no workbook or page."""
    of_files = {"policy_service.ledger.importer", "policy_service.ledger.tables", "simulations.ledger_snapshot.part"}
    of_policies = {"policy_service.linter.lint", "policy_service.linter.wording", "policy_service.services.cases"}
    of_reports = {"xlsxwriter", "jinja2", "pyarrow.parquet", "simulations.report.page"}
    of_others = {"simulations.search", "simulations.stress.applying", "simulations.runs.compiling"}
    of_its_end = {"policy_service.engines.interpreter", "simulations.runs.live_sample", "simulations.comparison.why"}
    libraries = {"structlog", "sqlalchemy", "flask", "pyarrow.compute", "multiprocessing", "rich.progress"}
    loaded = loaded_with("policy_service.cli.main", "simulations.cli.simulate_command", "simulations.cli.running")
    assert frozenset() == loaded & (of_files | of_policies | of_reports | of_others | of_its_end | libraries)


def test_nothing_is_searched_for_garbage_in_the_end() -> None:
    script = """
import atexit, gc
atexit.register(lambda: print("kept as it is:", gc.get_freeze_count() > 0))
from policy_service.cli.main import main
main(["--help"])
"""
    ran = subprocess.run([sys.executable, "-c", script], check=True, capture_output=True, text=True)
    assert "kept as it is: True" == ran.stdout.splitlines()[-1]


def test_commands_are_listed_by_what_they_say_of_themselves() -> None:
    context = click.Context(main.policy)
    commands = {word: main.policy.get_command(context, word) for word in main.policy.list_commands(context)}
    said = {word: command.get_short_help_str(200) for word, command in commands.items() if command}
    wide = click.HelpFormatter(width=240)
    main.policy.format_commands(context, wide)
    listed = dict(line.split(maxsplit=1) for line in wide.getvalue().splitlines()[1:])
    assert said == listed
