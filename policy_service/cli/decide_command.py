"""`policy decide`: one customer of a ledger, or all of them."""

from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path

import click

from policy_service.cli import output
from policy_service.cli.explanation import explained
from policy_service.cli.ledger_files import say_what_was_left_out, the_day, the_ledger
from policy_service.cli.ledger_options import ledger_options, policy_option, the_policy
from policy_service.cli.portfolio import show_portfolio
from policy_service.domain.errors import FactError, PolicyServiceError
from policy_service.engines.trace import Explainer
from policy_service.language.files.override_file import load_overrides
from policy_service.language.policy import Policy
from policy_service.services.decide import CustomerDecisions, Decider, Question
from policy_service.services.explain import explanation
from policy_service.services.record import lines_of
from policy_service.services.request_facts import ORDER_AMOUNT


@click.command("decide")
@ledger_options
@policy_option
@click.option("--customer", help="The customer's id; default: every customer.")
@click.option("--as-of", type=output.DAY, help="The business day; default: the day after the last entry.")
@click.option("--order", "order_amount", help="Amount of the order; default: that of the latest invoice.")
@click.option("--overrides", type=click.Path(path_type=Path, exists=True), help="A file of overrides.")
@click.option("--explain", is_flag=True, help="Show reasons, hit rows, facts and near misses.")
@click.option("--json", "as_json", is_flag=True, help="Write the recorded results as JSON, one customer per line.")
@click.option("--language", type=click.Choice(["en", "zh"]), default="en", show_default=True)
def decide_command(
    ledger_folder: Path | None,
    mapping: str | None,
    policy_name: str | None,
    customer: str | None,
    as_of: date | None,
    order_amount: str | None,
    overrides: Path | None,
    explain: bool,
    as_json: bool,
    language: str,
) -> None:
    """Decide one customer of a ledger, or all: grade, limit, term, order, escalation, each with its reasons.

    Of all customers those that cannot be decided are said on the error stream, and the exit code is 1.
    """
    policy = the_policy(policy_name)
    result = the_ledger(ledger_folder, mapping, policy.currency, policy.facts)
    say_what_was_left_out(result)
    ledger = result.ledger
    day = the_day(as_of, ledger)
    decider = Decider(policy, ledger, load_overrides(overrides) if overrides else ())
    undecided: list[PolicyServiceError] = []
    try:
        chosen = [customer] if customer is not None else list(ledger.histories)
        decided = decide_each(decider, chosen, day, order_amount, None if customer is not None else undecided)
        if as_json:
            for decisions in decided:
                click.echo(lines_of(_with_explanations(decisions, policy) if explain else decisions.results))
        elif customer is not None or explain:
            for decisions in decided:
                output.out.print(explained(decisions, policy, decider.hash, language))
        else:
            show_portfolio(list(decided), policy, day, language)
    finally:
        decider.close()
    output.show_errors(undecided)
    if undecided:
        raise click.exceptions.Exit(1)


def _with_explanations(decisions: CustomerDecisions, policy: Policy) -> dict[str, Mapping[str, object] | None]:
    explainer = Explainer(policy)
    told = {"review": decisions.review, "escalation": decisions.escalation, "order": decisions.order}
    return {
        name: {**decision.result, "explanation": explanation(decision, explainer, decisions.codes)}
        if decision
        else None
        for name, decision in told.items()
    }


def decide_each(
    decider: Decider,
    customers: list[str],
    day: date,
    order_amount: str | None,
    undecided: list[PolicyServiceError] | None = None,
) -> Iterator[CustomerDecisions]:
    """Decide each customer in turn, with a progress bar; without an amount the latest invoice's.

    A customer whose facts cannot be measured is left out and said in `undecided`; without that list it is an error.
    """
    with output.progress("Deciding") as advance:
        for done, customer_id in enumerate(customers, start=1):
            request = _request(decider, customer_id, day, order_amount)
            try:
                yield decider.decide(Question(customer_id, day, request))
            except FactError as error:
                if undecided is None:
                    raise
                undecided.append(error)
            advance(done, len(customers))


def _request(decider: Decider, customer_id: str, day: date, order_amount: str | None) -> dict[str, str]:
    if order_amount is not None:
        return {ORDER_AMOUNT: order_amount}
    return decider.latest_order(customer_id, day)
