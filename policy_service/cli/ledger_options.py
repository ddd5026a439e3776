"""The options by which commands name a policy and a ledger, and the policy that is named."""

from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import click

from policy_service.language.policy import Policy
from policy_service.services.named_policies import find_policy, policy_in
from policy_service.settings import read_settings

Command = TypeVar("Command", bound=Callable[..., object])


def ledger_options(command: Command) -> Command:
    """Add `--ledger` and `--mapping` to a command."""
    with_mapping = click.option(
        "--mapping",
        help="How the ledger's own columns map: a file, or a name under rules/mappings.",
    )
    with_ledger = click.option(
        "--ledger", "ledger_folder", type=click.Path(path_type=Path, exists=True), help="The folder of ledger files."
    )
    return with_ledger(with_mapping(command))


def policy_option(command: Command) -> Command:
    """Add `--policy` to a command."""
    return click.option("--policy", "policy_name", help="A policy's name or folder; default: the settings' own.")(
        command
    )


def the_policy(name: str | None) -> Policy:
    """Return the policy of that name or folder, or the default one."""
    settings = read_settings()
    return policy_in(find_policy(name or settings.default_policy, settings.rules_dir), settings.rules_dir)
