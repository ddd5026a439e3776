"""Built-in facts have a type, wording in both languages, and a group version where they are measured."""

from policy_service.domain.values import Kind
from policy_service.language.built_in_facts import built_in_facts
from policy_service.language.dictionary import FactSource
from policy_service.language.standing import STANDING_OUTPUTS

FACTS = {fact.name: fact for fact in built_in_facts()}


def test_no_two_have_one_name() -> None:
    assert len(FACTS) == len(built_in_facts())


def test_every_fact_has_wording_in_both_languages() -> None:
    assert [] == [name for name, fact in FACTS.items() if not (fact.title.en and fact.title.zh)]


def test_every_measured_fact_has_one_of_the_group() -> None:
    measured = [name for name, fact in FACTS.items() if fact.source is FactSource.BUILT_IN and not fact.group]

    assert 18 == len(measured)
    for name in measured:
        if name != "days_past_due":
            assert (True, FACTS[name].kind) == (FACTS[f"group.{name}"].group, FACTS[f"group.{name}"].kind)
    assert "group.days_past_due" not in FACTS


def test_everything_a_review_sets_is_a_fact_of_the_same_kind() -> None:
    assert dict(STANDING_OUTPUTS) == {
        name: fact.kind for name, fact in FACTS.items() if fact.source is FactSource.STANDING
    }


def test_the_columns_of_the_customer_file_are_facts() -> None:
    columns = {name: fact.kind for name, fact in FACTS.items() if fact.source is FactSource.CUSTOMER}

    assert {"insured_limit": Kind.MONEY, "cover_share": Kind.NUMBER} == {
        name: kind for name, kind in columns.items() if kind is not Kind.CATEGORY
    }
    assert {"segment", "industry", "country", "currency"} <= set(columns)
