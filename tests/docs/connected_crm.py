"""The company of the demo connected with the stand-in of a CRM by the command line, for pictures and to look at."""

import json
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from cryptography.fernet import Fernet

#: Runs `policy` with an environment and words, and returns what it says.
Policy = Callable[..., str]
NAME: Final = "fxk"
#: Of the demo's people who may write the ledger.
OWNER: Final = "shop"
_SIZE: Final = ("--customers", "40", "--invoices", "800")


@contextmanager
def connected(environment: Mapping[str, str], policy: Policy) -> Iterator[Mapping[str, str]]:
    """Give the environment in which the service reaches the stand-in, which has been pulled once."""
    command = [sys.executable, "-m", "policy_service.sample_crms", "fxiaoke", *_SIZE]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as crm, TemporaryDirectory() as folder:
        assert crm.stdout is not None
        there = json.loads(crm.stdout.readline())
        key = Fernet.generate_key().decode()
        reaching = {**environment, "CONNECTIONS_KEY": key, "CONNECTOR_ORIGINS": there["origin"]}
        try:
            _connect(reaching, policy, there, Path(folder) / "secrets")
            yield reaching
        finally:
            crm.terminate()


def _connect(reaching: Mapping[str, str], policy: Policy, there: Mapping[str, str], secrets: Path) -> None:
    secrets.write_text(f"app_secret={there['appSecret']}\npermanent_code={there['permanentCode']}\n", "utf-8")
    by = ("--as", OWNER)
    settings = {"origin": there["origin"], "app_id": there["appId"], "open_user_id": there["currentOpenUserId"]}
    given = [word for name, value in settings.items() for word in ("--set", f"{name}={value}")]
    policy(reaching, "connect", "add", NAME, "--system", "fxiaoke", *given, "--secrets-file", str(secrets), *by)
    policy(reaching, "connect", "check", NAME, *by)
    policy(reaching, "connect", "map", NAME, "--shipped", *by)
    policy(reaching, "pull", NAME, *by)
    policy(reaching, "connect", "change", NAME, "--every", "30", "--on", *by)
