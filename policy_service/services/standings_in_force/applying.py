"""A review takes effect: cuts at once, a rise when somebody with authority over it has agreed.

Who ran the review may have that authority; else the whole new standing is proposed, and until it is approved the
customer keeps what was in force, with the cuts.
"""

from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import cached_property
from typing import Final

from msgspec import structs
from sqlalchemy.orm import Session

from policy_service.domain.acting import Act
from policy_service.domain.decisions import ChainResult
from policy_service.domain.outcomes import Outcome
from policy_service.domain.permissions import Role, has_authority
from policy_service.domain.values import UNKNOWN, Kind
from policy_service.services.audit import note
from policy_service.services.decisions.deciding import Given
from policy_service.services.house import House
from policy_service.services.standings import Standing, after_review, recorded_standing
from policy_service.services.standings_in_force.comparing import Comparison
from policy_service.services.standings_in_force.telling import tell_of_a_change, tell_of_a_proposal
from policy_service.services.standings_in_force.texts import standing_of, texts_of
from policy_service.storage.customer_locks import lock_customers
from policy_service.storage.review_task_store import ReviewTaskStore, StoredTask
from policy_service.storage.standing_store import StandingStore, StoredStanding

#: A review cannot ask for one later than this many days: the calendar ends.
_LONGEST: Final = 36_500


@dataclass(frozen=True, slots=True)
class StandingNow:
    """What is in force and what waits for approval; none: nothing. `changed` are the items that changed at once."""

    in_force: StoredStanding | None
    proposed: StoredStanding | None
    changed: tuple[str, ...] = ()


def apply_review(house: House, session: Session, given: Given, actor_authority: Role | None, act: Act) -> StandingNow:
    """Let a live review decide what is in force, under the authority of whoever ran it, and return that.

    A review that ended in refer leaves everything as it was and opens a task. Else what it grants less of counts at
    once. If it grants more of anything and the policy names an `approval_role` that `actor_authority` does not
    reach, the whole is proposed in place of what was proposed before; otherwise all of it counts at once. What a
    person's override set stays apart: it is laid over whatever is in force.
    """
    lock_customers(session, [customer_of(given)])
    chain = given.decision.chain
    if not chain.rule_sets or chain.outcome is Outcome.REFER:
        return _left_as_it_was(house, session, given, act)
    review = _Review(house, session, given, act)
    return review.propose() if review.waits_for_approval(actor_authority) else review.apply()


def _left_as_it_was(house: House, session: Session, given: Given, act: Act) -> StandingNow:
    store, customer_id = StandingStore(session), customer_of(given)
    if given.decision.chain.rule_sets:
        reasons = tuple(reason.code for reason in given.decision.chain.reasons)
        task = StoredTask(customer_id, given.decision_id, reasons, given.as_of, act.at, given.as_of)
        ReviewTaskStore(session).open(task)
        detail = {"decision_id": given.decision_id, "reasons": list(reasons)}
        note(house, session, act, "review_referred", "customer", customer_id, detail)
    return StandingNow(store.in_force(customer_id), store.proposed(customer_id))


