"""`policy key`: API keys of the person one acts as, shown once; and those of others, to list and to revoke."""

from typing import Final

import click
from rich import box
from rich.markup import escape
from rich.table import Table

from policy_service.cli import output
from policy_service.cli.acting_as import as_option, changing_as
from policy_service.domain.instants import DAY, SECOND, Instant, instant_text
from policy_service.domain.permissions import ONLY_IF_NAMED, Permission
from policy_service.running import new_key_secret
from policy_service.services.keys import NewKey, create_key, key_text, keys_of, revoke_key, rotate_key
from policy_service.storage.key_store import StoredKey

_MOST_LISTED: Final = 10_000
_HOUR: Final = 3_600 * SECOND


@click.group("key")
def key_group() -> None:
    """Make, list, rotate and revoke API keys."""


@key_group.command("add")
@click.option("--name", required=True, help="What the key is for.")
@click.option(
    "--scope",
    "scopes",
    type=click.Choice([permission.value for permission in Permission]),
    multiple=True,
    help="What it may do; may be repeated. Default: all that its owner may.",
)
@click.option(
    "--per-minute", type=click.IntRange(1, 1_000_000), help="Requests a minute. Default: that of the service."
)
@click.option("--days", type=click.IntRange(1, 3_650), help="Valid for so many days. Default: until it is revoked.")
@as_option
def add_command(name: str, scopes: tuple[str, ...], per_minute: int | None, days: int | None, login: str) -> None:
    """Make a key of the person one acts as, and write it out: it is not shown again."""
    secret = new_key_secret()
    with changing_as(login) as work:
        wanted = frozenset(map(Permission, scopes)) or work.actor.permissions - ONLY_IF_NAMED
        expires_at = None if days is None else work.act.at + days * DAY
        new = NewKey(name, wanted, per_minute, expires_at)
        key = create_key(work.house, work.session, new, secret, work.actor, work.act)
    click.echo(key_text(key.key_id, secret))


@key_group.command("list")
@click.option("--owner", help="Whose keys. Default: one's own, or everybody's for whoever may see all.")
@click.option("--json", "as_json", is_flag=True, help="Write the keys as JSON.")
@as_option
def list_command(owner: str | None, as_json: bool, login: str) -> None:
    """List keys, the newest first."""
    with changing_as(login) as work:
        keys = keys_of(work.session, owner, work.actor, None, _MOST_LISTED)
        at = work.act.at
    if as_json:
        output.write_json([_plain(key) for key in keys])
        return
    table = Table("key", "owner", "name", "state", "last used", "scopes", box=box.SIMPLE)
    for key in keys:
        cells = (key.key_id, key.login, key.name, _state(key, at), _day(key.last_used_at), " ".join(key.scopes))
        table.add_row(*map(escape, cells))
    output.out.print(table)


@key_group.command("revoke")
@click.argument("key_id")
@as_option
def revoke_command(key_id: str, login: str) -> None:
    """Revoke a key: from now on it is refused."""
    with changing_as(login) as work:
        key = revoke_key(work.house, work.session, key_id, work.actor, work.act)
    output.out.print(escape(f"{key.key_id} of {key.login} is revoked."))


@key_group.command("rotate")
@click.argument("key_id")
@click.option(
    "--overlap-hours", type=click.IntRange(0, 24), default=1, show_default=True, help="The old key stays valid so long."
)
@as_option
def rotate_command(key_id: str, overlap_hours: int, login: str) -> None:
    """Make a key that takes over from one's own, and write it out: it is not shown again."""
    secret = new_key_secret()
    with changing_as(login) as work:
        overlap = overlap_hours * _HOUR
        key = rotate_key(work.house, work.session, key_id, overlap, secret, work.actor, work.act)
    click.echo(key_text(key.key_id, secret))


def _state(key: StoredKey, at: Instant) -> str:
    if key.revoked_at is not None:
        return f"revoked {_day(key.revoked_at)}"
    if key.expires_at is not None:
        return f"{'expired' if key.expires_at <= at else 'until'} {_day(key.expires_at)}"
    return "counts"


def _day(instant: Instant | None) -> str:
    return "" if instant is None else instant_text(instant)[:16].replace("T", " ")


def _plain(key: StoredKey) -> dict[str, object]:
    return {
        "key_id": key.key_id,
        "owner": key.login,
        "name": key.name,
        "scopes": list(key.scopes),
        "requests_per_minute": key.requests_per_minute,
        "replaces": key.replaces,
        "created_at": instant_text(key.created_at),
        "expires_at": key.expires_at and instant_text(key.expires_at),
        "revoked_at": key.revoked_at and instant_text(key.revoked_at),
        "last_used_at": key.last_used_at and instant_text(key.last_used_at),
    }
