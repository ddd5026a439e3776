"""`policy demo`: a sample company, generated, imported and decided, with one decision explained."""

from pathlib import Path

import click
from rich.markup import escape

from policy_service.cli import output
from policy_service.cli.decide_command import decide_each
from policy_service.cli.explanation import explained
from policy_service.cli.ledger_options import say_what_was_left_out, the_day, the_ledger, the_policy
from policy_service.cli.portfolio import show_portfolio
from policy_service.domain.outcomes import Outcome
from policy_service.sample_ledger.generate import generate
from policy_service.sample_ledger.profile import SampleCompany
from policy_service.services.decide import CustomerDecisions, Decider

CUSTOMERS, INVOICES, SEED = 400, 20_000, 7


@click.command("demo")
@click.option("--folder", type=click.Path(path_type=Path), default="var/demo", show_default=True)
@click.option("--language", type=click.Choice(["en", "zh"]), default="en", show_default=True)
def demo_command(folder: Path, language: str) -> None:
    """Generate a sample company once, decide every customer under the default policy, explain one decision."""
    ledger_folder = folder / "ledger"
    if not ledger_folder.is_dir():
        with output.progress("Generating a sample company") as advance:
            generate(SampleCompany(CUSTOMERS, INVOICES, SEED), ledger_folder, advance)
        output.out.print(
            f"A sample ledger of {CUSTOMERS:,} customers and {INVOICES:,} invoices is in {escape(str(ledger_folder))}."
        )
    policy = the_policy(None)
    result = the_ledger(ledger_folder, None, policy.currency, policy.facts)
    say_what_was_left_out(result)
    day = the_day(None, result.ledger)
    decider = Decider(policy, result.ledger)
    try:
        decided = list(decide_each(decider, list(result.ledger.histories), day, None))
        show_portfolio(decided, policy, day, language)
        output.out.print(explained(_worth_a_look(decided), policy, decider.hash, language))
        again = f"./run decide --ledger {ledger_folder} --customer {_worth_a_look(decided).customer_id} --explain"
        output.out.print(f"\nLook at another customer: {escape(again)}")
    finally:
        decider.close()


def _worth_a_look(decided: list[CustomerDecisions]) -> CustomerDecisions:
    held = [one for one in decided if one.order and one.order.chain.outcome is Outcome.HOLD]
    return max(held or decided, key=lambda one: (len(one.order.chain.reasons) if one.order else 0, one.customer_id))
