"""The commands that the simulator adds to `policy`."""

from typing import Final

import click

from simulations.cli.demo_command import demo_command
from simulations.cli.simulate_command import simulate_command

SIMULATION_COMMANDS: Final[tuple[click.Command, ...]] = (simulate_command, demo_command)
