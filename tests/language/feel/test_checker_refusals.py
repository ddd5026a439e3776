"""What the type checker refuses: with which code, where, and what is to be done."""

import re

import pytest

from policy_service.domain.errors import Place
from policy_service.domain.values import Kind
from policy_service.language.feel.checker import type_expression
from tests.language.feel.checking import cell, refusal, scope, typed

REFUSED_FORMULAS = [
    ("exposre", "L201", "exposure"),
    ("grade = A", "L201", "quotes"),
    ("mni(1, 2)", "L202", "min"),
    ("MIN(1, 2)", "L202", "Did you mean min?"),
    ("IF(stopped, 1, 2)", "L202", "if condition then value else value"),
    ("limit > Unlimited", "L201", "Write unlimited, in small letters."),
    ("if stopped = TRUE then 1 else 2", "L201", "Write true, in small letters."),
    ("limit = None", "L201", "Write null"),
    ("limit = 未知", "L201", "Write null"),
    ("EXPOSURE", "L201", "Did you mean exposure?"),
    ("need(limit)", "L203", "purchases, term, slow"),
    ("min()", "L203", "1 or more"),
    ("abs(1, 2)", "L203", "1"),
    ("round()", "L203", "1 or 2"),
    ("limit + share", "L204", "amounts to amounts"),
    ("limit + late", "L204", "amounts to amounts"),
    ("limit * limit", "L204", "Multiply an amount by a number"),
    ("share / limit", "L204", "Divide an amount"),
    ("late * late", "L204", "Divide one"),
    ("due + paid", "L204", "Dates"),
    ("late - due", "L204", "Dates"),
    ("due * 2", "L204", "Dates"),
    ("due + share", "L204", "Dates"),
    ("due + 0.5", "L204", "Dates"),
    ("stopped + 1", "L204", "if"),
    ("grade + 1", "L204", "if"),
    ("-grade", "L204", "Negate"),
    ("-due", "L204", "Negate"),
    ("limit ** 2", "L204", "powers"),
    ("abs(grade)", "L204", "Compute"),
    ("sum(due)", "L204", "min and max"),
    ("max(grade)", "L204", "Compute"),
    ("limit > share", "L205", "amounts with amounts"),
    ("limit = late", "L205", "amounts with amounts"),
    ("stopped = 1", "L205", "true or false"),
    ('limit > "A"', "L205", "category"),
    ('due > "2026-01-01"', "L205", "without quotes"),
    ("due > 5", "L205", "date"),
    ("min(limit, share)", "L205", "one kind"),
    ("if stopped then limit else share", "L205", "one kind"),
    ("late between limit and 5", "L205", "one kind"),
    ('grade < "B"', "L206", "= and !="),
    ("stopped >= true", "L206", "= and !="),
    ('grade between "A" and "B"', "L206", "List"),
    ("days_between(due, late)", "L207", "date"),
    ("twice(limit)", "L207", "Divide the amount"),
    ("limit + 0.001", "L208", "2 decimals"),
    ("share + 0.0000001", "L208", "6 decimals"),
    ("twice(0.0000001)", "L208", "6 decimals"),
    ("count + 9223372036854775807", "L209", "largest"),
    ("limit + 92233720368547758.07", "L209", "largest"),
    ("share ** 9", "L210", "literal"),
    ("share ** -1", "L210", "literal"),
    ("share ** 1.5", "L210", "literal"),
    ("share ** count", "L210", "literal"),
    ("round(share, count)", "L210", "whole number"),
    ("round(share, 13)", "L210", "whole number"),
    ("null", "L211", "null"),
    ("null = null", "L211", "null"),
    ("late between 5 and 1", "L212", "lower end first"),
    ("stopped and 1", "L213", "comparison"),
    ("not(limit)", "L213", "comparison"),
    ("if limit then 1 else 2", "L213", "comparison"),
    ("limit > null", "L114", "= null"),
    ("late between null and 5", "L114", "null"),
    ("there(1)", "L214", "Take one"),
    ("f39(1)", "L215", "Split"),
    ("d199(1)", "L215", "Split"),
    ("outside(1)", "L201", "its own parameters"),
    ("broken(1)", "L109", "Write"),
    ("unlimited + share", "L204", "amounts"),
]


