"""Persons who act at the same moment: one of them comes first, and the other is told."""

from collections.abc import Callable
from threading import Barrier, Thread

import pytest

from policy_service.domain.errors import PolicyServiceError
from policy_service.services.house import House
from policy_service.storage.override_store import OverrideStore
from tests.services.given_overrides.giving import ADA, BOB, confirmed, ended, given, person, rejected, wanted
from tests.services.standings_in_force.reviews import BY_MANAGER, LARGE, actor, approved, review
from tests.services.standings_in_force.reviews import rejected as rejected_standing
from tests.storage.books import run


def at_once(*doings: Callable[[], object]) -> list[str]:
    """Do all of it at the same moment, and return the codes of the refusals, empty for what was done."""
    codes: list[str] = []
    together = Barrier(len(doings))

    def one(do: Callable[[], object]) -> None:
        together.wait()
        try:
            do()
            codes.append("")
        except PolicyServiceError as error:
            codes.append(error.code)

    run([Thread(target=one, args=(do,)) for do in doings])
    return sorted(codes)


def test_of_two_overrides_of_one_output_given_at_once_one_is_refused(house: House) -> None:
    twin = wanted({"credit_limit": "6000"})
    assert at_once(lambda: given(house, twin, ADA), lambda: given(house, twin, BOB)) == ["", "R447"]


def test_an_override_confirmed_and_rejected_at_once_becomes_one_of_the_two(house: House) -> None:
    waiting = given(house, wanted({"credit_limit": "900000"})).override_id
    eve = person("eve")
    doings = [lambda: confirmed(house, waiting, BOB), lambda: rejected(house, waiting, eve)]
    assert at_once(*doings, lambda: confirmed(house, waiting, eve)) == ["", "R441", "R441"]


def test_an_override_ended_twice_at_once_is_ended_once(house: House) -> None:
    override = given(house, wanted({"credit_limit": "6000"})).override_id
    assert at_once(lambda: ended(house, override, ADA), lambda: ended(house, override, BOB)) == ["", "R441"]
    with house.database.reading() as session:
        assert OverrideStore(session).load(override).revision == 2


@pytest.mark.parametrize("also", [approved, rejected_standing])
def test_a_standing_settled_twice_at_once_is_settled_once(house: House, also: Callable[..., object]) -> None:
    waiting = review(house, LARGE | BY_MANAGER).proposed
    assert waiting is not None
    first, second = actor("bob"), actor("eve")
    doings = [
        lambda: approved(house, waiting.standing_id, first),
        lambda: also(house, waiting.standing_id, second),
    ]
    assert at_once(*doings) == ["", "R441"]


def test_an_approval_and_a_later_review_at_once_leave_what_one_of_them_says(house: House) -> None:
    waiting = review(house, LARGE | BY_MANAGER).proposed
    assert waiting is not None
    small = {"credit_limit": "1.00"}
    codes = at_once(lambda: approved(house, waiting.standing_id), lambda: review(house, small))
    assert codes in (["", ""], ["", "R441"])
