"""The commands that the simulator adds to `policy`."""

from typing import Final

import click

from simulations.cli.demo_command import demo_command
from simulations.cli.seek_command import seek_command
from simulations.cli.simulate_command import simulate_command
from simulations.cli.snapshot_command import snapshot_command
from simulations.cli.sweep_command import sweep_command

SIMULATION_COMMANDS: Final[tuple[click.Command, ...]] = (
    snapshot_command,
    simulate_command,
    sweep_command,
    seek_command,
    demo_command,
)
