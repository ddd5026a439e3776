"""The sample company of `policy demo`: generated, and decided with one decision explained."""

import datetime as dt
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from rich.markup import escape

from policy_service.cli import output
from policy_service.cli.decide_command import decide_each
from policy_service.cli.explanation import explained
from policy_service.cli.ledger_files import the_day
from policy_service.cli.portfolio import show_portfolio
from policy_service.domain.outcomes import Outcome
from policy_service.language.policy import Policy
from policy_service.ledger.report import ImportResult
from policy_service.sample_ledger.generate import generate
from policy_service.sample_ledger.profile import SampleCompany
from policy_service.services.decide import CustomerDecisions, Decider
from policy_service.services.request_facts import ORDER_AMOUNT

CUSTOMERS, INVOICES, SEED = 400, 20_000, 7
_HISTORY: Final = dt.timedelta(days=1095)


def company_until(last_day: dt.date) -> SampleCompany:
    """Return the sample company with the three years that end on that day."""
    return SampleCompany(CUSTOMERS, INVOICES, SEED, last_day - _HISTORY, last_day)


def sample_company(folder: Path, last_day: dt.date) -> Path:
    """Return the folder of the sample ledger, generated until `last_day` if it is not there yet."""
    ledger_folder = folder / "ledger"
    if not ledger_folder.is_dir():
        with output.progress("Generating a sample company") as advance:
            generate(company_until(last_day), ledger_folder, advance)
        output.out.print(
            f"A sample ledger of {CUSTOMERS:,} customers and {INVOICES:,} invoices is in {escape(str(ledger_folder))}."
        )
    return ledger_folder


def show_decisions(ledger_folder: Path, policy: Policy, result: ImportResult, language: str) -> Mapping[str, str]:
    """Decide every customer and explain one decision; return the amount of each order, by customer."""
    day = the_day(None, result.ledger)
    decider = Decider(policy, result.ledger)
    try:
        decided = list(decide_each(decider, list(result.ledger.histories), day, None))
        show_portfolio(decided, policy, day, language)
        output.out.print(explained(_worth_a_look(decided), policy, decider.hash, language))
        again = f"./run decide --ledger {ledger_folder} --customer {_worth_a_look(decided).customer_id} --explain"
        output.out.print(f"\nLook at another customer: {escape(again)}")
        ordered = {one.customer_id: decider.latest_order(one.customer_id, day) for one in decided if one.order}
        return {customer_id: order[ORDER_AMOUNT] for customer_id, order in ordered.items()}
    finally:
        decider.close()


def _worth_a_look(decided: list[CustomerDecisions]) -> CustomerDecisions:
    held = [one for one in decided if one.order and one.order.chain.outcome is Outcome.HOLD]
    return max(held or decided, key=lambda one: (len(one.order.chain.reasons) if one.order else 0, one.customer_id))
