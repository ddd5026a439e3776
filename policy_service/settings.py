"""Settings, read once from the environment into a frozen value."""

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path
from typing import Final, TypeAlias
from urllib.parse import SplitResult, urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from policy_service.domain.errors import SettingsError

#: A range of addresses.
Network: TypeAlias = IPv4Network | IPv6Network

LOG_FORMATS: Final = ("auto", "json", "console")
#: A key that a machine cannot try out.
_KEY_CHARACTERS: Final = 32


@dataclass(frozen=True, slots=True)
class Settings:
    """Where things are and how the service runs; every field has a heading in docs/reference/settings.md."""

    rules_dir: Path
    default_policy: str = "manufacturer_cn"
    ledger_dir: Path | None = None
    ledger_mapping: Path | None = None
    host: str = "127.0.0.1"
    port: int = 8080
    # What is secret, or holds a secret, is not shown with the rest.
    database_url: str = field(default="sqlite:///var/policy.db", repr=False)
    company_time_zone: str = "Asia/Shanghai"
    seal_key: str = field(default="", repr=False)
    seal_key_file: Path | None = None
    writer_name: str = ""
    webhook_source: str = "urn:credit-policy-service"
    webhook_allow_http: bool = False
    webhook_allowed_networks: tuple[Network, ...] = ()
    oidc_issuer: str = ""
    oidc_client_id: str = ""
    oidc_client_secret: str = field(default="", repr=False)
    oidc_login_claim: str = "preferred_username"
    connections_key: tuple[str, ...] = field(default=(), repr=False)
    connections_key_file: Path | None = None
    connector_origins: tuple[str, ...] = ()
    connections_public_url: str = ""
    drop_folder_root: Path | None = None
    metrics_token: str = field(default="", repr=False)
    prometheus_multiproc_dir: str = ""
    log_format: str = "auto"
    web_concurrency: int = 2
    web_threads: int = 4
    trusted_proxies: int = 0
    rate_limit_per_minute: int = 6000
    policy_user: str = ""
    upload_dir: Path = Path("var/uploads")
    upload_megabytes: int = 2048
    simulation_scheduler: str = ""
    simulation_dir: Path = Path("var/simulations")
    simulation_result_days: int = 90
    simulations_per_person: int = 4
    simulation_worker_megabytes: int = 2048

    @property
    def zone(self) -> ZoneInfo:
        """The time zone of every business date."""
        return ZoneInfo(self.company_time_zone)


