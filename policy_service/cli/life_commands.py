"""`policy draft`, `versions`, `submit`, `approve`, `return`: a version's way to approval, as a named person."""

from dataclasses import asdict
from typing import Any

import click
from msgspec import structs
from rich import box
from rich.markup import escape
from rich.table import Table

from policy_service.cli import output
from policy_service.cli.acting_as import Work, as_option, changing_as, open_house, work_as
from policy_service.cli.wording import word
from policy_service.domain.instants import instant_text
from policy_service.domain.whole_numbers import parse_whole_number
from policy_service.running import now
from policy_service.services.named_policies import find_policy
from policy_service.services.policy_life import approving, drafts, submitting
from policy_service.services.policy_life.comparing import compare, compared_with
from policy_service.services.policy_life.files import ReadFiles, files_in, read_files
from policy_service.services.policy_life.in_hand import state_at
from policy_service.storage.errors import not_stored
from policy_service.storage.policy_store import PolicyStore, PolicyVersion, Step

POLICY = click.argument("policy_id", metavar="POLICY")
VERSION = click.argument("number", metavar="VERSION", type=click.IntRange(1, 999_999_999))
NOTE = click.option("--note", default="", help="Why.")
NOTE_NEEDED = click.option("--note", required=True, help="Why.")


@click.command("draft")
@POLICY
@click.option("--from", "source", required=True, metavar="FOLDER|VERSION", help="A folder of files, or a version.")
@click.option("--into", "number", type=click.IntRange(1), help="Replace the files of this draft instead.")
@as_option
def draft_command(policy_id: str, source: str, number: int | None, login: str) -> None:
    """Make a draft of POLICY from a folder or a version, or replace the files of one.

    What cannot be read yet is kept; `policy versions` shows it, and the check over HTTP says why.
    """
    # Whatever else is written names a folder.
    version = parse_whole_number(source)
    if version is not None and number is not None:
        raise click.UsageError("--into takes the files of a folder.")
    with open_house() as house:
        if version is not None:
            with house.database.reading() as session:
                files = PolicyStore(session).files(policy_id, version)
        else:
            files = files_in(find_policy(source, house.settings.rules_dir))
        read = read_files(policy_id, files, house.settings.rules_dir)
        with house.database.writing() as session:
            made = _stored(work_as(house, session, login), read, version, number)
    say(made)


@click.command("versions")
@POLICY
@click.option("--steps", "shows_steps", is_flag=True, help="Every step of each: who did what when, and why.")
@click.option("--json", "as_json", is_flag=True, help="Write them as JSON.")
def versions_command(policy_id: str, shows_steps: bool, as_json: bool) -> None:
    """List the versions of POLICY, the newest first, in the states that their periods say of this moment."""
    with open_house() as house, house.database.reading() as session:
        store = PolicyStore(session)
        versions = store.versions(policy_id)
        if not versions:
            raise not_stored(f"policy {policy_id[:60]}")
        steps = {each.number: store.steps(policy_id, each.number) for each in versions} if shows_steps else {}
    if as_json:
        output.write_json([_plain(each, steps.get(each.number)) for each in versions])
        return
    table = Table("version", "state", "from", "until", "based on", "hash", box=box.SIMPLE)
    for each in versions:
        table.add_row(*_cells(each))
        for step in steps.get(each.number, ()):
            table.add_row("", escape(f"{step.step} by {step.person}"), instant_text(step.at), "", "", escape(step.note))
    output.out.print(table)


@click.command("changes")
@POLICY
@VERSION
@click.option("--against", type=click.IntRange(1, 999_999_999), help="Default: what it was made from, or is in force.")
@click.option("--language", type=click.Choice(["en", "zh"]), default="en", help="Of the sentences.")
def changes_command(policy_id: str, number: int, against: int | None, language: str) -> None:
    """List what VERSION changes, one plain change per line, and the hash that an approval names."""
    with open_house() as house, house.database.reading() as session:
        other = against or compared_with(session, policy_id, number, now())
        if other is None:
            raise not_stored(f"version to compare version {number} of {policy_id} with")
        changes = compare(session, policy_id, number, other)
        sha256 = PolicyStore(session).version(policy_id, number).sha256
    for told in changes:
        output.out.print(escape(told.zh if language == "zh" else told.en))
    counted = f"{len(changes):,} {word('change' if len(changes) == 1 else 'changes', language)}"
    output.out.print(f"{counted} {word('against version', language)} {other}; {sha256}")


