"""A declared fact is read into its definition, and its definition back into the entry."""

import pytest

from policy_service.domain.errors import Place, PolicyTextError
from policy_service.domain.values import Kind
from policy_service.language.definitions.built_in_facts import of_group
from policy_service.language.definitions.dictionary import (
    EntryCondition,
    EntrySource,
    FactDefinition,
    FactSource,
    LedgerMeasure,
    Measure,
    MeasureKind,
    Title,
)
from policy_service.language.definitions.fact_text import fact_entry, read_fact
from policy_service.language.yaml_text.strict_yaml import YamlNode, read_yaml, yaml_node

MEAN = "from: payments, measure: 'mean(days_late, weight amount)'"

FACTS = {
    f"{{{MEAN}, within: 365 days, type: number, unit: days, title: {{en: Average days late, zh: 平均逾期天数}}}}": (
        FactDefinition(
            "late",
            Kind.NUMBER,
            FactSource.LEDGER,
            Title("Average days late", "平均逾期天数"),
            "days",
            LedgerMeasure(EntrySource.PAYMENTS, Measure(MeasureKind.MEAN, "days_late", "amount"), within_days=365),
        )
    ),
    "{from: open_invoices, measure: count, where: days_past_due > 15, type: integer, group: true}": FactDefinition(
        "late",
        Kind.INTEGER,
        FactSource.LEDGER,
        measure=LedgerMeasure(
            EntrySource.OPEN_INVOICES, Measure(MeasureKind.COUNT), (EntryCondition("days_past_due", ">", 15),)
        ),
        group=True,
    ),
    "{source: ledger, from: promises, measure: count, where: not broken, type: days}": FactDefinition(
        "late",
        Kind.DAYS,
        FactSource.LEDGER,
        measure=LedgerMeasure(EntrySource.PROMISES, Measure(MeasureKind.COUNT), (EntryCondition("broken", "=", 0),)),
    ),
    "{source: request, type: money, required: true}": FactDefinition(
        "late", Kind.MONEY, FactSource.REQUEST, required=True
    ),
    "{source: customer, type: category, values: [listed, 'NO', 民营]}": FactDefinition(
        "late", Kind.CATEGORY, FactSource.CUSTOMER, values=("listed", "NO", "民营")
    ),
    "{source: customer, type: date}": FactDefinition("late", Kind.DATE, FactSource.CUSTOMER),
}


@pytest.mark.parametrize(("text", "expected"), FACTS.items())
def test_a_fact_is_read(text: str, expected: FactDefinition) -> None:
    assert expected == read_fact("late", read_yaml(text, "facts.yaml"))


@pytest.mark.parametrize("definition", FACTS.values())
def test_an_entry_is_read_back_to_the_same_fact(definition: FactDefinition) -> None:
    assert definition == read_fact("late", yaml_entry(definition))
    assert fact_entry(definition) == fact_entry(read_fact("late", yaml_entry(definition)))


def yaml_entry(definition: FactDefinition) -> YamlNode:
    return yaml_node(dict(fact_entry(definition)))


def test_the_group_version_of_a_fact_prints_as_the_declared_one() -> None:
    definition = read_fact("late", read_yaml("{from: payments, measure: count, type: integer}", "facts.yaml"))

    assert fact_entry(definition) == fact_entry(of_group(definition))


@pytest.mark.parametrize("name", ["segment", "country", "insured_limit"])
def test_a_column_of_the_customer_file_may_be_declared_more_closely(name: str) -> None:
    kind = "money" if name == "insured_limit" else "category"

    assert name == read_fact(name, read_yaml(f"{{source: customer, type: {kind}}}", "f")).name


REFUSALS = {
    "{from: payments, measure: count}": ("L042", "Add type"),
    "{type: money}": ("L300", "Add from"),
    "{source: ledger, type: money, measure: count}": ("L300", "Add from"),
    "{from: payments, type: money}": ("L300", "Add measure"),
    "{source: built_in, type: money}": ("L300", "customer or request"),
    "{source: standing, type: money}": ("L300", "customer or request"),
    "{source: customer, from: payments, measure: count, type: integer}": ("L300", "Delete from"),
    "{source: customer, within: 30 days, type: integer}": ("L300", "Delete within"),
    "{source: request, group: true, type: integer}": ("L300", "Delete group"),
    "{from: payments, measure: count, type: integer, required: true}": ("L300", "Delete required"),
    "{source: customer, type: money, values: [1]}": ("L300", "type: category"),
    "{source: customer, type: category, values: []}": ("L300", "List the values"),
    "{source: customer, type: category, values: [A, A]}": ("L053", "Delete one"),
    "{source: customer, type: amount}": ("L052", "Known are"),
    "{source: custmer, type: money}": ("L052", '"customer"'),
    "{from: payment, measure: count, type: integer}": ("L052", '"payments"'),
    "{from: payments, measre: count, type: integer}": ("L041", '"measure"'),
    "{from: payments, measure: [count], type: integer}": ("L044", "one number or text"),
    "{from: payments, measure: sum(amont), type: money}": ("L312", '"amount"'),
    "{from: payments, measure: count, where: days_late, type: integer}": ("L314", "Compare"),
    "{from: payments, measure: count, within: 365, type: integer}": ("L320", "365 days"),
    "{from: payments, measure: count, type: money}": ("L321", "days, integer, number"),
    "{from: payments, measure: sum(amount), type: integer}": ("L321", "money, number"),
    "{from: payments, measure: mean(days_late), type: money}": ("L321", "days, integer, number"),
    "{from: payments, measure: share(amount where days_late > 0), type: money}": ("L321", "number"),
    "{from: payments, measure: count, type: boolean}": ("L321", "days, integer, number"),
    "{source: customer, type: money, title: Net worth}": ("L040", "{key: value}"),
    "{source: customer, type: money, title: {fr: Fortune}}": ("L041", "Known are: en, zh."),
    "{source: request, type: money, required: 'true'}": ("L050", "without quotes"),
    "[1]": ("L040", "{key: value}"),
}


@pytest.mark.parametrize(("text", "code", "remedy"), [(text, *rest) for text, rest in REFUSALS.items()])
def test_a_mistake_is_refused_with_its_code_and_remedy(text: str, code: str, remedy: str) -> None:
    with pytest.raises(PolicyTextError) as caught:
        read_fact("late", read_yaml(f"# facts\n{text}", "facts.yaml"))

    assert (code, "facts.yaml", 2) == (caught.value.code, caught.value.place.file, caught.value.place.line)
    assert remedy in caught.value.remedy


@pytest.mark.parametrize(
    ("name", "source"),
    [
        ("exposure", "source: customer"),
        ("days_past_due", "source: request"),
        ("credit_limit", "source: customer"),
        ("segment", "source: request"),
    ],
)
def test_a_name_that_is_taken_is_refused_where_it_stands(name: str, source: str) -> None:
    with pytest.raises(PolicyTextError) as caught:
        read_fact(name, read_yaml(f"{{{source}, type: money}}", "f"), Place("f", 7, 1))

    assert ("L301", Place("f", 7, 1)) == (caught.value.code, caught.value.place)
