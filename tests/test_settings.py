"""Settings are read once from the environment; what cannot be used is refused with a remedy."""

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


def test_an_empty_setting_is_none() -> None:
    names = ("RULES_DIR", "DEFAULT_POLICY", "LEDGER_DIR", "LEDGER_MAPPING", "HOST", "PORT")
    assert read_settings(dict.fromkeys(names, "")) == read_settings({})


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
    ],
)
def test_a_setting_that_cannot_be_used_is_refused(name: str, value: str, code: str) -> None:
    with pytest.raises(SettingsError) as refused:
        read_settings({name: value})
    assert code == refused.value.code
    assert refused.value.remedy
    assert len(str(refused.value)) < 500
