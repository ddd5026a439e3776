"""What people noted in cases: an order that waits and goes by that alone takes whoever may release it.

That is a dispute, and a promise or a contact where the order check reads such facts.
"""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, replace

from msgspec import structs
from sqlalchemy.orm import Session

from policy_service.domain.acting import Act
from policy_service.domain.entries import CustomerHistory
from policy_service.domain.outcomes import DecisionType
from policy_service.domain.permissions import Role, has_authority
from policy_service.language.definitions.dictionary import EntrySource
from policy_service.services.compiled_policy import CompiledPolicy
from policy_service.services.decisions.in_force import group_of
from policy_service.services.escalation.follow_up import CONTACT
from policy_service.services.house import House
from policy_service.services.orders.authority import as_seen, exposure_with
from policy_service.services.orders.authorship import authors_of
from policy_service.services.orders.moving import OrderNow, stored, tell
from policy_service.services.orders.supposing import Supposing
from policy_service.services.orders.transitions import Cause, Doing, OrderState, is_let_through, state_by
from policy_service.services.people import roles_of
from policy_service.services.release_authority import roles_that_may_release
from policy_service.storage.case_store import CaseStore
from policy_service.storage.order_store import NewStep, OrderStore, StoredOrder


@dataclass(frozen=True, slots=True)
class HeldBack:
    """Why an order waits on although the rules let it go, and for which role; empty where none may release it."""

    why: str
    role: str


def held_back(
    house: House, session: Session, before: StoredOrder, after: StoredOrder, act: Act, wanting: Collection[str] = ()
) -> HeldBack | None:
    """Return why an order that waited is not let go, though the rules let `after` go; none if it may go, or waits on.

    It goes by that alone which people noted in cases who asked for it, or are `wanting` it now, or whose roles do not
    answer for the exposure then.
    """
    if is_let_through(before.state) or not is_let_through(after.state):
        return None
    situation = as_seen(house, session, before.customer_id, act)
    members = group_of(situation.version, situation.ledger, before.customer_id, situation.knowledge)
    histories = [situation.ledger.history(member) for member in members]
    by_people = {one for history in histories for one in _entries_of(history, situation.version)}
    noted = CaseStore(session).entries_noted(members) if by_people else {}
    noted = {entry_id: person for entry_id, person in noted.items() if entry_id in by_people}
    if not noted:
        return None
    enough = roles_that_may_release(session, exposure_with(after, situation), situation.ledger.currency)
    authors = authors_of(session, before) | set(wanting)
    people = {person for person in noted.values() if person in authors or not _is_one_of(session, person, enough)}
    left_out = {entry_id for entry_id, person in noted.items() if person in people}
    without = [_without(one, left_out) for one in histories]
    outcome = Supposing(house, session, after, situation).outcome(without) if people else None
    if not people or (outcome and is_let_through(state_by(outcome))):
        return None
    names = ", ".join(sorted(people))
    return HeldBack(
        f"It would go by {_what(histories, left_out)} alone that {names} noted.", enough[0].value if enough else ""
    )


def may_be_noted(history: CustomerHistory, version: CompiledPolicy) -> bool:
    """Return whether people may have noted something of the customer that an order check reads."""
    return next(_entries_of(history, version), None) is not None


def hold_back(
    house: House, session: Session, before: StoredOrder, renewed: StoredOrder, back: HeldBack, act: Act
) -> OrderNow:
    """Keep an order that waits under its latest decision, in the queue of who may release it, and return it."""
    is_held = before.state == OrderState.HELD
    if is_held and _is_referred(before, back):
        return OrderNow(OrderStore(session).change(before, renewed, None), before.state)
    cause, doing = (Cause.REFERRED, Doing.REFER) if is_held else (Cause.DECISION, Doing.ASK)
    step = NewStep(act.at, cause, act.person, back.why, renewed.decision_id)
    after = structs.replace(renewed, state=OrderState.HELD, referred_to=back.role)
    now = stored(session, before, after, doing, step)
    tell(house, session, now, step, act)
    return now


def _entries_of(history: CustomerHistory, version: CompiledPolicy) -> Iterator[str]:
    yield from (one.dispute_id for one in history.disputes if one.closed is None)
    reads = {fact.measure.entries for fact in version.reads[DecisionType.ORDER] if fact.measure}
    if EntrySource.PROMISES in reads:
        yield from (one.promise_id for one in history.promises)
    if EntrySource.EVENTS in reads:
        yield from (one.event_id for one in history.events if one.kind == CONTACT)


def _without(history: CustomerHistory, left_out: Collection[str]) -> CustomerHistory:
    return replace(
        history,
        disputes=tuple(one for one in history.disputes if one.dispute_id not in left_out),
        promises=tuple(one for one in history.promises if one.promise_id not in left_out),
        events=tuple(one for one in history.events if one.event_id not in left_out),
    )


def _what(histories: Iterable[CustomerHistory], left_out: Collection[str]) -> str:
    words = {
        "a dispute": any(one.dispute_id in left_out for history in histories for one in history.disputes),
        "a promise": any(one.promise_id in left_out for history in histories for one in history.promises),
        "a contact": any(one.event_id in left_out for history in histories for one in history.events),
    }
    return " and ".join(word for word, is_so in words.items() if is_so)


def _is_referred(order: StoredOrder, back: HeldBack) -> bool:
    return not back.role or bool(order.referred_to and has_authority([Role(order.referred_to)], back.role))


def _is_one_of(session: Session, person: str, roles: Collection[Role]) -> bool:
    return any(has_authority(roles_of(session, person), role) for role in roles)
