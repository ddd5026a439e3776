"""What was predicted of a policy version when it was approved, and what happened since."""

from sqlalchemy import ForeignKeyConstraint
from sqlalchemy.orm import Mapped, mapped_column

from policy_service.storage.columns import Day, Hash, Identifier, Instant, LongText, OwnId, Whole
from policy_service.storage.models.tables import Model


class PolicyPrediction(Model):
    """What the simulation of a version's very text had found when the version was approved.

    `job_id` and `run_key` name the simulation, `ledger_at` the instant of its ledger; `summary` is what it found, as
    JSON, kept whatever becomes of the simulation. `looked_at` is when it was last compared with what happened.
    """

    __tablename__ = "policy_predictions"
    __table_args__ = (
        ForeignKeyConstraint(["policy_id", "number"], ["policy_versions.policy_id", "policy_versions.number"]),
    )

    policy_id: Mapped[Identifier] = mapped_column(primary_key=True)
    number: Mapped[Whole] = mapped_column(primary_key=True, autoincrement=False)
    sha256: Mapped[Hash]
    job_id: Mapped[OwnId]
    run_key: Mapped[Hash]
    ledger_at: Mapped[Instant]
    kept_at: Mapped[Instant]
    summary: Mapped[LongText]
    looked_at: Mapped[Instant | None]


class PolicyMonth(Model):
    """What happened in a month in which a version with a prediction was in force.

    The period is `[begins, ends)`: the month, or the part of it in which the version was in force until it was last
    looked at. `figures` is JSON: of the orders decided here by the version, and of the ledger as recorded.
    """

    __tablename__ = "policy_months"
    __table_args__ = (
        ForeignKeyConstraint(["policy_id", "number"], ["policy_predictions.policy_id", "policy_predictions.number"]),
    )

    policy_id: Mapped[Identifier] = mapped_column(primary_key=True)
    number: Mapped[Whole] = mapped_column(primary_key=True, autoincrement=False)
    begins: Mapped[Day] = mapped_column(primary_key=True)
    ends: Mapped[Day]
    figures: Mapped[LongText]
