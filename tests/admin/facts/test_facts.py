"""The dictionary of facts in the console: each with its meaning, how it is measured, and who reads it."""

from collections.abc import Callable

import pytest
from flask import Flask

from admin.screens.facts.meanings import MEANINGS, meaning_of
from policy_service.domain.permissions import Role
from policy_service.language.definitions.built_in_facts import built_in_facts, declared_name
from policy_service.language.definitions.dictionary import FactSource
from tests.admin.browser import Browser


def test_a_fact_says_how_it_is_measured_and_which_policies_read_it(manager: Browser) -> None:
    words = manager.words("/facts/fact/avg_days_late_12m")
    for part in ("Average days late", "mean(days_late, weight amount)", "within 365 days", "payment"):
        assert part in words
    assert "house 1" in manager.words("/facts/fact/exposure")
    assert "Amount of the order" not in manager.words("/facts/?policy=house&source=ledger")


def test_facts_are_found_by_a_part_of_their_name_in_either_language(manager: Browser) -> None:
    assert "past_due_balance" in manager.words("/facts/?search=PAST_DUE")
    assert "past_due_balance" in manager.words("/facts/?search=到期未付")
    assert "No fact is like that." in manager.words("/facts/?search=no+such")


def test_facts_come_page_by_page(manager: Browser) -> None:
    first = manager.open("/facts/")
    following = first.split('href="/facts/?after=')[1].split('"')[0].replace("&amp;", "&")
    assert "agency_rating" in first
    assert "agency_rating" not in manager.open(f"/facts/?after={following}")


def test_a_fact_that_there_is_not_is_not_found(manager: Browser) -> None:
    manager.open("/facts/fact/no_such", status=404)


def test_who_may_not_read_policies_sees_no_facts(browser_of: Callable[..., Browser]) -> None:
    browser_of("shop", Role.SYSTEM).open("/facts/", status=403)


def test_a_fact_leads_to_its_value_for_a_customer(manager: Browser) -> None:
    answer = manager.client.get("/customers/facts-of?customer=C1&name=exposure")
    assert "/customers/facts/C1?name=exposure" in str(answer.location)
    assert "/customers/" in str(manager.client.get("/customers/facts-of").location)


@pytest.mark.parametrize("source", list(FactSource))
def test_every_source_says_what_its_facts_mean(source: FactSource, console: Flask) -> None:
    with console.test_request_context():
        assert all(meaning_of(fact) for fact in built_in_facts() if fact.source is source)


def test_every_fact_of_the_ledger_whose_definition_never_varies_says_what_it_means() -> None:
    measured = {declared_name(fact.name) for fact in built_in_facts() if fact.source is FactSource.BUILT_IN}
    assert measured == set(MEANINGS)
