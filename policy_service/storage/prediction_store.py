"""Predictions kept with versions, and the months that they are compared with."""

import datetime as dt
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import delete, func, or_, select, update
from sqlalchemy.orm import Session

from policy_service.domain.instants import Instant
from policy_service.storage.models.decisions import DecisionRow
from policy_service.storage.models.orders import AskedOrder, OrderStep
from policy_service.storage.models.policies import PolicyVersionRow
from policy_service.storage.models.predictions import PolicyMonth, PolicyPrediction
from policy_service.storage.policy_store import PolicyVersion
from policy_service.storage.simulation_store import SimulatedText


@dataclass(frozen=True, slots=True)
class Prediction:
    """What was predicted of a version when it was approved; `summary` as the simulation's was then."""

    policy_id: str
    number: int
    job_id: str
    run_key: str
    ledger_at: Instant
    kept_at: Instant
    summary: Mapping[str, Any]
    looked_at: Instant | None


@dataclass(frozen=True, slots=True)
class Happened:
    """What happened in `[begins, ends)`."""

    begins: dt.date
    ends: dt.date
    figures: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class InForce:
    """A version with a prediction, and from when until when it is in force."""

    policy_id: str
    number: int
    since: Instant
    until: Instant | None


@dataclass(frozen=True, slots=True)
class DecidedFirst:
    """How many orders were decided so when they were first asked about, and their amount in the base currency.

    `unpriced` are those among them whose amount no rate led to the base currency.
    """

    outcome: str
    orders: int
    amount: int
    unpriced: int


_COLUMNS: Final = [getattr(PolicyPrediction, name) for name in Prediction.__slots__]


class PredictionStore:
    """The predictions within one transaction."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def keep(self, version: PolicyVersion, simulated: SimulatedText, summary: str, at: Instant) -> None:
        """Keep what was predicted of a version at its approval, instead of what was kept of an earlier one."""
        row = PolicyPrediction(
            policy_id=version.policy_id,
            number=version.number,
            sha256=version.sha256,
            job_id=simulated.job_id,
            run_key=simulated.run_key,
            ledger_at=simulated.ledger_at,
            kept_at=at,
            summary=summary,
            looked_at=None,
        )
        self._session.merge(row)
        self._session.flush()

    def of_version(self, policy_id: str, number: int) -> Prediction | None:
        """Return the prediction of a version; none if none was made."""
        asked = select(*_COLUMNS).where(PolicyPrediction.policy_id == policy_id, PolicyPrediction.number == number)
        row = self._session.execute(asked).one_or_none()
        if row is None:
            return None
        said = dict(zip(Prediction.__slots__, row, strict=True))
        return Prediction(**{**said, "summary": json.loads(said["summary"])})

    def months(self, policy_id: str, number: int) -> tuple[Happened, ...]:
        """Return what happened since the version began, month by month as far as it was looked at."""
        rows = PolicyMonth
        asked = select(rows.begins, rows.ends, rows.figures).where(rows.policy_id == policy_id, rows.number == number)
        found = self._session.execute(asked.order_by(rows.begins))
        return tuple(Happened(begins, ends, json.loads(figures)) for begins, ends, figures in found)

    def to_look_at(self, before: Instant, at: Instant) -> tuple[InForce, ...]:
        """Return the versions that have begun and were last looked at before that instant, unless it was all over."""
        versions, kept = PolicyVersionRow, PolicyPrediction
        is_one = (versions.policy_id == kept.policy_id) & (versions.number == kept.number)
        is_to_be = or_(
            kept.looked_at.is_(None),
            (kept.looked_at < before)
            & or_(versions.effective_until.is_(None), versions.effective_until > kept.looked_at),
        )
        asked = (
            select(kept.policy_id, kept.number, versions.effective_from, versions.effective_until)
            .join(versions, is_one)
            .where(versions.effective_from <= at, is_to_be)
        )
        rows: Any = self._session.execute(asked.order_by(kept.policy_id, kept.number))
        return tuple(InForce(*row) for row in rows)

    def keep_months(self, one: InForce, months: Sequence[Happened], at: Instant) -> None:
        """Keep what happened since a version began, instead of what was kept before."""
        of_version = (PolicyMonth.policy_id == one.policy_id, PolicyMonth.number == one.number)
        at_once = {"synchronize_session": False}
        self._session.execute(delete(PolicyMonth).where(*of_version), execution_options=at_once)
        for month in months:
            said = json.dumps(month.figures, sort_keys=True)
            self._session.add(
                PolicyMonth(
                    policy_id=one.policy_id, number=one.number, begins=month.begins, ends=month.ends, figures=said
                )
            )
        looked = update(PolicyPrediction).where(
            PolicyPrediction.policy_id == one.policy_id, PolicyPrediction.number == one.number
        )
        self._session.execute(looked.values(looked_at=at), execution_options=at_once)
        self._session.flush()

    def decided_first(self, one: InForce, since: Instant, before: Instant) -> tuple[DecidedFirst, ...]:
        """Return by outcome the orders asked about in `[since, before)` that the version decided first."""
        orders, decisions = AskedOrder, DecisionRow
        unpriced = func.count() - func.count(orders.base_amount)
        asked = (
            select(decisions.outcome, func.count(), func.coalesce(func.sum(orders.base_amount), 0), unpriced)
            .join(OrderStep, (OrderStep.order_id == orders.order_id) & (OrderStep.from_state == ""))
            .join(decisions, decisions.decision_id == OrderStep.decision_id)
            .where(
                orders.asked_at >= since,
                orders.asked_at < before,
                decisions.policy_id == one.policy_id,
                decisions.policy_version == one.number,
            )
            .group_by(decisions.outcome)
            .order_by(decisions.outcome)
        )
        rows: Any = self._session.execute(asked)
        # PostgreSQL adds whole numbers up to decimals.
        return tuple(DecidedFirst(word, *map(int, counted)) for word, *counted in rows)
