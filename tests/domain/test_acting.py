"""A doing keeps all that is said of it."""

from dataclasses import replace

from policy_service.domain.acting import Act

ACT = Act("ada", 1_000, "request-1", "key-1", "They asked.", is_bypass=True)


def test_a_later_doing_differs_in_its_instant_alone() -> None:
    assert replace(ACT, at=1_005) == ACT.later(5)
