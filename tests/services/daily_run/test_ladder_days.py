"""What a credit manager expects of a ladder, day by day (ladder_days.yaml)."""

import datetime as dt
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml

from policy_service.services.house import House
from tests.services.daily_run.diary import cases, counted, days, fired, ladder_policy, open_books, run_all

CASES: list[Mapping[str, Any]] = yaml.safe_load(Path(__file__).with_name("ladder_days.yaml").read_text("utf-8"))


@pytest.mark.parametrize("case", CASES, ids=[case["case"] for case in CASES])
def test_a_ladder_does_day_by_day_what_the_manager_expects(house: House, case: Mapping[str, Any]) -> None:
    changes = dict(case.get("changes", {}))
    if case.get("mode"):
        changes["mode: jump"] = f"mode: {case['mode']}"
    open_books(house, case, ladder_policy(*changes.items()))

    run_all(house, _runs(case["runs"]))

    assert case["fired"] == fired(house)
    assert sorted(case.get("opened", [])) == [one.opened_on for one in cases(house)]
    assert sorted(case.get("closed", [])) == sorted(one.closed_on for one in cases(house) if one.closed_on)
    assert case.get("effects_begun", {}) == counted(house, "effects_begun")
    assert case.get("effects_ended", {}) == counted(house, "effects_ended")


def _runs(runs: Any) -> list[dt.date]:
    return days(str(runs["from"]), str(runs["to"])) if isinstance(runs, dict) else list(runs)
