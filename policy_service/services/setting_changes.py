"""Changes of what the company has settled: proposed by one person, in force when another agrees.

A change never reaches back: what was submitted, proposed or decided before keeps what was in force then.
"""

import json
from typing import Final

from sqlalchemy.orm import Session

from policy_service.domain.acting import Act
from policy_service.domain.errors import AccessError
from policy_service.domain.permissions import Permission
from policy_service.services.actor import Actor, own_proposal, require
from policy_service.services.audit import note
from policy_service.services.company_settings import plain_value, read_setting
from policy_service.services.house import House
from policy_service.services.people import actor_of
from policy_service.storage.errors import Conflict
from policy_service.storage.settings_store import ProposedChange, SettingsStore

_KIND: Final = "setting"


def propose_setting(house: House, session: Session, name: str, value: object, actor: Actor, act: Act) -> ProposedChange:
    """Store the proposal of another value, given as JSON gives it; `act.note` says why.

    NotStored S209 if there is no such setting, RequestError R417 for a value it cannot have; Conflict S226 while
    another proposal for it is open.
    """
    require(actor, Permission.SETTINGS_CHANGE)
    plain = plain_value(read_setting(name, value))
    store = SettingsStore(session)
    store.hold(name)
    if any(each.name == name for each in store.open_proposals()):
        raise Conflict("S226", f"A proposal for {name} is open.", remedy="Agree to it or take it back first.")
    change = ProposedChange(
        change_id=house.new_id(),
        name=name,
        value=json.dumps(plain, sort_keys=True),
        note=act.note,
        state="proposed",
        proposed_by=actor.person,
        proposed_at=act.at,
        settled_by=None,
        settled_at=None,
    )
    store.propose(change)
    note(house, session, act, "proposed", _KIND, name, {"change_id": change.change_id, "value": plain})
    return change


def agree_to_setting(
    house: House, session: Session, name: str, change_id: str, actor: Actor, act: Act
) -> ProposedChange:
    """Put another person's proposal in force, from this instant on.

    NotStored S209 if there is none; AccessError A406 for one's own; Conflict S227 for one that is settled, or whose
    proposer may not change settings any more.
    """
    require(actor, Permission.SETTINGS_CHANGE)
    change = _held_open(session, name, change_id)
    if change.proposed_by == actor.person:
        raise own_proposal()
    if not _may_still_propose(session, change.proposed_by):
        raise Conflict(
            "S227", f"{change.proposed_by} may not change settings any more.", remedy="Take it back, and propose anew."
        )
    store = SettingsStore(session)
    store.settle(name, change.value)
    store.close(change_id, "agreed", actor.person, act.at)
    said = {"change_id": change_id, "value": json.loads(change.value), "proposed_by": change.proposed_by}
    note(house, session, act, "agreed", _KIND, name, said)
    return store.proposal(name, change_id)


def withdraw_setting(
    house: House, session: Session, name: str, change_id: str, actor: Actor, act: Act
) -> ProposedChange:
    """Take back anybody's proposal; NotStored S209 if there is none, Conflict S227 for a settled one."""
    require(actor, Permission.SETTINGS_CHANGE)
    _held_open(session, name, change_id)
    SettingsStore(session).close(change_id, "withdrawn", actor.person, act.at)
    note(house, session, act, "withdrawn", _KIND, name, {"change_id": change_id})
    return SettingsStore(session).proposal(name, change_id)


def _held_open(session: Session, name: str, change_id: str) -> ProposedChange:
    store = SettingsStore(session)
    store.proposal(name, change_id)
    store.hold(name)
    change = store.proposal(name, change_id)
    if change.state != "proposed":
        raise Conflict("S227", f"The proposal for {name} is {change.state} already.", remedy="Propose anew.")
    return change


def _may_still_propose(session: Session, login: str) -> bool:
    try:
        return Permission.SETTINGS_CHANGE in actor_of(session, login).permissions
    except AccessError:
        return False
