"""Where each value of a standing comes from: whoever changed it last, and since when."""

from policy_service.domain.outcomes import DecisionType
from policy_service.services.customer_list import listed
from policy_service.services.house import House
from policy_service.services.standing_sources import Said, StandingItem, standing_items
from policy_service.storage.customer_search import StandsAt, find_customers
from policy_service.storage.effect_store import EffectStore, StoredEffect
from tests.services.decisions.live import act, answered, asked, at, keep_override, post
from tests.services.house import LEDGER

STANDINGS = {**LEDGER, "standings": "customer_id,from,grade,credit_limit\nC1,2025-01-01,B,700.00\n"}


def items(house: House, customer: str = "C1") -> dict[str, StandingItem]:
    """Return the values of a customer's standing by output."""
    with house.database.reading() as session:
        return {item.output: item for item in standing_items(house, session, customer, act())}


def stop(house: House) -> None:
    """Let a level of the ladder stop the credit of C1."""
    effect = StoredEffect("C1", "collection", "L2", "stop_credit", "true", None, at(hour=8), "system")
    with house.database.writing() as session:
        EffectStore(session).add([effect])


def test_a_file_says_what_nobody_has_reviewed(house: House) -> None:
    post(house, STANDINGS, at=2)
    found = items(house)
    assert (Said.RECORDED, "700.00", "2025-01-01") == (
        found["credit_limit"].said,
        found["credit_limit"].value,
        str(found["credit_limit"].since),
    )
    assert Said.NOBODY == items(house, "C2")["stop_credit"].said


def test_a_review_a_person_and_a_ladder_each_say_what_they_changed(house: House) -> None:
    review = answered(house, asked(order=None)).given
    keep_override(house, {"credit_limit": "900.00"}, DecisionType.REVIEW)
    stop(house)
    found = items(house)
    assert (Said.REVIEW, review.decision_id, "ana") == (
        found["grade"].said,
        found["grade"].reference,
        found["grade"].person,
    )
    assert (Said.OVERRIDE, "ov-1", "900.00") == (
        found["credit_limit"].said,
        found["credit_limit"].reference,
        found["credit_limit"].value,
    )
    assert (Said.LADDER, "collection L2", True) == (
        found["stop_credit"].said,
        found["stop_credit"].reference,
        found["stop_credit"].value,
    )


def test_a_list_says_of_each_customer_what_its_file_says(house: House) -> None:
    post(house, STANDINGS, at=2)
    answered(house, asked("C2", order=None))
    keep_override(house, {"credit_limit": "900.00"}, DecisionType.REVIEW)
    stop(house)
    with house.database.reading() as session:
        rows = listed(house, session, find_customers(session, "", "", 10), act())
    for row in rows:
        name = row.found.customer_id
        assert {item.output: item.value for item in items(house, name).values()} == row.standing
        assert ("C1" == name) == row.is_overridden


def test_customers_are_found_by_what_reviews_files_and_ladders_say(house: House) -> None:
    post(house, {**STANDINGS, "customers": LEDGER["customers"] + "C4,250000,food\n"}, at=2)
    answered(house, asked("C2", order=None))
    stop(house)

    def found(stands_at: StandsAt) -> list[str]:
        with house.database.reading() as session:
            return [one.customer_id for one in find_customers(session, "", "", 10, stands_at=stands_at)]

    assert ["C1", "C2"] == found(StandsAt(grade="B"))
    assert ["C1"] == found(StandsAt(is_stopped=True))
    assert [] == found(StandsAt(is_proposed=True))
    answered(house, asked("C1", order=None))
    # Reviewed to A: what the file said before no longer counts.
    assert ["C2"] == found(StandsAt(grade="B"))
