"""A cut or scrambled file of facts, reasons, formulas, cases or overrides is read or refused, never anything else."""

import tempfile
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policy_service.domain.errors import PolicyTextError
from policy_service.language.definitions.dictionary_files import load_dictionary
from policy_service.language.files.cases import load_cases
from policy_service.language.files.override_file import load_overrides

FILES: dict[str, tuple[Callable[[Path], object], str]] = {
    "facts.yaml": (
        lambda path: load_dictionary(path.parent),
        """days_late: {from: payments, measure: "mean(days_late, weight amount)", within: 365 days, type: number}
open_over_15d: {from: open_invoices, measure: count, where: "days_past_due > 15 and not disputed", type: integer}
order_amount: {source: request, type: money, required: true, title: {en: Order, zh: 订单金额}}
rating: {source: customer, type: category, values: [AA, "NO"]}
""",
    ),
    "reasons.yaml": (
        lambda path: load_dictionary(path.parent),
        "OVER_LIMIT: {en: Over the limit, zh: 超额}\nPAST_DUE:\n  en: Past due\n  zh: 逾期\n",
    ),
    "formulas.yaml": (
        lambda path: load_dictionary(path.parent),
        'need: {parameters: {monthly: money, term: number}, value: "monthly * (term + 5) / 30", source: L2}\n',
    ),
    "cases.yaml": (
        load_cases,
        """- name: A late customer may order
  as_of: 2026-03-01
  facts: {exposure: 20000.50, grade: "A", stop_credit: false, sales_12m: null}
  rule_set: order_check
  expect: {outcome: approve, reasons: [PAST_DUE], rows: [O10], limit: 5}
""",
    ),
    "overrides.yaml": (
        load_overrides,
        """- customer_id: C7
  person: m.li
  reason: Bank guarantee
  expires_on: 2026-06-30
  decision: review
  set: {credit_limit: 5000.50, stop_credit: false}
""",
    ),
}
SIGNS = st.text(st.sampled_from("{}[]()\"':,-#&*!|>%@`~=<. \n\t\\\x00aN01年"), max_size=4)


@given(st.data())
@pytest.mark.parametrize("name", FILES)
def test_a_mutated_file_is_read_or_refused(name: str, data: st.DataObject) -> None:
    load, text = FILES[name]
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, min(len(text), start + 12)))
    mutated = text[:start] + data.draw(SIGNS) + text[end:]

    assert is_read_or_refused(load, name, mutated)


@pytest.mark.parametrize("name", FILES)
def test_a_file_cut_anywhere_is_read_or_refused(name: str) -> None:
    load, text = FILES[name]

    assert all(is_read_or_refused(load, name, text[:end]) for end in range(len(text)))


def is_read_or_refused(load: Callable[[Path], object], name: str, text: str) -> bool:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, name)
        path.write_text(text, encoding="utf-8", newline="")
        try:
            load(path)
        except PolicyTextError as error:
            return bool(error.code and error.message)
    return True
