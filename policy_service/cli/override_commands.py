"""`policy override`: give, confirm, reject, end and list a person's word over the rules'."""

from datetime import date

import click
from rich import box
from rich.markup import escape
from rich.table import Table

from policy_service.cli import output
from policy_service.cli.acting_as import as_option, changing_as, open_house
from policy_service.cli.whole_lists import whole_list
from policy_service.domain.instants import business_day, instant_text
from policy_service.domain.outcomes import DecisionType
from policy_service.running import now
from policy_service.services.given_overrides import confirm, end, give, reject
from policy_service.services.override_limits import Wanted
from policy_service.storage.models.standings import OVERRIDE_STATES
from policy_service.storage.override_store import OverrideStore, StoredOverride

_OVERRIDE = click.argument("override_id", metavar="OVERRIDE")
_REASON = click.option("--reason", required=True, help="Why, in 3 to 500 characters.")


@click.group("override")
def override_group() -> None:
    """Give, confirm, end and list overrides: a person's word over the rules', with a reason and an end."""


@override_group.command("give")
@click.option("--customer", "customer_id", required=True, metavar="ID")
@click.option("--decision", type=click.Choice(["review", "order"]), required=True, help="What it is laid over.")
@click.option("--order", "order_id", default="", metavar="ID", help="One order. Default: all of the customer.")
@click.option(
    "--set", "outputs", multiple=True, required=True, metavar="NAME=VALUE", help="What it sets; may be repeated."
)
@_REASON
@click.option("--until", "expires_on", type=output.DAY, required=True, help="The last day it counts, within a year.")
@as_option
def give_command(
    customer_id: str, decision: str, order_id: str, outputs: tuple[str, ...], reason: str, expires_on: date, login: str
) -> None:
    """Give an override; above the company's threshold another person has to confirm it."""
    wanted = Wanted(customer_id, DecisionType(decision), _outputs(outputs), reason, expires_on, order_id)
    with changing_as(login) as work:
        _say(give(work.house, work.session, wanted, work.actor, work.act))


@override_group.command("confirm")
@_OVERRIDE
@as_option
def confirm_command(override_id: str, login: str) -> None:
    """Confirm an override that another person gave."""
    with changing_as(login) as work:
        _say(confirm(work.house, work.session, override_id, work.actor, work.act))


@override_group.command("reject")
@_OVERRIDE
@_REASON
@as_option
def reject_command(override_id: str, reason: str, login: str) -> None:
    """Reject an override that waits for a second person."""
    with changing_as(login) as work:
        _say(reject(work.house, work.session, override_id, reason, work.actor, work.act))


@override_group.command("end")
@_OVERRIDE
@_REASON
@as_option
def end_command(override_id: str, reason: str, login: str) -> None:
    """End an override before its day, or take one back that waits."""
    with changing_as(login) as work:
        _say(end(work.house, work.session, override_id, reason, work.actor, work.act))


@override_group.command("list")
@click.option("--customer", "customer_id", default="", metavar="ID", help="Of one customer.")
@click.option("--state", type=click.Choice(OVERRIDE_STATES), help="In one state.")
@click.option("--all", "shows_expired", is_flag=True, help="Those that have expired as well.")
@click.option("--json", "as_json", is_flag=True, help="Write them as JSON.")
def list_command(customer_id: str, state: str | None, shows_expired: bool, as_json: bool) -> None:
    """List overrides, the latest given first."""
    with open_house() as house, house.database.reading() as session:
        today = None if shows_expired else business_day(now(), house.settings.zone)
        store, filters = OverrideStore(session), {"customer_id": customer_id, "state": state or ""}
        found = whole_list(
            lambda last, limit: store.page(
                **filters,
                counting_on=today,
                after=(last.given_at, last.override_id) if last else None,
                limit=limit,
            )
        )
    if as_json:
        output.write_json([_plain(one) for one in found])
        return
    table = Table("override", "customer", "order", "decision", "sets", "state", "by", "until", box=box.SIMPLE)
    for one in found:
        until = one.expires_on.isoformat()
        cells = (one.override_id, one.customer_id, one.order_id, one.decision_type, _sets(one), one.state, one.person)
        table.add_row(*map(escape, (*cells, until)))
    output.out.print(table)


def _outputs(written: tuple[str, ...]) -> dict[str, str]:
    outputs: dict[str, str] = {}
    for one in written:
        name, equals, value = one.partition("=")
        if not equals or not name or not value or name in outputs:
            raise click.BadParameter(f"{one!r}: write NAME=VALUE, each name once.", param_hint="--set")
        outputs[name] = value
    return outputs


def _say(override: StoredOverride) -> None:
    output.out.print(escape(f"{override.override_id} of {override.customer_id} is {override.state.replace('_', ' ')}."))
    if override.state == "proposed":
        output.out.print(
            escape(f"  Another person confirms: policy override confirm {override.override_id} --as LOGIN")
        )


def _sets(override: StoredOverride) -> str:
    return ", ".join(f"{name}={value}" for name, value in sorted(override.outputs.items()))


def _plain(override: StoredOverride) -> dict[str, object]:
    return {
        "override_id": override.override_id,
        "customer_id": override.customer_id,
        "order_id": override.order_id,
        "decision_type": override.decision_type,
        "outputs": dict(override.outputs),
        "reason": override.reason,
        "state": override.state,
        "person": override.person,
        "given_at": instant_text(override.given_at),
        "expires_on": override.expires_on.isoformat(),
        "second_person": override.second_person,
        "ended_by": override.ended_by,
        "end_reason": override.end_reason,
    }
