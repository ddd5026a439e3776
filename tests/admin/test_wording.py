"""How words reach a page: in the language of whoever looks, at each showing, and all of them."""

import pytest
from flask import Flask
from jinja2.filters import FILTERS

from admin.screens.audit.acts import ACTS
from admin.wording import ROLES, WORDS
from policy_service.language.load import load_policy
from policy_service.language.rule_sets import Ladder
from tests.services.decisions.live import SETTINGS

SHIPPED = sorted(path.parent.name for path in SETTINGS.rules_dir.glob("*/policy.yaml"))


def test_nothing_of_a_constant_is_worked_out_once_for_all_languages(console: Flask) -> None:
    own = set(console.jinja_env.filters) - set(FILTERS)
    assert {"word", "output", "money", "called"} <= own
    for name in own - {"tojson"}:
        assert f"filters['{name}']" in str(console.jinja_env.compile(f"{{{{ 'hold'|{name} }}}}", raw=True)), name


@pytest.mark.parametrize("name", SHIPPED)
def test_what_the_ladders_of_shipped_policies_name_has_its_wording(name: str) -> None:
    ladders = [one for one in load_policy(SETTINGS.rules_dir / name).rule_sets if isinstance(one, Ladder)]
    steps = [step for ladder in ladders for step in (*ladder.levels, *ladder.triggers)]
    assert steps
    assert set() == {word for step in steps for word in (step.action, step.channel) if word} - set(WORDS)
    assert set() == {role for step in steps for role in (step.owner, step.approval) if role} - set(ROLES)


def test_everything_done_about_a_case_has_its_wording_in_the_audit_trail() -> None:
    done = ("opened", "climbed", "closed", "note", "contact", "promise", "dispute", "assignment", "deadline")
    assert {f"case_{what}" for what in done} <= set(ACTS)
