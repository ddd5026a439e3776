"""The command `policy`: its subcommands, and how an error ends it."""

import sys
from collections.abc import Sequence
from contextlib import suppress
from typing import NoReturn

import click

from policy_service.cli import output
from policy_service.cli.database_commands import audit_group, database_group
from policy_service.cli.decide_command import decide_command
from policy_service.cli.key_commands import key_group
from policy_service.cli.ledger_commands import facts_command, generate_command, import_command
from policy_service.cli.life_commands import (
    approve_command,
    changes_command,
    draft_command,
    return_command,
    submit_command,
    versions_command,
)
from policy_service.cli.override_commands import override_group
from policy_service.cli.person_commands import person_group
from policy_service.cli.policy_commands import check_command, diff_command
from policy_service.cli.release_commands import (
    retire_command,
    rollback_command,
    schedule_command,
    unschedule_command,
)
from policy_service.cli.run_day_command import run_day_command
from policy_service.cli.serve_command import serve_command
from policy_service.cli.setting_commands import setting_group
from policy_service.cli.standing_commands import standing_group
from policy_service.domain.errors import PolicyServiceError, RequestError
from policy_service.language.yaml_text.problems import PolicyNotReadable
from policy_service.logs import set_up_logs_of_commands
from simulations.cli.commands import SIMULATION_COMMANDS

#: What is wrong with the policy or the question; a fault of the program itself ends with a traceback.
CANNOT_RUN = 2


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
def policy() -> None:
    """Credit policies: check them, compare them, and decide customers of a ledger by them."""


for command in (
    check_command,
    diff_command,
    versions_command,
    draft_command,
    changes_command,
    submit_command,
    approve_command,
    return_command,
    schedule_command,
    unschedule_command,
    rollback_command,
    retire_command,
    facts_command,
    decide_command,
    generate_command,
    import_command,
    *SIMULATION_COMMANDS,
    serve_command,
    run_day_command,
    person_group,
    key_group,
    setting_group,
    standing_group,
    override_group,
    audit_group,
    database_group,
):
    policy.add_command(command)


def main(arguments: Sequence[str] | None = None) -> NoReturn:
    """Run the command line; exit code 0 well, 1 something was found, 2 it could not run."""
    output.survive_narrow_encodings()
    set_up_logs_of_commands()
    try:
        # Without standalone mode click hands an exit code back as the command's value.
        code = policy.main(args=arguments, prog_name="policy", standalone_mode=False)
        sys.exit(code if isinstance(code, int) else 0)
    except click.ClickException as error:
        error.show()
        sys.exit(CANNOT_RUN)
    except click.Abort:
        output.err.print("Stopped.")
        sys.exit(CANNOT_RUN)
    except PolicyServiceError as error:
        _cannot_run(error.errors if isinstance(error, PolicyNotReadable) else (error,), arguments)
    except BrokenPipeError:
        sys.stderr.close()
        sys.exit(0)
    except OSError as error:
        _cannot_run((_of_the_system(error),), arguments)


def _cannot_run(errors: Sequence[PolicyServiceError], arguments: Sequence[str] | None) -> NoReturn:
    output.show_errors(errors)
    if "--json" in (sys.argv[1:] if arguments is None else arguments):
        # Where the output itself is what failed, the error stream has said so.
        with suppress(OSError):
            output.write_json({"errors": [output.error_as_data(error) for error in errors]})
    sys.exit(CANNOT_RUN)


def _of_the_system(error: OSError) -> RequestError:
    said = error.strerror or str(error)
    what = f"{str(error.filename)[-200:]}: {said}." if error.filename else f"{said}."
    return RequestError("R503", what, remedy="Check the path, its permissions and the room that is left.")