@pytest.mark.parametrize(("text", "code", "remedy"), REFUSED_FORMULAS)
def test_a_formula_without_meaning_is_refused_with_code_and_remedy(text: str, code: str, remedy: str) -> None:
    refused = refusal(lambda: typed(text))
    assert code == refused.code, refused
    assert re.search(re.escape(remedy), refused.remedy), refused


REFUSED_ASSIGNMENTS = [
    ("limit", Kind.NUMBER, "L207"),
    ("limit", Kind.DAYS, "L207"),
    ("due", Kind.DAYS, "L207"),
    ("5", Kind.DATE, "L207"),
    ("5", Kind.BOOLEAN, "L207"),
    ("5", Kind.CATEGORY, "L207"),
    ("true", Kind.CATEGORY, "L207"),
    ("grade", Kind.MONEY, "L207"),
    ("unlimited", Kind.NUMBER, "L207"),
    ("limit > 0", Kind.MONEY, "L207"),
    ("2.5", Kind.DAYS, "L208"),
    ("-2.5", Kind.INTEGER, "L208"),
    ("0.001", Kind.MONEY, "L208"),
    ("0.1234567", Kind.NUMBER, "L208"),
    ("9223372036854775807", Kind.INTEGER, "L209"),
    ("-9223372036854775808", Kind.INTEGER, "L209"),
    ("9223372036854.775807", Kind.NUMBER, "L209"),
    ("group.sales", Kind.CATEGORY, "L201"),
]


@pytest.mark.parametrize(("text", "kind", "code"), REFUSED_ASSIGNMENTS)
def test_a_value_that_does_not_fit_the_declared_kind_is_refused(text: str, kind: Kind, code: str) -> None:
    assert code == refusal(lambda: typed(text, kind)).code


REFUSED_CELLS = [
    ("< A", Kind.CATEGORY, "L206"),
    ("[A..B]", Kind.CATEGORY, "L206"),
    ("> false", Kind.BOOLEAN, "L206"),
    ("5", Kind.CATEGORY, "L205"),
    ("true", Kind.CATEGORY, "L205"),
    ("1", Kind.BOOLEAN, "L205"),
    ('"A"', Kind.MONEY, "L205"),
    ("A", Kind.MONEY, "L201"),
    ("> share", Kind.MONEY, "L205"),
    ("> late", Kind.MONEY, "L205"),
    ("> limit", Kind.NUMBER, "L205"),
    ("> limit", Kind.DAYS, "L205"),
    ("share", Kind.DAYS, "L205"),
    ("not(share)", Kind.INTEGER, "L205"),
    ("unlimited", Kind.DAYS, "L205"),
    ("> 5", Kind.DATE, "L205"),
    ("2026-01-01", Kind.DAYS, "L205"),
    ("> 2.5", Kind.DAYS, "L208"),
    ("[0..2.5]", Kind.DAYS, "L208"),
    ("0.001", Kind.MONEY, "L208"),
    ("0.0000001", Kind.NUMBER, "L208"),
    ("[30..10]", Kind.DAYS, "L212"),
    ("[10.5..-10.5]", Kind.NUMBER, "L212"),
    ("(5..5]", Kind.MONEY, "L212"),
    ("[5..5)", Kind.MONEY, "L212"),
    ("(3..4)", Kind.DAYS, "L212"),
    ("[2026-03-01..2026-02-01]", Kind.DATE, "L212"),
    ("[null..5]", Kind.DAYS, "L114"),
]


@pytest.mark.parametrize(("text", "kind", "code"), REFUSED_CELLS)
def test_a_cell_that_does_not_fit_its_column_is_refused(text: str, kind: Kind, code: str) -> None:
    refused = refusal(lambda: cell(text, kind))
    assert code == refused.code, refused


def test_an_error_names_both_kinds() -> None:
    message = refusal(lambda: typed("limit > share")).message
    assert "money" in message
    assert "number" in message


def test_an_error_stands_at_the_column_of_the_fault() -> None:
    place = Place(file="standing.yaml", line=4, column=10)
    refused = refusal(lambda: type_expression("limit + exposre", scope(), place))
    assert refused.place.column == 18
