"""The command `policy`: its subcommands, and how an error ends it."""

import atexit
import gc
import sys
from collections.abc import Sequence
from contextlib import suppress
from typing import Final, NoReturn

import click

from policy_service.cli import output
from policy_service.cli.lazy_group import LazyGroup
from policy_service.domain.errors import PolicyServiceError, RequestError
from policy_service.language.yaml_text.problems import PolicyNotReadable

#: What is wrong with the policy or the question; a fault of the program itself ends with a traceback.
CANNOT_RUN = 2


_COMMANDS: Final = {
    "check": "policy_service.cli.policy_commands:check_command",
    "diff": "policy_service.cli.policy_commands:diff_command",
    "versions": "policy_service.cli.life_commands:versions_command",
    "draft": "policy_service.cli.life_commands:draft_command",
    "changes": "policy_service.cli.life_commands:changes_command",
    "submit": "policy_service.cli.life_commands:submit_command",
    "approve": "policy_service.cli.life_commands:approve_command",
    "return": "policy_service.cli.life_commands:return_command",
    "schedule": "policy_service.cli.release_commands:schedule_command",
    "unschedule": "policy_service.cli.release_commands:unschedule_command",
    "rollback": "policy_service.cli.release_commands:rollback_command",
    "retire": "policy_service.cli.release_commands:retire_command",
    "facts": "policy_service.cli.ledger_commands:facts_command",
    "decide": "policy_service.cli.decide_command:decide_command",
    "generate": "policy_service.cli.ledger_commands:generate_command",
    "import": "policy_service.cli.ledger_commands:import_command",
    "connect": "policy_service.cli.connection_commands:connect_group",
    "pull": "policy_service.cli.pull_commands:pull_command",
    "push": "policy_service.cli.push_command:push_command",
    "notices": "policy_service.cli.notice_commands:notices_command",
    "compile": "simulations.cli.compile_command:compile_command",
    "snapshot": "simulations.cli.snapshot_command:snapshot_command",
    "simulate": "simulations.cli.simulate_command:simulate_command",
    "sweep": "simulations.cli.sweep_command:sweep_command",
    "seek": "simulations.cli.seek_command:seek_command",
    "demo": "simulations.cli.demo_command:demo_command",
    "simulation-worker": "simulations.cli.worker_command:worker_command",
    "serve": "policy_service.cli.serve_command:serve_command",
    "run-day": "policy_service.cli.run_day_command:run_day_command",
    "person": "policy_service.cli.person_commands:person_group",
    "key": "policy_service.cli.key_commands:key_group",
    "setting": "policy_service.cli.setting_commands:setting_group",
    "standing": "policy_service.cli.standing_commands:standing_group",
    "override": "policy_service.cli.override_commands:override_group",
    "audit": "policy_service.cli.database_commands:audit_group",
    "database": "policy_service.cli.database_commands:database_group",
}


@click.group(cls=LazyGroup, lazily=_COMMANDS, context_settings={"help_option_names": ["-h", "--help"]})
def policy() -> None:
    """Credit policies: check them, compare them, and decide customers of a ledger by them."""


def main(arguments: Sequence[str] | None = None) -> NoReturn:
    """Run the command line; exit code 0 well, 1 something was found, 2 it could not run."""
    output.survive_narrow_encodings()
    # What is there in the end goes with the process: to search it for garbage takes a fifth of a short run.
    atexit.register(gc.freeze)
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
