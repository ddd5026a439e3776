"""`policy compile`: the simulator's code compiled for this machine, so that no run has to wait for it."""

from dataclasses import replace

import click

from policy_service.cli.lazy_group import loading_modules
from policy_service.cli.ledger_options import the_policy


@click.command("compile")
@click.option("--language", type=click.Choice(["en", "zh"]), default="en", show_default=True)
def compile_command(language: str) -> None:
    """Compile the code of the simulator, which takes a minute or more once on each machine, as when installing."""
    # Compiled code takes a second to load, which other commands need not wait for.
    with loading_modules():
        from simulations.cli.running import load_with_word  # noqa: PLC0415
        from simulations.cli.timing import Stopwatch  # noqa: PLC0415
        from simulations.warm.compiling import load_compiled_for_edits  # noqa: PLC0415

    policy = the_policy(None)
    load_with_word([policy, replace(policy, exposure_of_group=True)], Stopwatch(), language)
    load_compiled_for_edits(policy)
