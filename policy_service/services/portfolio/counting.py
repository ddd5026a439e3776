"""Customers counted as of now: what the ledger says of them, with their standings and orders in force."""

import datetime as dt
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy.orm import Session

from policy_service.domain.entries import CustomerHistory
from policy_service.domain.errors import FactError
from policy_service.domain.outcomes import DecisionType
from policy_service.domain.values import TRUE, UNKNOWN, Kind, is_representable
from policy_service.facts.knowledge import Knowledge
from policy_service.services.code_book import CodeBook
from policy_service.services.compiled_policy import CompiledPolicy
from policy_service.services.decisions.weighing import Ground, Subject, Weighed, weigh
from policy_service.services.house import House
from policy_service.services.portfolio.measuring import Measuring, measured
from policy_service.services.portfolio.pooling import pools
from policy_service.services.standings import Standing, recorded_in_force
from policy_service.services.standings_in_force.reading import standing_from
from policy_service.storage.kept_together import Kept, kept_now
from policy_service.storage.ledger_reading import histories_of
from policy_service.storage.portfolio_store import CountedCustomer

#: The code of amounts beyond the range of values.
_TOO_LARGE: Final = "F104"


@dataclass(frozen=True, slots=True)
class AsOf:
    """What customers are counted as of: a business day, the ledger up to a posting, a policy version."""

    day: dt.date
    posting: int
    version: CompiledPolicy

    @property
    def knowledge(self) -> Knowledge:
        """What is known during the day, as live decisions know it."""
        return Knowledge(self.day, includes_day=True)


def counted_customers(
    house: House, session: Session, as_of: AsOf, customer_ids: Collection[str]
) -> tuple[CountedCustomer, ...]:
    """Return these customers as they are counted; one that cannot be measured with nothing but the error's code."""
    histories = histories_of(session, customer_ids, as_of.posting)
    kept = kept_now(session, [history.customer_id for history in histories], as_of.day) if histories else _NOTHING
    codes = CodeBook(as_of.version.policy)
    ground = _Ground(house, session, as_of, kept, codes)
    standings = {history.customer_id: ground.standing(history) for history in histories}
    try:
        return tuple(ground.counted(histories, standings))
    except (FactError, OverflowError):
        return tuple(one for history in histories for one in ground.counted_alone(history, standings))


_NOTHING: Final = Kept({}, {}, {}, {})


class _Ground:
    """What some customers are counted on."""

    def __init__(self, house: House, session: Session, as_of: AsOf, kept: Kept, codes: CodeBook) -> None:
        self._house = house
        self._session = session
        self._as_of = as_of
        self._kept = kept
        self._codes = codes

    def standing(self, history: CustomerHistory) -> Standing:
        """Return the standing that decisions upon an order of the customer would read."""
        name, kept, policy = history.customer_id, self._kept, self._as_of.version.policy
        said = self._said(name) if name in kept.overrides else Weighed()
        return standing_from(
            kept.standings.get(name),
            kept.effects.get(name, ()),
            history,
            self._as_of.day,
            policy,
            self._codes,
            overrides=said.counting,
            set_aside=said.set_aside,
        )

    def counted_alone(self, history: CustomerHistory, standings: Mapping[str, Standing]) -> Iterator[CountedCustomer]:
        """Yield one customer, with the code of the error if it cannot be measured."""
        try:
            yield from tuple(self.counted((history,), standings))
        except FactError as error:
            yield CountedCustomer(**self._standing_cells(history, standings), fault=error.code)
        except OverflowError:
            yield CountedCustomer(**self._standing_cells(history, standings), fault=_TOO_LARGE)

    def counted(
        self, histories: Sequence[CustomerHistory], standings: Mapping[str, Standing]
    ) -> Iterator[CountedCustomer]:
        """Yield the customers; FactError F101 or OverflowError if one of them cannot be measured."""
        as_of, frame = self._as_of, self._house.customers.frame(self._session, self._as_of.posting)
        by = Measuring(as_of.version.policy.exposure, frame.ledger.base_currency, standings)
        has_file = frame.ledger.has_orders_file
        for pool in pools(histories, self._kept.orders, frame.rates, as_of.knowledge, has_orders_file=has_file):
            for history, (amounts, months) in zip(pool.histories, measured(pool, by), strict=True):
                if not all(map(is_representable, amounts.values())):
                    raise OverflowError
                cells: dict[str, Any] = {**self._standing_cells(history, standings), **amounts, "months": months}
                yield CountedCustomer(**cells)

    def _standing_cells(self, history: CustomerHistory, standings: Mapping[str, Standing]) -> dict[str, Any]:
        name = history.customer_id
        values = standings[name].values
        is_recorded = recorded_in_force(history, self._as_of.day) is not None
        grade = values["grade"]
        return {
            "customer_id": name,
            "has_standing": name in self._kept.standings or is_recorded,
            "grade": "" if grade == UNKNOWN else self._codes.text(grade, Kind.CATEGORY),
            "is_stopped": values["stop_credit"] == TRUE,
        }

    def _said(self, customer_id: str) -> Weighed:
        as_of = self._as_of
        ledger = self._house.customers.as_known(self._session, as_of.posting)
        subject = Subject(DecisionType.ORDER, customer_id)
        ground = Ground(self._session, self._kept, as_of.version, ledger, as_of.knowledge, subject)
        return weigh(ground, customer_id, DecisionType.REVIEW)
