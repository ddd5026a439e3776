"""The console and the page of a report call the same thing by the same Chinese word."""

import pytest

from admin.wording import ROLES
from simulations.report.page.chinese import CHINESE, OWNERS
from tests.admin.test_translations import catalogue


@pytest.mark.parametrize("role", sorted(OWNERS))
def test_a_role_is_called_alike(role: str) -> None:
    english = ROLES[role]._args[0]
    assert OWNERS[role] == said(english)


@pytest.mark.parametrize("label", ["observed", "bounded", "assumed"])
def test_evidence_is_called_alike(label: str) -> None:
    assert CHINESE[label] == said(label)


def said(english: str) -> str:
    return str(catalogue()[english].string)
