"""One customer on the morning of a day: what is done for it, and what came of it."""

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final, TypeAlias

from sqlalchemy.orm import Session

from policy_service.domain.acting import Act
from policy_service.domain.errors import PolicyServiceError
from policy_service.domain.instants import start_of_day
from policy_service.domain.outcomes import DecisionType, EngineReason, Outcome
from policy_service.facts.knowledge import Knowledge
from policy_service.services.company_settings import company_settings
from policy_service.services.compiled_policy import CompiledPolicy
from policy_service.services.daily_run.report import Fault
from policy_service.services.daily_run.reviews import review_is_due
from policy_service.services.decisions.deciding import Asked, Given, Situation, give
from policy_service.services.decisions.in_force import kept_of
from policy_service.services.escalation.climbing import carry_out
from policy_service.services.escalation.closing import close_cases
from policy_service.services.escalation.faults import follow_up_fault, settle_fault
from policy_service.services.escalation.firing import Past, plan, truths
from policy_service.services.escalation.looking import Look, ladders_of, look, look_of
from policy_service.services.escalation.releasing import release_effects
from policy_service.services.escalation.tally import Happened, Tally
from policy_service.services.house import House
from policy_service.services.known_customers import KnownLedger
from policy_service.services.orders.rechecking import recheck
from policy_service.services.orders.transitions import is_let_through
from policy_service.services.standings_in_force.applying import apply_review
from policy_service.storage.case_store import CaseStore
from policy_service.storage.errors import StorageError
from policy_service.storage.kept_together import Kept
from policy_service.storage.morning_store import Morning, MorningStore

#: Gives the act of the next doing, later than that of the one before.
Acts: TypeAlias = Callable[[], Act]
#: Why waiting orders are decided again.
DAILY: Final = "daily"
_ONE: Final = dt.timedelta(days=1)


@dataclass(frozen=True, slots=True)
class DayFrame:
    """What is the same for all customers of a day: the version, the posting known last, who has news.

    `told_of` are the customers of whom an event that brings a review is known for the first time. Waiting orders
    are decided again on the last of several days only (`rechecks`): they are decided upon as things are now.
    """

    day: dt.date
    head: int
    first_day: dt.date
    version: CompiledPolicy
    told_of: frozenset[str]
    rechecks: bool


class Books:
    """What the customers of one transaction are decided on; what they were decided to be is read again."""

    def __init__(self, session: Session, frame: DayFrame, ledger: KnownLedger, customer_ids: Sequence[str]) -> None:
        self.session = session
        self.frame = frame
        self.ledger = ledger
        self._customer_ids = customer_ids
        self._kept: Kept | None = None

    def kept(self) -> Kept:
        """Return the standings, effects, overrides and orders as they are now."""
        if self._kept is None:
            self._kept = kept_of(self.session, self._customer_ids, self.frame.day, self.ledger.head)
        return self._kept

    def are_changed(self) -> None:
        """Let what is kept be read again."""
        self._kept = None


