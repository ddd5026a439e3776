"""What is written back is switched on by who has looked at a dry run, and off by what would write something else."""

import pytest

from policy_service.connectors.errors import ConnectorError
from policy_service.domain.errors import RequestError
from policy_service.services.connections.setting_up import Changes, change
from policy_service.services.connections.writing_back_switch import look_at, write_back_now
from policy_service.services.house import House
from tests.services.connections.pushing import Pushing, three_customers, two_reviewed
from tests.services.connections.small_system import SYSTEM, SmallSystem


@pytest.fixture
def system() -> SmallSystem:
    """Give a system with three customers."""
    return three_customers()


@pytest.fixture
def pushing(bare: House, system: SmallSystem) -> Pushing:
    """Give a house that has pulled it and reviewed two of them."""
    return two_reviewed(bare, system)


def test_nothing_is_switched_on_before_a_dry_run_was_looked_at(pushing: Pushing) -> None:
    house = pushing.house
    with pytest.raises(ConnectorError) as off:
        pushing.push()
    assert "X191" == off.value.code
    pushing.push(is_dry=True)
    with pytest.raises(RequestError) as unseen, house.database.writing() as session:
        change(house, session, "small", Changes(writes_back=True), SYSTEM, pushing.act())
    assert "X192" == unseen.value.code
    assert not pushing.connection().writes_back


def test_another_mapping_switches_it_off(pushing: Pushing) -> None:
    pushing.switch_on()
    text = pushing.connection().mapping
    pushing.keep(text)
    assert pushing.connection().writes_back, "the same mapping"
    pushing.keep(text.replace("Gold", "Golden"))
    assert not pushing.connection().writes_back
    with pushing.house.database.reading() as session:
        now = write_back_now(session, "small", SYSTEM)
    assert (False, False, None) == (now.is_on, now.may_be_switched_on, now.dry_run)
    pushing.switch_on()
    pushing.push()
    assert "Golden" == pushing.there("A1")["Grade"]


def test_another_account_switches_it_off(pushing: Pushing) -> None:
    pushing.switch_on()
    with pushing.house.database.writing() as session:
        change(pushing.house, session, "small", Changes(settings={"domain": "com"}), SYSTEM, pushing.act())
    assert not pushing.connection().writes_back


def test_other_secrets_switch_it_off_until_a_dry_run_is_looked_at_again(pushing: Pushing) -> None:
    pushing.switch_on()
    given = Changes(secrets={"secret": "0ther"})
    with pushing.house.database.writing() as session:
        change(pushing.house, session, "small", given, SYSTEM, pushing.act())
    assert not pushing.connection().writes_back
    with pytest.raises(RequestError) as unseen, pushing.house.database.writing() as session:
        change(pushing.house, session, "small", Changes(writes_back=True), SYSTEM, pushing.act())
    assert "X192" == unseen.value.code
    pushing.switch_on()
    with pushing.house.database.writing() as session:
        change(pushing.house, session, "small", given, SYSTEM, pushing.act())
    assert pushing.connection().writes_back, "the same secrets"


def test_a_dry_run_of_other_secrets_is_none_to_look_at(pushing: Pushing) -> None:
    run = pushing.push(is_dry=True)
    with pushing.house.database.writing() as session:
        change(pushing.house, session, "small", Changes(secrets={"secret": "0ther"}), SYSTEM, pushing.act())
    with pytest.raises(RequestError) as refused, pushing.house.database.writing() as session:
        look_at(pushing.house, session, run.push_id, SYSTEM, pushing.act())
    assert "X196" == refused.value.code


def test_what_says_nothing_of_the_account_leaves_it_on(pushing: Pushing) -> None:
    pushing.switch_on()
    with pushing.house.database.writing() as session:
        change(
            pushing.house, session, "small", Changes(settings={"domain": "cn", "notices": "on"}), SYSTEM, pushing.act()
        )
    assert pushing.connection().writes_back
