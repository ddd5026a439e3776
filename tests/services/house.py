"""A small house policy and hand-made ledgers of it, as a credit manager would jot them down."""

import datetime as dt
from collections.abc import Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from tempfile import TemporaryDirectory

from policy_service.domain.currencies import currency
from policy_service.domain.decisions import Override
from policy_service.domain.entries import Ledger
from policy_service.domain.outcomes import DecisionType
from policy_service.language.load import load_policy
from policy_service.language.policy import Policy
from policy_service.ledger.importer import read_ledger
from policy_service.services.decide import CustomerDecisions, Decider, Question

FACTS = """
order_amount: {source: request, type: money, required: true}
requested_limit: {source: request, type: money}
channel: {source: request, type: category, values: [web, phone]}
deadline: {source: request, type: date}
net_worth: {source: customer, type: money}
industry: {source: customer, type: category}
"""
REASONS = """
CREDIT_STOPPED: {en: Credit is stopped, zh: 停止赊销}
OVER_LIMIT: {en: Over the limit, zh: 超额}
BY_PHONE: {en: Asked for by phone, zh: 电话下单}
SMALL_FIRM: {en: A small firm, zh: 小公司}
NO_WILL: {en: No will to pay, zh: 无还款意愿}
"""
RULE_SETS = {
    "policy": """
policy: house
title: {en: House policy, zh: 内部政策}
base_currency: CNY
parameters: {materiality: {value: 100.00, type: money, title: {en: Materiality, zh: 重要性}}}
rule_sets: [grading, standing, order_check, collection]
""",
    "grading": """
decision_table: grading
hit_policy: unique
rows:
  - {id: G1, when: {net_worth: ">= 100000"}, then: {grade: A}}
  - {id: G2, when: {net_worth: "< 100000"}, then: {grade: B}, reason: SMALL_FIRM}
""",
    "standing": """
decision_table: standing
hit_policy: unique
rows:
  - {id: S1, when: {grade: A}, then: {credit_limit: 5000, payment_term_days: 30, prepay_percent: 0, grace_days: 5}}
  - {id: S2, when: {grade: B}, then: {credit_limit: 800, payment_term_days: 15, prepay_percent: 0, grace_days: 0}}
""",
    "order_check": """
decision_table: order_check
hit_policy: rule_order
rows:
  - {id: O1, when: {stop_credit: true}, then: {outcome: hold}, reason: CREDIT_STOPPED}
  - {id: O2, when: {exposure + order_amount: "> credit_limit"}, then: {outcome: hold}, reason: OVER_LIMIT}
  - {id: O3, when: {channel: phone}, then: {outcome: refer}, reason: BY_PHONE}
otherwise: {outcome: approve}
when_unknown: skip
""",
    "collection": """
ladder: collection
mode: step
levels:
  - {id: L1, days_past_due: 1, action: remind, channel: email, owner: sales, deadline_days: 3}
  - {id: L2, days_past_due: 30, action: demand, owner: credit_manager,
     effects: {stop_credit: true}, release: {overdue_balance: "<= materiality"}}
triggers:
  - {id: T1, when: {past_due_balance: "> 3000"}, action: propose_legal, owner: credit_manager, reason: NO_WILL}
""",
}
CUSTOMERS = """customer_id,net_worth,industry
C1,250000,food
C2,9000,steel
C3,,paper
"""
INVOICES = """invoice_id,customer_id,issue_date,due_date,amount
I1,C1,2025-01-01,2025-01-31,1000.00
I2,C2,2025-03-20,2025-04-04,300.00
"""
LEDGER = {"customers": CUSTOMERS, "invoices": INVOICES}
#: Of I1, due on 31 January: 29, 30 and 90 days past due.
DAY_29, DAY_30, DAY_90 = dt.date(2025, 3, 1), dt.date(2025, 3, 2), dt.date(2025, 5, 1)
BEFORE_DUE = dt.date(2025, 1, 20)


def house_policy(rule_sets: Mapping[str, str] | None = None) -> Policy:
    """Return the house policy with these rule sets instead or besides; an empty text takes one away."""
    return _policy(tuple({"facts": FACTS, "reasons": REASONS, **RULE_SETS, **(rule_sets or {})}.items()))


def policy_with(name: str, old: str, new: str) -> Policy:
    """Return the house policy with one text of one rule set replaced."""
    assert RULE_SETS[name].count(old) == 1, old
    return house_policy({name: RULE_SETS[name].replace(old, new)})


def ledger_of(files: Mapping[str, str] | None = None, base: str = "CNY") -> Ledger:
    """Return the ledger of these files, with the house's customers and invoices unless given; none quarantined."""
    return _ledger(tuple({**LEDGER, **(files or {})}.items()), base)


def decide(
    customer: str = "C1",
    on: dt.date = BEFORE_DUE,
    order: str | None = "100",
    *,
    policy: Policy | None = None,
    files: Mapping[str, str] | None = None,
    overrides: Sequence[Override] = (),
    request: Mapping[str, str] | None = None,
) -> CustomerDecisions:
    """Return the decisions upon one customer under the house policy."""
    asked = {**({} if order is None else {"order_amount": order}), **(request or {})}
    decider = Decider(policy or house_policy(), ledger_of(files), overrides)
    try:
        return decider.decide(Question(customer, on, asked))
    finally:
        decider.close()


def override(
    outputs: Mapping[str, str],
    decision_type: DecisionType = DecisionType.REVIEW,
    expires_on: dt.date = dt.date(2025, 6, 30),
    customer: str = "C1",
) -> Override:
    """Return a person's word upon a customer."""
    return Override(customer, "m.li", "Bank guarantee", expires_on, outputs, decision_type)


def outcome_and_reasons(decisions: CustomerDecisions) -> tuple[str, list[str]]:
    """Return the order's outcome with the codes of its reasons, in their rank."""
    assert decisions.order is not None
    chain = decisions.order.chain
    return str(chain.outcome), [reason.code for reason in chain.reasons]


# Almost every test has the same few of them.
@lru_cache(maxsize=64)
def _policy(texts: tuple[tuple[str, str], ...]) -> Policy:
    with TemporaryDirectory() as made:
        folder = Path(made) / "house"
        folder.mkdir()
        for name, text in texts:
            if text:
                (folder / f"{name}.yaml").write_text(text, "utf-8")
        return load_policy(folder)


@lru_cache(maxsize=64)
def _ledger(files: tuple[tuple[str, str], ...], base: str) -> Ledger:
    with TemporaryDirectory() as folder:
        for name, text in files:
            Path(folder, f"{name}.csv").write_text(text, "utf-8")
        result = read_ledger(Path(folder), currency(base))
    assert not result.quarantined, list(map(str, result.quarantined))
    return result.ledger
