"""Built-in facts have a type, wording in both languages, and a group version where they are measured."""

from policy_service.domain.values import Kind
from policy_service.language.definitions.built_in_facts import built_in_facts
from policy_service.language.definitions.dictionary import FactSource
from policy_service.language.definitions.standing import PREVIOUS_OUTPUTS, STANDING_OUTPUTS

FACTS = {fact.name: fact for fact in built_in_facts()}


def test_no_two_have_one_name() -> None:
    assert len(FACTS) == len(built_in_facts())


def test_every_fact_has_wording_in_both_languages() -> None:
    assert [] == [name for name, fact in FACTS.items() if not (fact.title.en and fact.title.zh)]


def test_every_measured_fact_has_one_of_the_group() -> None:
    measured = [name for name, fact in FACTS.items() if fact.source is FactSource.BUILT_IN and not fact.group]

    assert 19 == len(measured)
    for name in measured:
        if name not in ("days_past_due", "as_of"):
            assert (True, FACTS[name].kind) == (FACTS[f"group.{name}"].group, FACTS[f"group.{name}"].kind)
    assert "group.days_past_due" not in FACTS


def test_everything_a_review_sets_is_a_fact_of_the_same_kind() -> None:
    standing = {name: fact.kind for name, fact in FACTS.items() if fact.source is FactSource.STANDING}
    before = {name for name in standing if name.startswith("previous_")}
    assert dict(STANDING_OUTPUTS) == {name: kind for name, kind in standing.items() if name not in before}


def test_what_was_in_force_before_a_review_is_a_fact_of_the_same_kind() -> None:
    assert {f"previous_{name}": STANDING_OUTPUTS[name] for name in PREVIOUS_OUTPUTS} == {
        name: fact.kind for name, fact in FACTS.items() if name.startswith("previous_")
    }


def test_the_columns_of_the_customer_file_are_facts() -> None:
    columns = {name: fact.kind for name, fact in FACTS.items() if fact.source is FactSource.CUSTOMER}

    assert {"insured_limit": Kind.MONEY, "cover_share": Kind.NUMBER} == {
        name: kind for name, kind in columns.items() if kind is not Kind.CATEGORY
    }
    assert {"segment", "industry", "country", "currency"} <= set(columns)
