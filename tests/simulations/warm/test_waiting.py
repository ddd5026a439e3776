"""Questions wait in turn: of a draft the newest alone, of a person few, and nobody keeps the others waiting."""

import pytest

from policy_service.domain.errors import PolicyServiceError
from simulations.warm.waiting import MOST_OF_ALL, MOST_OF_PERSON, Waiting, WaitingRoom


def question(person: str, draft: str, text: str = "") -> Waiting:
    return Waiting(person, draft, {"text": text})


def room() -> tuple[WaitingRoom, list[Waiting]]:
    refused: list[Waiting] = []
    return WaitingRoom(refused.append), refused


def refusal(waits: WaitingRoom, asked: Waiting) -> str:
    with pytest.raises(PolicyServiceError) as error:
        waits.put(asked)
    return error.value.code


def test_they_are_taken_in_order_of_arrival() -> None:
    waits, _ = room()
    first, second = question("li", "a"), question("wu", "a")
    waits.put(first)
    waits.put(second)
    assert [first, second] == [waits.take(), waits.take()]


def test_a_later_text_of_a_draft_takes_the_place_of_one_that_waits() -> None:
    waits, refused = room()
    old, new = question("li", "a"), question("li", "a")
    waits.put(old)
    waits.put(new)
    assert ([old], new) == (refused, waits.take())


def test_a_later_text_of_a_draft_ends_the_one_under_way() -> None:
    waits, _ = room()
    old, new = question("li", "a", "old"), question("li", "a", "new")
    waits.put(old)
    waits.take().go_on()
    waits.put(new)
    with pytest.raises(PolicyServiceError, match="later text"):
        old.go_on()


def test_the_same_text_asked_about_again_lets_the_one_under_way_end() -> None:
    waits, _ = room()
    once, again = question("li", "a"), question("li", "a")
    waits.put(once)
    waits.take()
    waits.put(again)
    once.go_on()
    assert again is waits.take()


def test_drafts_of_one_name_by_two_people_are_two_drafts() -> None:
    waits, refused = room()
    ones = [question("li", "a"), question("wu", "a")]
    for one in ones:
        waits.put(one)
    assert ([], ones) == (refused, [waits.take(), waits.take()])


def test_whoever_was_just_answered_lets_others_pass() -> None:
    waits, _ = room()
    drafts = [question("li", "a"), question("li", "b"), question("wu", "a")]
    for one in drafts:
        waits.put(one)
    assert ["li", "wu", "li"] == [waits.take().person for _ in drafts]


def test_a_person_has_few_questions_waiting() -> None:
    waits, _ = room()
    for number in range(MOST_OF_PERSON):
        waits.put(question("li", f"{number}"))
    assert "R562" == refusal(waits, question("li", "more"))


def test_a_later_text_finds_its_place_however_many_wait() -> None:
    waits, refused = room()
    for number in range(MOST_OF_PERSON):
        waits.put(question("li", f"{number}"))
    waits.put(question("li", "0"))
    assert ["0"] == [one.draft for one in refused]


def test_there_are_so_many_questions_and_no_more() -> None:
    waits, _ = room()
    for number in range(MOST_OF_ALL):
        waits.put(question(f"{number}", "a"))
    assert "R565" == refusal(waits, question("li", "a"))
