"""Every row that a case may hit is found in its file."""

from pathlib import Path

import pytest

from policy_service.language.load import load_policy
from policy_service.services.cases import rows_of
from policy_service.services.policy_editing.row_paths import row_paths

RULES = Path(__file__).parents[3] / "rules"


@pytest.mark.parametrize("policy", ["manufacturer_cn", "sme_simple"])
def test_every_row_has_a_path_of_its_own(policy: str) -> None:
    for rule_set in load_policy(RULES / policy).rule_sets:
        paths = row_paths(rule_set)
        assert set(rows_of(rule_set)) == set(paths)
        assert len(paths) == len(set(paths.values()))


def test_a_row_of_a_table_and_of_a_scorecard_stand_where_their_files_have_them() -> None:
    by_name = {one.name: row_paths(one) for one in load_policy(RULES / "manufacturer_cn").rule_sets}
    assert (("rows", 2), ("otherwise",)) == (by_name["order_check"]["O30"], by_name["order_check"]["otherwise"])
    assert ("knock_outs", 1) == by_name["grading"]["K2"]
    assert ("characteristics", 0, "unknown") == by_name["grading"]["avg_days_late_12m.unknown"]
    assert ("triggers", 0) == by_name["collection"]["T1"]