class CustomerOfDay:
    """One customer on the morning of the day; its steps are to be tried one after another."""

    def __init__(self, house: House, books: Books, customer_id: str, morning: Morning | None, acts: Acts) -> None:
        self.customer_id = customer_id
        self.at_hand = MorningStore(books.session).at_hand(customer_id)
        self._house = house
        self._books = books
        self._session = books.session
        self._frame = books.frame
        self._ledger = books.ledger
        self._acts = acts
        self._tally = Tally()
        self._fault: Fault | None = None
        self._look: Look | None = None
        self._true: dict[str, bool] = dict(morning.triggers) if morning else {}
        self._waits_since = morning.review_waits_since if morning else None

    def tried(self, step: Callable[[], bool], *, whatever_was: bool = False) -> bool:
        """Do a step; one that cannot be done leaves no trace but its fault.

        Behind a fault nothing more is done for the customer, unless it is to be done whatever was before.
        """
        if self._fault and not whatever_was:
            return False
        try:
            return step()
        except StorageError:
            raise
        except PolicyServiceError as error:
            self._fault = self._fault or Fault(self.customer_id, error.code, str(error))
            return False

    def release(self) -> bool:
        """End effects; return whether any ended."""
        if not self._climbs or not self._books.kept().effects.get(self.customer_id):
            return False
        seen = self._seen()
        return self._stored(lambda tally: release_effects(self._house, self._session, seen, self._acts(), tally))

    def climb(self, *, sees_anew: bool) -> bool:
        """Close cases, then let levels and triggers fire; return whether any did."""
        if not self._climbs:
            return False
        if sees_anew:
            self._look = None
        seen = self._seen()
        if self.at_hand.cases:
            self._stored(lambda tally: close_cases(self._house, self._session, seen, self._acts(), tally))
        past = self._past(seen)
        plans = plan(seen, past)
        if plans:
            self._stored(lambda tally: self._fire(past, tally))
        self._true = {**past.triggers, **truths(seen)}
        if seen.fault:
            self._fault = Fault(self.customer_id, *seen.fault)
        return bool(plans)

    def review(self) -> bool:
        """Make the review that is due; return whether one was."""
        if not self.at_hand.reviewed:
            return False
        frame, is_told = self._frame, self.customer_id in self._frame.told_of
        is_due, waits = review_is_due(
            self._session, self._ledger, self.customer_id, frame.day, self._waits_since, is_told=is_told
        )
        # What asks for a review is not forgotten before it is made.
        self._waits_since = (self._waits_since or frame.day) if waits or is_due else None
        if is_due and self._stored(self._reviewed):
            self._waits_since = None
        return is_due

    def recheck(self, order_id: str) -> bool:
        """Decide a waiting order again; return whether it was let go."""

        def again(tally: Tally) -> bool:
            now = recheck(self._house, self._session, order_id, DAILY, self._acts())
            is_released = is_let_through(now.state) and not is_let_through(now.came_from)
            tally.add(Happened.ORDERS_RELEASED, int(is_released))
            return is_released

        return self._stored(again)

    def store(self) -> None:
        """Store that the morning was done, and what came of it."""
        day, fault = self._frame.day, self._fault
        counted = self._tally.as_plain()
        counts: dict[str, object] = {"counts": counted} if counted else {}
        if fault:
            if self.at_hand.reviewed and self.customer_id in self._frame.told_of:
                self._waits_since = self._waits_since or day
            counts["fault"] = [fault.code, fault.message]
            policy_id = self._frame.version.policy.id
            about = (self.customer_id, policy_id, fault.code, fault.message)
            follow_up_fault(self._house, self._session, *about, day, self._acts())
        elif self.at_hand.cases:
            settle_fault(self._house, self._session, self.customer_id, day, self._acts())
        MorningStore(self._session).put(self.customer_id, Morning(day, self._true, self._waits_since), counts)

    @property
    def _climbs(self) -> bool:
        return bool(ladders_of(self._frame.version.policy))

    def _stored(self, step: Callable[[Tally], bool]) -> bool:
        # What a step has stored and counted goes with it, if it cannot be done to its end.
        tally = Tally()
        self._books.are_changed()
        with self._session.begin_nested():
            came_of_it = step(tally)
        self._books.are_changed()
        self._tally.add_all(tally)
        return came_of_it

    def _seen(self) -> Look:
        if self._look is None:
            self._look = self._look_at(Knowledge(self._frame.day))
        return self._look

    def _look_at(self, knowledge: Knowledge) -> Look:
        kept = self._books.kept()
        return look(self._session, self._frame.version, self._ledger, self.customer_id, knowledge, kept)

    def _past(self, seen: Look) -> Past:
        before = self._true
        if truths(seen).keys() - before.keys():
            # What nobody saw the morning before is seen now as it was then.
            before = truths(self._look_at(Knowledge(self._frame.day - _ONE))) | before
        steps = CaseStore(self._session).steps_of_customer(self.customer_id) if self.at_hand.steps else ()
        return Past(steps, self._frame.first_day, before)

    def _fire(self, past: Past, tally: Tally) -> bool:
        act = self._acts()
        given = self._given(DecisionType.ESCALATION, act)
        # Fire what the recorded decision says, not what was seen before it.
        recorded = look_of(given, self._ledger, Knowledge(self._frame.day))
        carry_out(self._house, self._session, plan(recorded, past), given, act, tally)
        return True

    def _reviewed(self, tally: Tally) -> bool:
        act = self._acts()
        given = self._given(DecisionType.REVIEW, act)
        authority = company_settings(self._session).automatic_authority
        apply_review(self._house, self._session, given, authority, act)
        chain = given.decision.chain
        tally.add(Happened.REVIEWS)
        tally.add(Happened.REVIEWS_REFERRED, int(chain.outcome is Outcome.REFER))
        failed = next((reason for reason in chain.reasons if reason.code == EngineReason.ENGINE_FAULT), None)
        if failed:
            self._fault = Fault(self.customer_id, failed.code, failed.detail)
        return True

    def _given(self, decision_type: DecisionType, act: Act) -> Given:
        frame = self._frame
        known_until = start_of_day(frame.day, self._house.settings.zone)
        situation = Situation(frame.version, self._ledger, Knowledge(frame.day), known_until, self._books.kept())
        return give(self._house, self._session, Asked(decision_type, self.customer_id), act, situation)
