"""Settings, read once from the environment into a frozen value."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from policy_service.domain.errors import SettingsError


@dataclass(frozen=True, slots=True)
class Settings:
    """Where things are and how the service runs; every field has a heading in docs/reference/settings.md."""

    rules_dir: Path
    default_policy: str = "manufacturer_cn"
    ledger_dir: Path | None = None
    ledger_mapping: Path | None = None
    host: str = "127.0.0.1"
    port: int = 8080


def read_settings(environment: Mapping[str, str] = os.environ) -> Settings:
    """Return the settings of this process; SettingsError S101 to S103 for one that cannot be used."""
    return Settings(
        rules_dir=_rules_dir(environment.get("RULES_DIR", "")),
        default_policy=environment.get("DEFAULT_POLICY") or "manufacturer_cn",
        ledger_dir=_folder(environment, "LEDGER_DIR"),
        ledger_mapping=Path(environment["LEDGER_MAPPING"]) if environment.get("LEDGER_MAPPING") else None,
        host=environment.get("HOST") or "127.0.0.1",
        port=_port(environment.get("PORT") or "8080"),
    )


def _rules_dir(given: str) -> Path:
    # An editable install keeps a stale copy of data files, so the checkout's own folder comes first.
    package = Path(__file__).resolve().parent
    candidates = [Path(given)] if given else [package.parent / "rules", package / "shipped_rules"]
    for candidate in candidates:
        if (candidate / "facts.yaml").is_file():
            return candidate
    raise SettingsError(
        "S101",
        f"No rules folder with a facts.yaml at {' or '.join(map(str, candidates))}.",
        remedy="Set RULES_DIR to the folder that holds facts.yaml, reasons.yaml and the policies.",
    )


def _folder(environment: Mapping[str, str], name: str) -> Path | None:
    given = environment.get(name)
    if not given:
        return None
    folder = Path(given)
    if not folder.is_dir():
        raise SettingsError("S102", f"{name} names {given}, which is no folder.", remedy=f"Correct or unset {name}.")
    return folder


def _port(given: str) -> int:
    if given.isdecimal() and len(given) <= 5 and 0 < int(given) < 65536:
        return int(given)
    raise SettingsError("S103", f"PORT is {given[:60]!r}.", remedy="Set PORT to a whole number from 1 to 65535.")
