"""Customers in a list, with what each of them stands at."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy.orm import Session

from policy_service.domain.acting import Act
from policy_service.domain.entries import CustomerHistory
from policy_service.domain.instants import business_day
from policy_service.domain.outcomes import DecisionType
from policy_service.facts.knowledge import Knowledge
from policy_service.services.code_book import CodeBook, Plain
from policy_service.services.compiled_policy import CompiledPolicy
from policy_service.services.decisions.in_force import in_force
from policy_service.services.decisions.weighing import Subject
from policy_service.services.house import House
from policy_service.services.record import standing_plain
from policy_service.services.standings import Standing
from policy_service.services.standings_in_force.reading import standing_from
from policy_service.storage.customer_search import FoundCustomer, recorded_of
from policy_service.storage.kept_together import Kept, kept_now
from policy_service.storage.standing_store import StoredStanding


@dataclass(frozen=True, slots=True)
class ListedCustomer:
    """A customer with its standing today, as the API writes it: under overrides and effects, what is not set absent.

    `is_overridden`: a person's word is part of it.
    """

    found: FoundCustomer
    standing: Mapping[str, Plain]
    is_overridden: bool


@dataclass(frozen=True, slots=True)
class StandingsNow:
    """Customers' standings under overrides and effects, by customer, in `codes`; and the reviews' that are in force."""

    standings: Mapping[str, Standing]
    in_force: Mapping[str, StoredStanding]
    codes: CodeBook


def listed(house: House, session: Session, found: Sequence[FoundCustomer], act: Act) -> tuple[ListedCustomer, ...]:
    """Return the customers with what they stand at: of many the little that their standings need is read at once."""
    version = house.policies.effective(session, house.settings.default_policy, act.at)
    day = business_day(act.at, house.settings.zone)
    ids = [customer.customer_id for customer in found]
    stands = _Standings(house, session, version, kept_now(session, ids, day), day)
    recorded = recorded_of(session, ids)
    histories = [CustomerHistory(name, (), standings=recorded.get(name, ())) for name in ids]
    return tuple(stands.of(customer, history) for customer, history in zip(found, histories, strict=True))


def standings_now(house: House, session: Session, customer_ids: Sequence[str], act: Act) -> StandingsNow:
    """Return what the customers stand at, and which reviews left it in force."""
    version = house.policies.effective(session, house.settings.default_policy, act.at)
    day = business_day(act.at, house.settings.zone)
    kept = kept_now(session, customer_ids, day)
    stands = _Standings(house, session, version, kept, day)
    recorded = recorded_of(session, customer_ids)
    histories = [CustomerHistory(name, (), standings=recorded.get(name, ())) for name in customer_ids]
    return StandingsNow(
        {history.customer_id: stands.standing(history) for history in histories}, kept.standings, stands.codes
    )


class _Standings:
    def __init__(self, house: House, session: Session, version: CompiledPolicy, kept: Kept, day: date) -> None:
        self._house = house
        self._session = session
        self._version = version
        self._kept = kept
        self._day = day
        self.codes = CodeBook(version.policy)

    def of(self, found: FoundCustomer, history: CustomerHistory) -> ListedCustomer:
        standing = standing_plain(self.standing(history), self.codes)
        return ListedCustomer(found, standing, self._is_overridden(found.customer_id))

    def standing(self, history: CustomerHistory) -> Standing:
        name = history.customer_id
        return self._weighed(name) if self._is_overridden(name) else self._unsaid(name, history)

    def _is_overridden(self, name: str) -> bool:
        return any(one.decision_type == DecisionType.REVIEW.value for one in self._kept.overrides.get(name, ()))

    def _unsaid(self, name: str, history: CustomerHistory) -> Standing:
        stored, effects = self._kept.standings.get(name), self._kept.effects.get(name, ())
        return standing_from(stored, effects, history, self._day, self._version.policy, self.codes)

    def _weighed(self, name: str) -> Standing:
        # What a person said may count only up to what they answer for, so all that is owed is measured.
        ledger = self._house.customers.at(self._session)
        knowledge, subject = Knowledge(self._day, includes_day=True), Subject(DecisionType.ORDER, name)
        counts = in_force(self._session, self._kept, self._version, ledger, knowledge, subject, self.codes)
        return counts.standing
