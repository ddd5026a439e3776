"""Who may do what with connections, by role; the command line and the console ask the same services."""

from collections.abc import Callable

import pytest

from policy_service.domain.errors import AccessError
from policy_service.domain.permissions import Role
from policy_service.services.actor import Actor
from policy_service.services.connections import allowed, runs
from policy_service.services.connections.setting_up import Changes, ask_pull, change
from policy_service.services.house import House
from tests.services.connections.small_system import Pulling, SmallSystem
from tests.services.decisions.live import enforce, person
from tests.services.house import house_policy

TABLE = {
    allowed.require_sees: set(Role),
    allowed.require_connects: {Role.ADMIN, Role.SYSTEM},
    allowed.require_checks: {Role.ADMIN, Role.SYSTEM, Role.CREDIT_MANAGER, Role.FINANCE_HEAD},
    allowed.require_looks_into: {Role.ADMIN, Role.SYSTEM},
    allowed.require_maps: {Role.SYSTEM},
    allowed.require_runs: {Role.SYSTEM, Role.CREDIT_MANAGER, Role.FINANCE_HEAD},
}


@pytest.fixture
def pulling(bare: House) -> Pulling:
    """Give a house with a connection to an empty system."""
    enforce(bare, house_policy())
    return Pulling(bare, SmallSystem())


def may(rule: Callable[[Actor], None], *roles: Role) -> bool:
    try:
        rule(person("one", *roles))
    except AccessError:
        return False
    return True


@pytest.mark.parametrize("rule", TABLE, ids=lambda rule: rule.__name__)
def test_each_role_may_do_what_the_table_says(rule: Callable[[Actor], None]) -> None:
    assert TABLE[rule] == {role for role in Role if may(rule, role)}


def test_whoever_lets_orders_go_does_not_say_where_payments_come_from() -> None:
    with pytest.raises(AccessError) as refused:
        allowed.require_connects(person("both", Role.ADMIN, Role.CREDIT_MANAGER))
    assert "X185" == refused.value.code
    assert may(allowed.require_runs, Role.ADMIN, Role.CREDIT_MANAGER)


@pytest.mark.parametrize(
    ("given", "who"),
    [
        (Changes(settings={"domain": "com"}), {Role.ADMIN}),
        (Changes(secrets={"secret": "0ther"}), {Role.ADMIN}),
        (Changes(schedule_minutes=30), {Role.ADMIN, Role.CREDIT_MANAGER}),
        (Changes(is_on=True), {Role.ADMIN, Role.CREDIT_MANAGER}),
        (Changes(writes_back=False), {Role.CREDIT_MANAGER}),
        (Changes(secrets={"secret": "0ther"}, writes_back=False), set()),
    ],
    ids=["settings", "secrets", "schedule", "on", "write-back", "both"],
)
def test_each_change_takes_its_own_right(pulling: Pulling, given: Changes, who: set[Role]) -> None:
    able = set()
    for role in (Role.ADMIN, Role.CREDIT_MANAGER, Role.ANALYST):
        with pulling.house.database.writing() as session:
            try:
                change(pulling.house, session, "small", given, person("one", role), pulling.act())
            except AccessError:
                continue
        able.add(role)
    assert who == able


def test_a_manager_pulls_and_does_not_withdraw_more_than_stays(pulling: Pulling) -> None:
    manager = person("mia", Role.CREDIT_MANAGER)
    run = runs.pull_now(pulling.house, "small", manager, pulling.act(), "mia", lambda _rows: None)
    assert "done" == run.state
    with pytest.raises(AccessError), pulling.house.database.writing() as session:
        ask_pull(pulling.house, session, "small", manager, pulling.act(), withdraws_much=True)
    with pytest.raises(AccessError):
        runs.pull_now(pulling.house, "small", manager, pulling.act(), "mia", lambda _rows: None, withdraws_much=True)