class _Review:
    """One review that said a standing, while it takes effect."""

    def __init__(self, house: House, session: Session, given: Given, act: Act) -> None:
        self._house = house
        self._session = session
        self._given = given
        self._act = act
        self._customer_id = customer_of(given)
        self._store = StandingStore(session)
        self._stored = self._store.in_force(self._customer_id)

    def waits_for_approval(self, authority: Role | None) -> bool:
        """Return whether it grants more than whoever ran it may grant."""
        if not self._role or not self._comparison.rises():
            return False
        return not has_authority([authority] if authority else [], self._role)

    def apply(self) -> StandingNow:
        """Let all that the review said count."""
        self._end_what_was()
        after = self._comparison.after
        in_force = self._new(after, "review", self._limit_until(after, after))
        self._store.add(in_force)
        self._tell(in_force, after)
        return StandingNow(in_force, None, self._comparison.changes())

    def propose(self) -> StandingNow:
        """Let its cuts count, and propose the whole."""
        self._end_what_was()
        after, cut = self._comparison.after, self._comparison.with_cuts_only()
        in_force = self._new(cut, "cuts", self._limit_until(cut, after))
        self._store.add(in_force)
        whole = self._new(after, "review", self._limit_until(after, after))
        proposed = structs.replace(whole, state="proposed", valid_from=None, decided_at=None, decided_by="")
        self._store.add(proposed)
        self._tell(in_force, cut)
        tell_of_a_proposal(self._house, self._session, proposed, self._comparison.rises(), self._act)
        return StandingNow(in_force, proposed, self._comparison.cuts())

    @cached_property
    def _comparison(self) -> Comparison:
        given, policy, before = self._given, self._given.version.policy, self._before
        after = after_review(policy, said_by_the_rules(given.decision.chain), (), before)
        return Comparison(before, after, policy, given.codes)

    @property
    def _before(self) -> Standing:
        # By itself: what ladders and persons laid over it is not for a review to keep.
        given = self._given
        if self._stored:
            return standing_of(self._stored, given.as_of, given.codes)
        history = self._house.customers.at(self._session).history(self._customer_id)
        return recorded_standing(history, given.as_of, given.codes)

    @cached_property
    def _role(self) -> str:
        value = self._comparison.after.values["approval_role"]
        return "" if value == UNKNOWN else self._given.codes.text(value, Kind.CATEGORY)

    def _end_what_was(self) -> None:
        proposed = self._store.proposed(self._customer_id)
        for ended in (self._stored, proposed):
            if ended:
                self._store.change(ended, state="ended", ended_at=self._act.at)
        ReviewTaskStore(self._session).close(self._customer_id, self._act.at, self._act.person)

    def _new(self, standing: Standing, origin: str, limit_until: date | None) -> StoredStanding:
        given, act = self._given, self._act
        days = self._comparison.after.values["next_review_days"]
        return StoredStanding(
            standing_id=self._house.new_id(),
            customer_id=self._customer_id,
            state="in_force",
            origin=origin,
            outputs=texts_of(standing.values, given.codes),
            reviewed_on=given.as_of,
            limit_until=limit_until,
            review_on=None if days == UNKNOWN else _later(given.as_of, max(1, days)),
            decision_id=given.decision_id,
            policy_id=given.version.policy.id,
            policy_version=given.version.number,
            approval_role=self._role,
            proposed_at=act.at,
            proposed_by=act.person,
            valid_from=given.as_of,
            decided_at=act.at,
            decided_by=act.person,
        )

    def _limit_until(self, standing: Standing, after: Standing) -> date | None:
        # A limit that is kept ends when it would have ended, or earlier if the review says so of as much.
        limit, days = standing.values["credit_limit"], after.values["limit_valid_days"]
        new = None if days == UNKNOWN else _later(self._given.as_of, max(0, days))
        if limit == UNKNOWN or limit != self._comparison.before.values["credit_limit"] or standing is after:
            return None if limit == UNKNOWN else new
        old = self._stored.limit_until if self._stored else None
        is_as_much = limit == after.values["credit_limit"]
        return min((day for day in (old, new if is_as_much else None) if day), default=None)

    def _tell(self, in_force: StoredStanding, standing: Standing) -> None:
        comparison = replace(self._comparison, after=standing)
        tell_of_a_change(self._house, self._session, in_force, comparison, "review", self._act)


def said_by_the_rules(chain: ChainResult) -> ChainResult:
    """Return the chain with what its rule sets set, without a person's override."""
    outputs = {name: value for result in chain.rule_sets for name, value in result.outputs.items()}
    return replace(chain, outputs=outputs)


def customer_of(given: Given) -> str:
    """Return whom a decision is upon."""
    return str(given.decision.result["customer_id"])


def _later(day: date, days: int) -> date | None:
    if days > _LONGEST:
        return None
    try:
        return day + timedelta(days=days)
    except OverflowError:
        return None