@click.command("submit")
@POLICY
@VERSION
@NOTE_NEEDED
@as_option
def submit_command(policy_id: str, number: int, note: str, login: str) -> None:
    """Hand draft VERSION of POLICY in for approval: it must be readable and green."""
    with open_house() as house:
        with house.database.reading() as session:
            revision = PolicyStore(session).version(policy_id, number).revision
            examined = submitting.examine(house, session, policy_id, number, revision)
        with house.database.writing() as session:
            work = work_as(house, session, login)
            done = submitting.submit(house, session, examined, note, work.actor, work.act)
    say(done)
    output.out.print(escape(f"  Somebody else approves: policy approve {policy_id} {number} --hash {done.sha256}"))


@click.command("approve")
@POLICY
@VERSION
@click.option("--hash", "sha256", required=True, metavar="SHA256", help="Of the text that is approved.")
@click.option("--bypass", "is_bypass", is_flag=True, help="Alone, in an emergency: marked, audited and announced.")
@NOTE
@as_option
def approve_command(policy_id: str, number: int, sha256: str, is_bypass: bool, note: str, login: str) -> None:
    """Approve the text of VERSION that has this hash; whoever has a hand in it cannot."""
    verb = approving.bypass if is_bypass else approving.approve
    with changing_as(login) as work:
        done = verb(work.house, work.session, policy_id, number, sha256, note, work.actor, work.act)
    say(done)


@click.command("return")
@POLICY
@VERSION
@click.option("--rejected", "is_rejected", is_flag=True, help="Rejected, rather than to be changed.")
@NOTE_NEEDED
@as_option
def return_command(policy_id: str, number: int, is_rejected: bool, note: str, login: str) -> None:
    """Give submitted VERSION back: it is a draft again, and its approvals are void."""
    verb = approving.reject if is_rejected else approving.ask_for_changes
    with changing_as(login) as work:
        done = verb(work.house, work.session, policy_id, number, note, work.actor, work.act)
    say(done)


def say(version: PolicyVersion) -> None:
    """Write what became of a version."""
    state = state_at(version, now())
    unread = "" if version.sha256 else "; it cannot be read yet"
    # A version that is over says since when; any other from when it counts.
    begins = version.effective_until if state == "retired" else version.effective_from
    since = f" {'since' if state == 'retired' else 'from'} {instant_text(begins)}" if begins is not None else ""
    output.out.print(escape(f"{version.policy_id} {version.number} is {_phrase(state)}{since}{unread}."))


def _stored(work: Work, read: ReadFiles, version: int | None, number: int | None) -> PolicyVersion:
    house, session, who = work.house, work.session, (work.actor, work.act)
    if number is not None:
        revision = PolicyStore(session).version(read.policy_id, number).revision
        return drafts.save_files(house, session, read, number, revision, *who)
    if version is not None:
        return drafts.draft_from_version(house, session, read, version, *who)
    return drafts.draft_from_files(house, session, read, *who)


def _phrase(state: str) -> str:
    return "a draft" if state == "draft" else state


def _cells(version: PolicyVersion) -> tuple[str, ...]:
    since, until, base = version.effective_from, version.effective_until, version.based_on
    return (
        str(version.number),
        state_at(version, now()),
        "" if since is None else instant_text(since),
        "" if until is None else instant_text(until),
        "" if base is None else str(base),
        (version.sha256 or "unreadable")[:12],
    )


def _plain(version: PolicyVersion, steps: tuple[Step, ...] | None) -> dict[str, Any]:
    told = {**structs.asdict(version), "state": state_at(version, now())}
    for name in ("effective_from", "effective_until", "retires_at"):
        told[name] = None if told[name] is None else instant_text(told[name])
    if steps is not None:
        told["steps"] = [{**asdict(step), "at": instant_text(step.at)} for step in steps]
    return told
