"""Which words of persons count for a decision, and which it leaves aside: a word given early does no more later.

What keeps orders back always counts. What lets them go is left aside for an order that its giver wants, and where one
person alone said it of a standing, once more is owed than that person may release an order into.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import cached_property

import msgspec
from sqlalchemy.orm import Session

from policy_service.domain.decisions import Override, SetAside
from policy_service.domain.errors import FactError
from policy_service.domain.outcomes import DecisionType
from policy_service.domain.permissions import AUTHORITY, Role, authority_of, has_authority
from policy_service.facts.knowledge import Knowledge
from policy_service.services.compiled_policy import CompiledPolicy
from policy_service.services.higher_words import ALL_ORDERS, higher_word
from policy_service.services.known_customers import KnownLedger
from policy_service.services.orders.authorship import authors_of
from policy_service.services.orders.wording import money_text
from policy_service.services.override_limits import loosening_outputs
from policy_service.services.people import roles_of
from policy_service.services.release_authority import exposure_of, roles_that_may_release
from policy_service.storage.kept_together import Kept
from policy_service.storage.order_store import OrderStore
from policy_service.storage.override_store import StoredOverride, covers, in_order
from policy_service.storage.people_store import PeopleStore


class Subject(msgspec.Struct, frozen=True):
    """Upon whom, and upon which order, is decided, of which type; `amount` is the order's in the base currency.

    `wanted_by` are those who want the order and are not on record for it yet: who asks for it, or amends it.
    """

    decision_type: DecisionType
    customer_id: str
    order_id: str = ""
    amount: int | None = None
    wanted_by: frozenset[str] = frozenset()


class Ground(msgspec.Struct, frozen=True):
    """What the words about some customers are weighed on."""

    session: Session
    kept: Kept
    version: CompiledPolicy
    ledger: KnownLedger
    knowledge: Knowledge
    subject: Subject


class Weighed(msgspec.Struct, frozen=True):
    """The words about a customer that bear upon a decision, in the order in which they are applied."""

    counting: tuple[Override, ...] = ()
    set_aside: tuple[SetAside, ...] = ()


def weigh(ground: Ground, customer_id: str, decision_type: DecisionType) -> Weighed:
    """Return what is said of the customer's decisions of that type, or of the order that is decided upon.

    Of a word of several outputs those that keep orders back count, whatever becomes of the others.
    """
    said = tuple(_said(ground, customer_id, decision_type))
    return _Scales(ground, customer_id).weigh(said) if said else Weighed()


def lower_authority(session: Session, override: StoredOverride) -> Role | None:
    """Return the authority of the giver: as it was then, or as it is now if that is lower; none without any."""
    person = PeopleStore(session).find(override.person)
    noted = Role(override.authority) if override.authority in AUTHORITY else None
    if person is None or noted is None:
        return noted
    granted = [each.role for each in PeopleStore(session).roles([override.person]) if each.state == "granted"]
    now = authority_of(role for role in AUTHORITY if role in granted)
    return None if now is None else min(noted, now, key=AUTHORITY.index)


def _said(ground: Ground, customer_id: str, decision_type: DecisionType) -> Iterator[StoredOverride]:
    subject = ground.subject
    order_id = subject.order_id if decision_type is DecisionType.ORDER else ""
    for one in ground.kept.overrides.get(customer_id, ()):
        if one.decision_type == decision_type.value and one.order_id in {"", order_id} and covers(one, subject.amount):
            yield one


class _Scales:
    """The words about one customer while they are weighed; what that takes is measured once, if at all."""

    def __init__(self, ground: Ground, customer_id: str) -> None:
        self._ground = ground
        self._customer_id = customer_id

    def weigh(self, said: Sequence[StoredOverride]) -> Weighed:
        """Return them as they count."""
        counting, aside = list[StoredOverride](), list[SetAside]()
        for one in said:
            loose = loosening_outputs(one.decision_type, one.outputs, self._ground.version.policy)
            why = self._against(one) or self._above(one, said) if loose else ""
            if not why:
                counting.append(one)
                continue
            left = {name: text for name, text in one.outputs.items() if name not in loose}
            counting += [replace(one, outputs=left)] if left else []
            aside.append(SetAside(replace(one, outputs={name: one.outputs[name] for name in loose}).as_override(), why))
        return Weighed(tuple(one.as_override() for one in in_order(counting)), tuple(aside))

    def _against(self, one: StoredOverride) -> str:
        is_of_order = one.decision_type == DecisionType.ORDER
        carried_by = {one.person, one.second_person} if is_of_order or not one.second_person else set[str]()
        wanted_by = sorted(carried_by & self._authors) if carried_by else []
        if wanted_by:
            return f"{wanted_by[0]} asked for the order or amended it."
        if is_of_order or one.second_person:
            return ""
        return self._beyond(one)

    def _above(self, one: StoredOverride, said: Sequence[StoredOverride]) -> str:
        if one.decision_type != DecisionType.ORDER or not one.order_id:
            return ""
        session = self._ground.session
        own = {Role(one.authority)} if one.authority in AUTHORITY else set[Role]()
        own |= roles_of(session, one.second_person) if one.second_person else set()
        word = higher_word(said, {ALL_ORDERS}, own, self._ground.version.policy)
        return f"{word.person} said otherwise of all orders, as {word.authority}." if word else ""

    def _beyond(self, one: StoredOverride) -> str:
        authority, exposure = lower_authority(self._ground.session, one), self._exposure
        base = self._ground.ledger.currency
        enough = roles_that_may_release(self._ground.session, exposure, base)
        if authority and any(has_authority([authority], role) for role in enough):
            return ""
        amount = (
            "an exposure that nobody can tell" if exposure is None else f"{money_text(exposure, base.code)} {base.code}"
        )
        return f"{amount} is more than {one.person} alone answers for; a second person may confirm it."

    @cached_property
    def _authors(self) -> frozenset[str]:
        subject, session = self._ground.subject, self._ground.session
        if subject.decision_type is not DecisionType.ORDER:
            return frozenset()
        order = OrderStore(session).find(subject.order_id) if subject.order_id else None
        return subject.wanted_by | (authors_of(session, order) if order else frozenset())

    @cached_property
    def _exposure(self) -> int | None:
        ground, subject = self._ground, self._ground.subject
        is_asked = self._customer_id == subject.customer_id and bool(subject.order_id)
        if is_asked and subject.amount is None:
            return None
        try:
            owed = exposure_of(
                self._customer_id,
                ground.version.policy,
                ground.ledger,
                ground.knowledge,
                ground.kept,
                without=subject.order_id,
            )
        except FactError:
            return None
        return owed + (subject.amount or 0 if self._customer_id == subject.customer_id else 0)
