"""`policy schedule`, `unschedule`, `rollback`, `retire`: when versions count, as a named person."""

from datetime import date

import click

from policy_service.cli import output
from policy_service.cli.acting_as import Work, as_option, changing_as
from policy_service.cli.life_commands import NOTE, NOTE_NEEDED, POLICY, VERSION, say
from policy_service.domain.instants import Instant, parse_instant, start_of_day
from policy_service.services.policy_life import rollback, scheduling


class InstantParameter(click.ParamType[Instant]):
    """An option that takes an instant with its offset."""

    name = "INSTANT"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> Instant:
        """Return the instant; fail with what was found."""
        instant = value if isinstance(value, int) else parse_instant(str(value))
        return (
            self.fail(f"{value!r}: write it as 2027-01-01T00:00:00+08:00.", param, ctx) if instant is None else instant
        )


_AT = click.option("--at", "instant", type=InstantParameter(), help="From this instant on. Default: now.")
_ON = click.option("--on", "day", type=output.DAY, help="From the start of this business day on.")


@click.command("schedule")
@POLICY
@VERSION
@_AT
@_ON
@NOTE
@as_option
def schedule_command(
    policy_id: str, number: int, instant: Instant | None, day: date | None, note: str, login: str
) -> None:
    """Let approved VERSION count from an instant on, or move one that is scheduled."""
    with changing_as(login) as work:
        begins = _begin(work, instant, day)
        done = scheduling.schedule(work.house, work.session, policy_id, number, begins, note, work.actor, work.act)
    say(done)


@click.command("unschedule")
@POLICY
@VERSION
@NOTE
@as_option
def unschedule_command(policy_id: str, number: int, note: str, login: str) -> None:
    """Take VERSION off the schedule before it begins; it stays approved."""
    with changing_as(login) as work:
        done = scheduling.unschedule(work.house, work.session, policy_id, number, note, work.actor, work.act)
    say(done)


@click.command("rollback")
@POLICY
@VERSION
@_AT
@_ON
@NOTE_NEEDED
@as_option
def rollback_command(
    policy_id: str, number: int, instant: Instant | None, day: date | None, note: str, login: str
) -> None:
    """Go back to VERSION, which was in force: a new version with its text counts without a new approval."""
    with changing_as(login) as work:
        begins = _begin(work, instant, day)
        done = rollback.roll_back(work.house, work.session, policy_id, number, begins, note, work.actor, work.act)
    say(done)


@click.command("retire")
@POLICY
@VERSION
@_AT
@_ON
@NOTE_NEEDED
@click.option("--confirm", "is_confirmed", is_flag=True, help="Although no version counts from then on.")
@click.option("--keep", "is_kept", is_flag=True, help="Take a retirement back that is to come.")
@as_option
def retire_command(
    policy_id: str,
    number: int,
    instant: Instant | None,
    day: date | None,
    note: str,
    is_confirmed: bool,
    is_kept: bool,
    login: str,
) -> None:
    """End the period of VERSION: from then on the policy answers nothing, until another version begins."""
    with changing_as(login) as work:
        house, session, who = work.house, work.session, (work.actor, work.act)
        if is_kept:
            done = scheduling.keep(house, session, policy_id, number, note, *who)
        else:
            ends = _begin(work, instant, day)
            done = scheduling.retire(house, session, policy_id, number, ends, note, is_confirmed, *who)
    say(done)


def _begin(work: Work, instant: Instant | None, day: date | None) -> Instant | None:
    if instant is not None and day is not None:
        raise click.UsageError("Give --at or --on, not both.")
    return start_of_day(day, work.house.settings.zone) if day else instant
