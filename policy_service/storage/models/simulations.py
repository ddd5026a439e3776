"""What was simulated over the ledger kept here: what was asked, how far it is, and what came of it."""

from typing import Final

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from policy_service.storage.columns import Claim, Hash, Identifier, Instant, LongText, OwnId, Whole, Word, one_of
from policy_service.storage.models.tables import Model

#: Also the kinds of their jobs.
SIMULATION_KINDS: Final = ("simulation", "sweep", "seek")


class SimulationRun(Model):
    """A simulation, a sweep or a search for a goal, done by the job of the same id.

    `request` is what was asked, as JSON; the texts are the policies as they were then, with their hashes, so that
    an edit meanwhile changes nothing. Without a baseline today's practice as recorded is it, in sweeps and searches
    none. `is_plain` says that the candidate was run with its own values of parameters, over the ledger as recorded.
    `step`, `step_done` and `step_total` say how far it is. Of a finished run there are `run_key`, by which it can be
    told from any other, `ledger_hash` and `ledger_at`, the hash of the ledger and the instant at which it was that;
    `files` is a JSON list of the files of its result, until they are removed after `expires_at`; `summary` is what a
    simulation found, as JSON: its report but for what is told of each customer.
    """

    __tablename__ = "simulation_runs"
    __table_args__ = (
        one_of("kind", SIMULATION_KINDS),
        CheckConstraint("(finished_at IS NULL) = (run_key IS NULL)", name="finished"),
        Index(None, "asked_at", "job_id"),
        Index(None, "candidate_sha256", "finished_at"),
        Index(None, "expires_at"),
    )

    job_id: Mapped[OwnId] = mapped_column(ForeignKey("jobs.job_id"), primary_key=True)
    kind: Mapped[Word]
    person: Mapped[Identifier]
    asked_at: Mapped[Instant]
    request: Mapped[LongText]
    candidate_policy: Mapped[Identifier]
    candidate_number: Mapped[Whole]
    candidate_sha256: Mapped[Hash]
    candidate_text: Mapped[LongText]
    baseline_policy: Mapped[Identifier | None]
    baseline_number: Mapped[Whole | None]
    baseline_sha256: Mapped[Hash | None]
    baseline_text: Mapped[LongText | None]
    is_plain: Mapped[Claim]
    step: Mapped[Word]
    step_done: Mapped[Whole]
    step_total: Mapped[Whole]
    finished_at: Mapped[Instant | None]
    run_key: Mapped[Hash | None]
    ledger_hash: Mapped[Hash | None]
    ledger_at: Mapped[Instant | None]
    files: Mapped[LongText]
    summary: Mapped[LongText | None]
    expires_at: Mapped[Instant | None]
