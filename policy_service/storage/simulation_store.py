"""Simulations kept: asked for, under way, finished, and until when their files are there."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import ColumnElement, and_, func, select, tuple_, update
from sqlalchemy.orm import Session

from policy_service.domain.instants import Instant
from policy_service.storage.errors import not_stored
from policy_service.storage.models.jobs import Job as JobRow
from policy_service.storage.models.simulations import SIMULATION_KINDS, SimulationRun


@dataclass(frozen=True, slots=True)
class SimulatedText:
    """A finished simulation of a policy's text: the evidence that an approval rests on."""

    job_id: str
    run_key: str
    ledger_at: Instant


@dataclass(frozen=True, slots=True)
class PolicyText:
    """The text of a version as it was when it was asked for."""

    policy_id: str
    number: int
    sha256: str
    text: str


@dataclass(frozen=True, slots=True)
class KeptFile:
    """A file of a result: its name, size, and the SHA-256 of its bytes."""

    name: str
    bytes: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a finished run is known by, the instant at which its ledger was that, its files, and how long they stay.

    `summary` is what a simulation found, but for what is told of each customer.
    """

    run_key: str
    ledger_hash: str
    ledger_at: Instant
    files: Sequence[KeptFile]
    expires_at: Instant
    summary: Mapping[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class KeptSimulation:
    """A simulation with the state of its job; `request` and `result` are as JSON holds them."""

    job_id: str
    kind: str
    person: str
    asked_at: Instant
    request: Mapping[str, Any]
    candidate_policy: str
    candidate_number: int
    candidate_sha256: str
    baseline_policy: str | None
    baseline_number: int | None
    baseline_sha256: str | None
    step: str
    step_done: int
    step_total: int
    finished_at: Instant | None
    run_key: str | None
    ledger_hash: str | None
    ledger_at: Instant | None
    files: Sequence[KeptFile]
    expires_at: Instant | None
    state: str
    error: str
    is_cancel_asked: bool
    started_at: Instant | None
    progress_done: int
    progress_total: int
    result: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Chosen:
    """Which simulations are asked for; empty: any."""

    kind: str = ""
    state: str = ""
    person: str = ""
    policy: str = ""


_OF_JOB: Final = ("state", "error", "is_cancel_asked", "started_at", "progress_done", "progress_total", "result")
_COLUMNS: Final = [getattr(SimulationRun, name) for name in KeptSimulation.__slots__ if name not in _OF_JOB] + [
    getattr(JobRow, name) for name in _OF_JOB
]
_ANY: Final = Chosen()


class SimulationStore:
    """The simulations within one transaction."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def add(
        self,
        job_id: str,
        kind: str,
        person: str,
        at: Instant,
        request: Mapping[str, object],
        candidate: PolicyText,
        baseline: PolicyText | None,
        *,
        is_plain: bool,
    ) -> None:
        """Store what the job of that id, which is stored, has to do; nothing if it is stored already."""
        if self._session.get(SimulationRun, job_id) is not None:
            return
        row = SimulationRun(
            job_id=job_id,
            kind=kind,
            person=person,
            asked_at=at,
            request=json.dumps(request, sort_keys=True, ensure_ascii=False),
            is_plain=is_plain,
            step="",
            step_done=0,
            step_total=0,
            files="[]",
            **_columns_of("candidate", candidate),
            **(_columns_of("baseline", baseline) if baseline else {}),
        )
        self._session.add(row)
        self._session.flush()

    def load(self, job_id: str) -> KeptSimulation:
        """Return the simulation; NotStored S209 if there is none."""
        row = self._session.execute(_joined().where(SimulationRun.job_id == job_id)).one_or_none()
        if row is None:
            raise not_stored(f"simulation {job_id[:60]}")
        return _kept(row)

    def texts(self, job_id: str) -> tuple[str, str | None]:
        """Return the texts of candidate and baseline; none for a baseline that is no policy. NotStored S209."""
        texts = select(SimulationRun.candidate_text, SimulationRun.baseline_text).where(SimulationRun.job_id == job_id)
        row = self._session.execute(texts).one_or_none()
        if row is None:
            raise not_stored(f"simulation {job_id[:60]}")
        return row[0], row[1]

    def page(
        self, limit: int, after: tuple[Instant, str] | None = None, chosen: Chosen = _ANY
    ) -> tuple[KeptSimulation, ...]:
        """Return simulations, the newest first, behind the one of that instant and id."""
        rows = SimulationRun
        asked: list[tuple[str, ColumnElement[bool]]] = [
            (chosen.kind, rows.kind == chosen.kind),
            (chosen.state, JobRow.state == chosen.state),
            (chosen.person, rows.person == chosen.person),
            (chosen.policy, rows.candidate_policy == chosen.policy),
        ]
        conditions = [condition for given, condition in asked if given]
        if after:
            conditions.append(tuple_(rows.asked_at, rows.job_id) < after)
        newest_first = (rows.asked_at.desc(), rows.job_id.desc())
        found = self._session.execute(_joined().where(*conditions).order_by(*newest_first).limit(limit))
        return tuple(map(_kept, found))

    def under_way(self, person: str) -> int:
        """Return how many simulations of that person wait or run."""
        going_on = and_(JobRow.created_by == person, JobRow.state.in_(("waiting", "running")))
        asked = select(func.count()).select_from(JobRow).where(JobRow.kind.in_(SIMULATION_KINDS), going_on)
        return self._session.scalar(asked) or 0

    def tell(self, job_id: str, step: str, done: int, total: int) -> None:
        """Note how far it is."""
        self._set(job_id, step=step, step_done=done, step_total=total)

    def finish(self, job_id: str, at: Instant, outcome: Outcome) -> None:
        """Store what came of it."""
        files = [{"name": file.name, "bytes": file.bytes, "sha256": file.sha256} for file in outcome.files]
        self._set(
            job_id,
            finished_at=at,
            run_key=outcome.run_key,
            ledger_hash=outcome.ledger_hash,
            ledger_at=outcome.ledger_at,
            files=json.dumps(files),
            expires_at=outcome.expires_at,
            summary=json.dumps(outcome.summary, ensure_ascii=False) if outcome.summary else None,
        )

    def summary(self, job_id: str) -> Mapping[str, Any] | None:
        """Return what a simulation found; none before it is finished, and of one that was before this was kept."""
        written = self.written_summary(job_id)
        return json.loads(written) if written else None

    def written_summary(self, job_id: str) -> str | None:
        """Return the same as it is stored."""
        found: str | None = self._session.scalar(select(SimulationRun.summary).where(SimulationRun.job_id == job_id))
        return found

    def last_of_text(self, sha256: str) -> SimulatedText | None:
        """Return the finished simulation of the latest ledger with that text, as it is, as candidate; none if none is.

        Finished is what the live engines confirmed.
        """
        rows = SimulationRun
        asked = (
            select(rows.job_id, rows.run_key, rows.ledger_at)
            .where(
                rows.kind == "simulation",
                rows.candidate_sha256 == sha256,
                rows.is_plain,
                rows.finished_at.is_not(None),
            )
            .order_by(rows.ledger_at.desc(), rows.job_id.desc())
            .limit(1)
        )
        row: Any = self._session.execute(asked).one_or_none()
        return SimulatedText(*row) if row else None

    def under_way_of_text(self, sha256: str) -> KeptSimulation | None:
        """Return the simulation of that text, as it is, that was asked for last and has not ended; none if none is."""
        rows = SimulationRun
        asked = _joined().where(
            rows.kind == "simulation",
            rows.candidate_sha256 == sha256,
            rows.is_plain,
            JobRow.state.in_(("waiting", "running")),
        )
        row = self._session.execute(asked.order_by(rows.asked_at.desc(), rows.job_id.desc()).limit(1)).one_or_none()
        return _kept(row) if row else None

    def expired(self, at: Instant, limit: int) -> tuple[str, ...]:
        """Return some simulations whose files are to be removed by now."""
        rows = SimulationRun
        asked = select(rows.job_id).where(rows.expires_at <= at, rows.files != "[]").limit(limit)
        return tuple(self._session.scalars(asked))

    def has_files(self, job_id: str) -> bool:
        """Return whether there is a result with files of that id."""
        asked = select(SimulationRun.job_id).where(SimulationRun.job_id == job_id, SimulationRun.files != "[]")
        return self._session.scalar(asked) is not None

    def forget_files(self, job_id: str) -> None:
        """Store that the files of a result are gone; what it was known by stays."""
        self._set(job_id, files="[]")

    def _set(self, job_id: str, **values: object) -> None:
        self._session.execute(
            update(SimulationRun).where(SimulationRun.job_id == job_id).values(**values),
            execution_options={"synchronize_session": False},
        )


def _joined() -> Any:
    return select(*_COLUMNS).join(JobRow, JobRow.job_id == SimulationRun.job_id)


def _columns_of(side: str, text: PolicyText) -> dict[str, object]:
    said = {"policy": text.policy_id, "number": text.number, "sha256": text.sha256, "text": text.text}
    return {f"{side}_{name}": value for name, value in said.items()}


def _kept(row: Any) -> KeptSimulation:
    said = dict(zip(KeptSimulation.__slots__, row, strict=True))
    files = tuple(KeptFile(**one) for one in json.loads(said["files"]))
    read = {name: json.loads(said[name]) if said[name] else {} for name in ("request", "result")}
    return KeptSimulation(**said | read | {"files": files})