def read_settings(environment: Mapping[str, str] = os.environ) -> Settings:
    """Return the settings of this process; SettingsError S101 to S116 for one that cannot be used."""
    return Settings(
        rules_dir=_rules_dir(environment.get("RULES_DIR", "")),
        default_policy=environment.get("DEFAULT_POLICY") or "manufacturer_cn",
        ledger_dir=_folder(environment, "LEDGER_DIR"),
        ledger_mapping=Path(environment["LEDGER_MAPPING"]) if environment.get("LEDGER_MAPPING") else None,
        host=environment.get("HOST") or "127.0.0.1",
        port=_port(environment.get("PORT") or "8080"),
        database_url=environment.get("DATABASE_URL") or "sqlite:///var/policy.db",
        company_time_zone=_zone(environment.get("COMPANY_TIME_ZONE") or "Asia/Shanghai"),
        seal_key=_seal_key(environment),
        seal_key_file=_path(environment, "SEAL_KEY_FILE"),
        writer_name=environment.get("WRITER_NAME", ""),
        webhook_source=environment.get("WEBHOOK_SOURCE") or "urn:credit-policy-service",
        webhook_allow_http=_claim(environment, "WEBHOOK_ALLOW_HTTP"),
        webhook_allowed_networks=_networks(environment.get("WEBHOOK_ALLOWED_NETWORKS", "")),
        oidc_issuer=_issuer(environment),
        oidc_client_id=environment.get("OIDC_CLIENT_ID", ""),
        oidc_client_secret=environment.get("OIDC_CLIENT_SECRET", ""),
        oidc_login_claim=environment.get("OIDC_LOGIN_CLAIM") or "preferred_username",
        connections_key=_connections_keys(environment),
        connections_key_file=_path(environment, "CONNECTIONS_KEY_FILE"),
        connector_origins=_origins(environment.get("CONNECTOR_ORIGINS", "")),
        connections_public_url=_public_url(environment.get("CONNECTIONS_PUBLIC_URL", "")),
        drop_folder_root=_folder(environment, "DROP_FOLDER_ROOT"),
        metrics_token=environment.get("METRICS_TOKEN", ""),
        prometheus_multiproc_dir=environment.get("PROMETHEUS_MULTIPROC_DIR", ""),
        log_format=_log_format(environment.get("LOG_FORMAT") or "auto"),
        web_concurrency=_count(environment, "WEB_CONCURRENCY", 2, range(1, 65)),
        web_threads=_count(environment, "WEB_THREADS", 4, range(1, 65)),
        trusted_proxies=_count(environment, "TRUSTED_PROXIES", 0, range(6)),
        rate_limit_per_minute=_count(environment, "RATE_LIMIT_PER_MINUTE", 6000, range(1, 100_000)),
        policy_user=environment.get("POLICY_USER", ""),
        upload_dir=Path(environment.get("UPLOAD_DIR") or "var/uploads"),
        upload_megabytes=_count(environment, "UPLOAD_MEGABYTES", 2048, range(1, 1_000_001)),
        simulation_scheduler=environment.get("SIMULATION_SCHEDULER", ""),
        simulation_dir=Path(environment.get("SIMULATION_DIR") or "var/simulations"),
        simulation_result_days=_count(environment, "SIMULATION_RESULT_DAYS", 90, range(1, 3_651)),
        simulations_per_person=_count(environment, "SIMULATIONS_PER_PERSON", 4, range(1, 101)),
        simulation_worker_megabytes=_count(environment, "SIMULATION_WORKER_MEGABYTES", 2048, range(100_000)),
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


def _path(environment: Mapping[str, str], name: str) -> Path | None:
    return Path(environment[name]) if environment.get(name) else None


def _port(given: str) -> int:
    if given.isdecimal() and len(given) <= 5 and 0 < int(given) < 65536:
        return int(given)
    raise SettingsError("S103", f"PORT is {given[:60]!r}.", remedy="Set PORT to a whole number from 1 to 65535.")


def _zone(given: str) -> str:
    try:
        return ZoneInfo(given).key
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise SettingsError(
            "S105",
            f"COMPANY_TIME_ZONE is {given[:60]!r}, which is no time zone.",
            remedy="Write a name of the IANA database, such as Asia/Shanghai or Europe/Berlin.",
        ) from error


def _seal_key(environment: Mapping[str, str]) -> str:
    given, file = environment.get("SEAL_KEY", ""), environment.get("SEAL_KEY_FILE", "")
    if file:
        try:
            given = Path(file).read_text("utf-8").strip()
        except (OSError, ValueError) as error:
            remedy = "Correct SEAL_KEY_FILE, and let the service read the file."
            raise SettingsError(
                "S106", f"SEAL_KEY_FILE names {file[:200]}, which cannot be read.", remedy=remedy
            ) from error
    if given and len(given) < _KEY_CHARACTERS:
        raise SettingsError(
            "S107",
            f"The key of seals has {len(given)} characters.",
            remedy=f"Use at least {_KEY_CHARACTERS} random ones, such as those of: openssl rand -hex 32.",
        )
    return given


def _claim(environment: Mapping[str, str], name: str) -> bool:
    given = environment.get(name) or "no"
    if given in ("yes", "no"):
        return given == "yes"
    raise SettingsError("S108", f"{name} is {given[:60]!r}.", remedy="Write yes or no.")


def _networks(given: str) -> tuple[Network, ...]:
    try:
        return tuple(ip_network(each) for each in given.replace(",", " ").split())
    except ValueError as error:
        raise SettingsError(
            "S109",
            f"WEBHOOK_ALLOWED_NETWORKS holds what is no network: {error}.",
            remedy="List networks such as 10.20.0.0/16, separated by commas.",
        ) from error


def _issuer(environment: Mapping[str, str]) -> str:
    given = environment.get("OIDC_ISSUER", "")
    parts = urlsplit(given)
    is_here = parts.scheme == "http" and parts.hostname in ("127.0.0.1", "localhost", "::1")
    is_address = bool(parts.hostname) and not (parts.query or parts.fragment or parts.username)
    if given and not (is_address and (parts.scheme == "https" or is_here)):
        raise SettingsError(
            "S112",
            f"OIDC_ISSUER is {given[:60]!r}.",
            remedy="Write the issuer just as it calls itself: https://sign-in.example.com/realm.",
        )
    if given and not environment.get("OIDC_CLIENT_ID"):
        raise SettingsError(
            "S113",
            "OIDC_ISSUER is set, and OIDC_CLIENT_ID is not.",
            remedy="Set OIDC_CLIENT_ID to the id under which the issuer knows this console.",
        )
    return given


def _connections_keys(environment: Mapping[str, str]) -> tuple[str, ...]:
    given, file = environment.get("CONNECTIONS_KEY", ""), environment.get("CONNECTIONS_KEY_FILE", "")
    if file:
        try:
            given = Path(file).read_text("utf-8")
        except (OSError, ValueError) as error:
            remedy = "Correct CONNECTIONS_KEY_FILE, and let the service read the file."
            raise SettingsError(
                "S114", f"CONNECTIONS_KEY_FILE names {file[:200]}, which cannot be read.", remedy=remedy
            ) from error
    return tuple(given.replace(",", " ").split())


def _origins(given: str) -> tuple[str, ...]:
    origins = tuple(given.replace(",", " ").split())
    for origin in origins:
        parts = urlsplit(origin)
        if parts.scheme not in ("http", "https") or not parts.hostname or not _is_bare(parts):
            raise SettingsError(
                "S115",
                f"CONNECTOR_ORIGINS holds {origin[:60]!r}, which is no origin.",
                remedy="List origins such as https://crm.example.com or http://127.0.0.1:8899, separated by commas.",
            )
    return origins


def _public_url(given: str) -> str:
    origin = given.rstrip("/")
    if given and not _is_public(origin):
        raise SettingsError(
            "S116",
            f"CONNECTIONS_PUBLIC_URL is {given[:60]!r}.",
            remedy="Write the https origin under which other systems reach this service: https://credit.example.com.",
        )
    return origin


def _is_public(origin: str) -> bool:
    try:
        parts = urlsplit(origin)
        has_port = parts.port is None or parts.port > 0
    except ValueError:
        return False
    is_here = parts.scheme == "http" and parts.hostname in ("127.0.0.1", "localhost", "::1")
    return bool(parts.hostname) and has_port and (parts.scheme == "https" or is_here) and _is_bare(parts)


def _is_bare(parts: SplitResult) -> bool:
    return not (parts.path.strip("/") or parts.query or parts.fragment or parts.username or parts.password)


def _log_format(given: str) -> str:
    if given in LOG_FORMATS:
        return given
    raise SettingsError("S110", f"LOG_FORMAT is {given[:60]!r}.", remedy=f"Write one of {', '.join(LOG_FORMATS)}.")


def _count(environment: Mapping[str, str], name: str, default: int, possible: range) -> int:
    given = environment.get(name) or str(default)
    # Python refuses to read thousands of digits.
    is_short = len(given) <= len(str(possible.stop))
    if given.isascii() and given.isdecimal() and is_short and int(given) in possible:
        return int(given)
    raise SettingsError(
        "S111",
        f"{name} is {given[:60]!r}.",
        remedy=f"Write a whole number from {possible.start} to {possible.stop - 1}.",
    )
