"""`policy standing`: list what customers stand at, approve and reject what reviews propose."""

from collections.abc import Collection

import click
from rich import box
from rich.markup import escape
from rich.table import Table

from policy_service.cli import output
from policy_service.cli.acting_as import as_option, changing_as, open_house
from policy_service.cli.whole_lists import whole_list
from policy_service.domain.instants import instant_text
from policy_service.services.standings_in_force.approving import approve, reject
from policy_service.services.standings_in_force.texts import plain_outputs
from policy_service.storage.models.standings import STANDING_STATES
from policy_service.storage.standing_store import StandingStore, StoredStanding
from policy_service.storage.work_waiting import approval_roles

_STANDING = click.argument("standing_id", metavar="STANDING")
_NOTE = click.option("--note", required=True, help="Why, in 3 to 500 characters.")
_SHOWN = ("grade", "credit_limit", "payment_term_days")


@click.group("standing")
def standing_group() -> None:
    """List standings, and approve or reject those that wait for somebody with authority."""


@standing_group.command("list")
@click.option("--state", type=click.Choice(STANDING_STATES), help="In one state. Default: those that wait.")
@click.option("--customer", "customer_id", default="", metavar="ID", help="Of one customer, in every state.")
@click.option("--role", "approval_role", default="", metavar="ROLE", help="Those that wait for this role.")
@click.option("--json", "as_json", is_flag=True, help="Write them as JSON.")
def list_command(state: str | None, customer_id: str, approval_role: str, as_json: bool) -> None:
    """List standings, the oldest first: unless told otherwise those that wait for approval."""
    filters = {
        "state": state or ("" if customer_id else "proposed"),
        "customer_id": customer_id,
        "approval_role": approval_role,
    }
    with open_house() as house, house.database.reading() as session:
        store = StandingStore(session)
        found = whole_list(
            lambda last, limit: store.page(
                **filters,
                after=(last.proposed_at, last.standing_id) if last else None,
                limit=limit,
                is_oldest_first=True,
            )
        )
        waited_for = approval_roles(session)
    if approval_role and not found:
        _tell_of_others(approval_role, waited_for)
    if as_json:
        output.write_json([_plain(one) for one in found])
        return
    table = Table("standing", "customer", "state", *_SHOWN, "by", "reviewed", "waits for", box=box.SIMPLE)
    for one in found:
        shown = tuple(one.outputs.get(name, "") for name in _SHOWN)
        waits_for = one.approval_role if one.state == "proposed" else ""
        ends = (one.proposed_by, one.reviewed_on.isoformat(), waits_for)
        table.add_row(*map(escape, (one.standing_id, one.customer_id, one.state, *shown, *ends)))
    output.out.print(table)


def _tell_of_others(role: str, waited_for: Collection[str]) -> None:
    # A policy may name any role, so that one that is misspelt here cannot be told from one that nothing waits for.
    others = ", ".join(sorted(waited_for)) or "nobody"
    output.err.print(f"No such standing waits for {role}. What is proposed waits for: {others}.", markup=False)


@standing_group.command("approve")
@_STANDING
@_NOTE
@as_option
def approve_command(standing_id: str, note: str, login: str) -> None:
    """Let a proposed standing count from now on; whoever ran the review cannot."""
    with changing_as(login) as work:
        _say(approve(work.house, work.session, standing_id, note, work.actor, work.act))


@standing_group.command("reject")
@_STANDING
@_NOTE
@as_option
def reject_command(standing_id: str, note: str, login: str) -> None:
    """Let a proposed standing never count; what is in force stays."""
    with changing_as(login) as work:
        _say(reject(work.house, work.session, standing_id, note, work.actor, work.act))


def _say(standing: StoredStanding) -> None:
    output.out.print(escape(f"{standing.standing_id} of {standing.customer_id} is {standing.state.replace('_', ' ')}."))


def _plain(standing: StoredStanding) -> dict[str, object]:
    return {
        "standing_id": standing.standing_id,
        "customer_id": standing.customer_id,
        "state": standing.state,
        "origin": standing.origin,
        "outputs": plain_outputs(standing.outputs),
        "reviewed_on": standing.reviewed_on.isoformat(),
        "limit_until": standing.limit_until and standing.limit_until.isoformat(),
        "review_on": standing.review_on and standing.review_on.isoformat(),
        "decision_id": standing.decision_id,
        "approval_role": standing.approval_role,
        "proposed_at": instant_text(standing.proposed_at),
        "proposed_by": standing.proposed_by,
        "decided_by": standing.decided_by,
        "note": standing.note,
    }
