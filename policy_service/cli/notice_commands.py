"""`policy notices`: whether a connection is told of changes by its system, and how that stands."""

import click
from rich.markup import escape

from policy_service.cli import output
from policy_service.cli.acting_as import as_option, changing_as
from policy_service.domain.instants import Instant, instant_text
from policy_service.services.connections.notice_settings import Notices, notices_of, switch_notices


@click.command("notices")
@click.argument("name")
@click.argument("switch", type=click.Choice(["on", "off"]), required=False)
@click.option("--json", "as_json", is_flag=True, help="Write it as JSON.")
@as_option
def notices_command(name: str, switch: str | None, as_json: bool, login: str) -> None:
    """Show how connection NAME is told of changes by its system, or switch that on or off."""
    with changing_as(login) as work:
        if switch:
            found = switch_notices(work.house, work.session, name, work.actor, work.act, is_on=switch == "on")
        else:
            found = notices_of(work.house, work.session, name, work.actor)
    if as_json:
        output.write_json(_plain(found))
        return
    for line in _lines(found):
        output.out.print(escape(line), soft_wrap=True)


def _plain(found: Notices) -> dict[str, object]:
    channel = found.channel
    return {
        "name": found.connection.name,
        "is_on": found.is_on,
        "url": found.url,
        "is_agreed": bool(channel.watched),
        "expires_at": _time(channel.expires_at),
        "taken": channel.taken,
        "last_notice_at": _time(channel.last_notice_at),
        "code": channel.code,
        "error": channel.error,
        "remedy": channel.remedy,
        "next_try_at": _time(channel.next_try_at) if channel.code else None,
    }


def _lines(found: Notices) -> list[str]:
    channel, connection = found.channel, found.connection
    last = f", the last at {_time(channel.last_notice_at)}" if channel.last_notice_at else ""
    lines = [f"{connection.name}  notices {'on' if found.is_on else 'off'}, {channel.taken:,} taken{last}"]
    if found.is_on and not connection.is_on:
        lines.append("The connection itself is off: nothing is taken.")
    if found.is_on and connection.system == "fxiaoke":
        lines.append(f"Enter over there as the address of event callbacks: {found.url or 'none, X182'}")
    elif channel.watched:
        lines.append(f"{found.url} is told until {_time(channel.expires_at)}; that is renewed by itself.")
    elif found.is_on:
        lines.append(f"Not agreed yet: {found.url or 'CONNECTIONS_PUBLIC_URL is not set (X182)'}")
    if channel.code:
        again = f" Tried again at {_time(channel.next_try_at)}." if channel.next_try_at else ""
        lines.append(f"{channel.error} {channel.remedy} [{channel.code}]{again}")
    return lines


def _time(instant: Instant | None) -> str | None:
    return instant_text(instant) if instant is not None else None
