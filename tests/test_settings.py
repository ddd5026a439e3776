"""Settings are read once from the environment; what cannot be used is refused with a remedy."""

from dataclasses import fields, replace
from ipaddress import ip_network
from pathlib import Path

import pytest

from policy_service.domain.errors import SettingsError
from policy_service.settings import Settings, read_settings

RULES = Path(__file__).parents[1] / "rules"


def test_without_an_environment_the_defaults_hold() -> None:
    assert read_settings({}) == Settings(
        rules_dir=RULES,
        default_policy="manufacturer_cn",
        ledger_dir=None,
        ledger_mapping=None,
        host="127.0.0.1",
        port=8080,
    )


def test_every_setting_can_be_set(tmp_path: Path) -> None:
    (tmp_path / "facts.yaml").write_text("{}\n")
    environment = {
        "RULES_DIR": str(tmp_path),
        "DEFAULT_POLICY": "sme_simple",
        "LEDGER_DIR": str(tmp_path),
        "LEDGER_MAPPING": "mapping.yaml",
        "HOST": "::1",
        "PORT": "1",
    }
    assert read_settings(environment) == Settings(
        tmp_path,
        "sme_simple",
        tmp_path,
        Path("mapping.yaml"),
        "::1",
        1,
    )


def test_settings_of_running_can_be_set(tmp_path: Path) -> None:
    (tmp_path / "key").write_text("f" * 64 + "\n")
    environment = {
        "DATABASE_URL": "postgresql://policy:word@db/policy",
        "COMPANY_TIME_ZONE": "Europe/Berlin",
        "SEAL_KEY_FILE": str(tmp_path / "key"),
        "WRITER_NAME": "north",
        "WEBHOOK_SOURCE": "urn:test",
        "WEBHOOK_ALLOW_HTTP": "yes",
        "WEBHOOK_ALLOWED_NETWORKS": "10.20.0.0/16, fd00::/8",
        "METRICS_TOKEN": "look",
        "PROMETHEUS_MULTIPROC_DIR": "counts",
        "LOG_FORMAT": "json",
        "WEB_CONCURRENCY": "8",
        "WEB_THREADS": "2",
        "TRUSTED_PROXIES": "1",
        "SIMULATION_SCHEDULER": "tcp://10.0.0.5:8786",
        "SIMULATION_DIR": "history",
        "SIMULATION_RESULT_DAYS": "7",
        "SIMULATIONS_PER_PERSON": "1",
    }
    assert read_settings(environment) == replace(
        read_settings({}),
        database_url="postgresql://policy:word@db/policy",
        company_time_zone="Europe/Berlin",
        seal_key="f" * 64,
        seal_key_file=tmp_path / "key",
        writer_name="north",
        webhook_source="urn:test",
        webhook_allow_http=True,
        webhook_allowed_networks=(ip_network("10.20.0.0/16"), ip_network("fd00::/8")),
        metrics_token="look",  # noqa: S106
        prometheus_multiproc_dir="counts",
        log_format="json",
        web_concurrency=8,
        web_threads=2,
        trusted_proxies=1,
        simulation_scheduler="tcp://10.0.0.5:8786",
        simulation_dir=Path("history"),
        simulation_result_days=7,
        simulations_per_person=1,
    )


def test_an_empty_setting_is_none() -> None:
    names = {field.name.upper() for field in fields(Settings)}
    assert read_settings(dict.fromkeys(names, "")) == read_settings({})


def test_what_is_secret_is_not_shown_with_the_rest() -> None:
    environment = {"DATABASE_URL": "postgresql://a:hidden1@b/c", "SEAL_KEY": "hidden2" * 9, "METRICS_TOKEN": "hidden3"}
    environment |= {"OIDC_CLIENT_SECRET": "hidden4"}
    assert "hidden" not in repr(read_settings(environment))


@pytest.mark.parametrize(
    ("name", "value", "code"),
    [
        ("RULES_DIR", "no/such/folder", "S101"),
        ("LEDGER_DIR", "no/such/folder", "S102"),
        ("LEDGER_DIR", __file__, "S102"),
        ("PORT", "0", "S103"),
        ("PORT", "65536", "S103"),
        ("PORT", "-80", "S103"),
        ("PORT", "80.5", "S103"),
        ("PORT", "http", "S103"),
        ("PORT", "9" * 5_000, "S103"),
        ("COMPANY_TIME_ZONE", "Mars/Olympus", "S105"),
        ("SEAL_KEY_FILE", "no/such/file", "S106"),
        ("SEAL_KEY", "too short", "S107"),
        ("WEBHOOK_ALLOW_HTTP", "true", "S108"),
        ("WEBHOOK_ALLOWED_NETWORKS", "10.0.0.0/16, everywhere", "S109"),
        ("WEBHOOK_ALLOWED_NETWORKS", "10.1.2.3/8", "S109"),
        ("LOG_FORMAT", "xml", "S110"),
        ("WEB_CONCURRENCY", "0", "S111"),
        ("WEB_THREADS", "65", "S111"),
        ("TRUSTED_PROXIES", "-1", "S111"),
        ("TRUSTED_PROXIES", "²", "S111"),
        ("UPLOAD_MEGABYTES", "1000001", "S111"),
        ("UPLOAD_MEGABYTES", "9" * 5_000, "S111"),
        ("OIDC_ISSUER", "http://sign-in.example.com", "S112"),
        ("OIDC_ISSUER", "https://sign-in.example.com?realm=one", "S112"),
        ("OIDC_ISSUER", "sign-in.example.com", "S112"),
        ("OIDC_ISSUER", "https://sign-in.example.com/realm", "S113"),
        ("CONNECTIONS_PUBLIC_URL", "http://credit.example.com", "S116"),
        ("CONNECTIONS_PUBLIC_URL", "https://credit.example.com/below", "S116"),
        ("CONNECTIONS_PUBLIC_URL", "https://somebody@credit.example.com", "S116"),
        ("CONNECTIONS_PUBLIC_URL", "credit.example.com", "S116"),
        ("CONNECTIONS_PUBLIC_URL", "https://[credit", "S116"),
        ("CONNECTIONS_PUBLIC_URL", "https://credit.example.com:x", "S116"),
    ],
)
def test_a_setting_that_cannot_be_used_is_refused(name: str, value: str, code: str) -> None:
    with pytest.raises(SettingsError) as refused:
        read_settings({name: value})
    assert code == refused.value.code
    assert refused.value.remedy
    assert len(str(refused.value)) < 500


@pytest.mark.parametrize("megabytes", [1, 99_999, 100_000, 1_000_000])
def test_an_upload_may_be_as_large_as_the_refusal_of_a_larger_one_says(megabytes: int) -> None:
    assert megabytes == read_settings({"UPLOAD_MEGABYTES": str(megabytes)}).upload_megabytes


@pytest.mark.parametrize(
    "given", ["https://credit.example.com/", "http://127.0.0.1:8080", "https://[2001:db8::1]:8443"]
)
def test_the_address_from_outside_is_an_origin(given: str) -> None:
    assert given.rstrip("/") == read_settings({"CONNECTIONS_PUBLIC_URL": given}).connections_public_url
