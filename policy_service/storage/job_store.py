"""Jobs kept: waiting work, who holds it and how far it is; and leases on what only one process may do."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Final

from sqlalchemy import ColumnElement, CursorResult, Select, and_, bindparam, func, or_, select, text, tuple_
from sqlalchemy.orm import Session

from policy_service.domain.acting import Act
from policy_service.domain.instants import SECOND, Instant
from policy_service.storage.columns import Words
from policy_service.storage.errors import Conflict, not_stored
from policy_service.storage.models.jobs import Job as JobRow

#: A job that fails as often is not tried again.
MOST_ATTEMPTS: Final = 5
#: A job that may have killed its process as often is not given to a third: it would kill that as well.
MOST_LOST: Final = 2
_LOST: Final = (
    "The process ended while it was being done, at attempt {attempts}; it is not tried again, as it may be what ends"
    " processes. Look into the log of the process, then ask for it anew."
)
#: A job that failed once is tried again after so long; each further time after twice as long.
_FIRST_PAUSE: Final = 10 * SECOND
_NOTHING: Final[Mapping[str, object]] = MappingProxyType({})
_ENDED: Final = ("done", "failed", "cancelled")
_NEW: Final = text(
    "INSERT INTO jobs (job_id, kind, once, arguments, state, created_at, created_by, leased_by, attempts,"
    " progress_done, progress_total, is_cancel_asked, result, error, revision)"
    " VALUES (:job_id, :kind, :once, :arguments, 'waiting', :at, :person, '', 0, 0, 0, false, '', '', 1)"
    " ON CONFLICT DO NOTHING"
).bindparams(bindparam("once", type_=Words(200)), bindparam("person", type_=Words(200)))
_TAKE_LEASE: Final = text(
    "INSERT INTO leases (name, held_by, held_until, revision) VALUES (:name, :by, :until, 1)"
    " ON CONFLICT (name) DO UPDATE SET held_by = :by, held_until = :until, revision = leases.revision + 1"
    " WHERE leases.held_by = :by OR leases.held_until <= :at"
)


@dataclass(frozen=True, slots=True)
class Job:
    """A job as it is now; `arguments` and `result` are what JSON holds."""

    job_id: str
    kind: str
    once: str | None
    arguments: Mapping[str, Any]
    state: str
    created_at: Instant
    created_by: str
    started_at: Instant | None
    finished_at: Instant | None
    leased_by: str
    lease_until: Instant | None
    not_before: Instant | None
    attempts: int
    progress_done: int
    progress_total: int
    is_cancel_asked: bool
    result: Mapping[str, Any]
    error: str

    @property
    def is_ended(self) -> bool:
        """Whether nothing more will become of it."""
        return self.state in _ENDED


_NAMES: Final = Job.__slots__


class JobStore:
    """The jobs within one transaction."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def add(self, kind: str, arguments: Mapping[str, object], act: Act, once: str | None = None) -> Job:
        """Store a job to be done, and return it.

        Where `once` names a job that is there, that job is returned instead; if it failed or was cancelled it
        waits anew. The same job asked for twice in one act is one.
        """
        written = json.dumps(dict(arguments), sort_keys=True, separators=(",", ":"))
        job_id = _id_of(kind, written, act, once)
        new = {"job_id": job_id, "kind": kind, "once": once, "arguments": written, "at": act.at, "person": act.person}
        self._session.execute(_NEW, new)
        is_it = JobRow.job_id == job_id if once is None else JobRow.once == once
        row = self._session.scalars(_locked(select(JobRow).where(is_it))).one()
        if row.state in ("failed", "cancelled"):
            _wait_anew(row)
            self._session.flush()
        return _job(row)

    def take(self, kinds: Sequence[str], by: str, at: Instant, lease_seconds: int) -> Job | None:
        """Give the oldest job that waits, or whose worker's lease ran out, to `by`; none if there is none.

        No two get the same. A job whose worker died at its second attempt or a later one has failed, and one whose
        cancelling was asked for meanwhile is cancelled: neither is given.
        """
        while row := self._next(kinds, at):
            if row.is_cancel_asked:
                _end(row, "cancelled", at)
            elif row.state == "running" and row.attempts >= MOST_LOST:
                row.error = _LOST.format(attempts=row.attempts)
                _end(row, "failed", at)
            else:
                row.state, row.leased_by, row.attempts = "running", by, row.attempts + 1
                row.started_at = row.started_at or at
                row.lease_until, row.heartbeat_at, row.not_before = at + lease_seconds * SECOND, at, None
                self._session.flush()
                return _job(row)
            self._session.flush()
        return None

    def heartbeat(
        self, job_id: str, by: str, at: Instant, lease_seconds: int, done: int | None = None, total: int | None = None
    ) -> Job:
        """Keep the lease, and note how far the job is; the job returned says whether cancelling was asked for.

        Conflict S237 if `by` does not hold it any more.
        """
        row = self._held(job_id, by)
        row.heartbeat_at, row.lease_until = at, at + lease_seconds * SECOND
        row.progress_done = row.progress_done if done is None else done
        row.progress_total = row.progress_total if total is None else total
        self._session.flush()
        return _job(row)

    def finish(self, job_id: str, by: str, at: Instant, result: Mapping[str, object] = _NOTHING) -> Job:
        """Store that the job is done, and what came of it; Conflict S237 if `by` does not hold it any more."""
        row = self._held(job_id, by)
        row.result, row.error = json.dumps(dict(result), sort_keys=True), ""
        # How far it was is told now and then: the last of it seldom.
        row.progress_done = row.progress_total
        return self._ended(row, "done", at)

    def fail(self, job_id: str, by: str, at: Instant, error: str, *, is_final: bool = False) -> Job:
        """Store why the job failed; it is tried again later, unless that is final or was the last attempt.

        Conflict S237 if `by` does not hold it any more.
        """
        row = self._held(job_id, by)
        row.error = error
        if is_final or row.attempts >= MOST_ATTEMPTS:
            return self._ended(row, "failed", at)
        row.state, row.leased_by, row.lease_until = "waiting", "", None
        row.not_before = at + _FIRST_PAUSE * 2 ** (row.attempts - 1)
        self._session.flush()
        return _job(row)

    def stop(self, job_id: str, by: str, at: Instant) -> Job:
        """Store that the job ended as it was asked to; Conflict S237 if `by` does not hold it any more."""
        return self._ended(self._held(job_id, by), "cancelled", at)

    def ask_cancel(self, job_id: str, at: Instant) -> Job:
        """Cancel a job that waits at once, ask a running one to stop; one that ended stays as it is.

        NotStored S209 if there is no such job.
        """
        row = self._row(job_id)
        if row.state == "waiting":
            return self._ended(row, "cancelled", at)
        row.is_cancel_asked = row.is_cancel_asked or row.state == "running"
        self._session.flush()
        return _job(row)

    def load(self, job_id: str) -> Job:
        """Return the job; NotStored S209 if there is none."""
        found = self.find(job_id)
        if found is None:
            raise not_stored(f"job {job_id[:60]}")
        return found

    def find(self, job_id: str) -> Job | None:
        """Return the job, if there is one; looking holds nobody up."""
        row = self._session.scalars(select(JobRow).where(JobRow.job_id == job_id)).one_or_none()
        return _job(row) if row else None

    def named(self, once: str) -> Job | None:
        """Return the job that `once` names; none if there is none."""
        row = self._session.scalars(select(JobRow).where(JobRow.once == once)).one_or_none()
        return _job(row) if row else None

    def page(
        self, limit: int, after: tuple[Instant, str] | None = None, kind: str = "", state: str = ""
    ) -> tuple[Job, ...]:
        """Return jobs, the newest first, behind the one of that instant and id."""
        chosen: list[ColumnElement[bool]] = []
        if kind:
            chosen.append(JobRow.kind == kind)
        if state:
            chosen.append(JobRow.state == state)
        if after:
            chosen.append(tuple_(JobRow.created_at, JobRow.job_id) < after)
        newest_first = (JobRow.created_at.desc(), JobRow.job_id.desc())
        rows = self._session.scalars(select(JobRow).where(*chosen).order_by(*newest_first).limit(limit))
        return tuple(map(_job, rows))

    def open_jobs(self, kind: str) -> tuple[Job, ...]:
        """Return the jobs of a kind that wait or run."""
        rows = self._session.scalars(select(JobRow).where(JobRow.kind == kind, JobRow.state.not_in(_ENDED)))
        return tuple(map(_job, rows))

    def counts(self) -> Mapping[tuple[str, str], int]:
        """Return how many jobs there are by kind and state."""
        rows = self._session.execute(
            select(JobRow.kind, JobRow.state, func.count()).group_by(JobRow.kind, JobRow.state)
        )
        return {(kind, state): number for kind, state, number in rows}

    def _next(self, kinds: Sequence[str], at: Instant) -> JobRow | None:
        may_begin = or_(JobRow.not_before.is_(None), JobRow.not_before <= at)
        is_free = or_(
            and_(JobRow.state == "waiting", may_begin), and_(JobRow.state == "running", JobRow.lease_until <= at)
        )
        oldest = select(JobRow).where(JobRow.kind.in_(kinds), is_free).order_by(JobRow.created_at, JobRow.job_id)
        return self._session.scalars(_locked(oldest.limit(1), skips=True)).one_or_none()

    def _row(self, job_id: str) -> JobRow:
        row = self._session.scalars(_locked(select(JobRow).where(JobRow.job_id == job_id))).one_or_none()
        if row is None:
            raise not_stored(f"job {job_id[:60]}")
        return row

    def _held(self, job_id: str, by: str) -> JobRow:
        row = self._row(job_id)
        if row.state != "running" or row.leased_by != by:
            raise Conflict(
                "S237",
                f"The job {job_id[:60]} is {row.state} and not held by {by[:60]} any more.",
                remedy="Leave it: another worker has it, or it has ended.",
            )
        return row

    def _ended(self, row: JobRow, state: str, at: Instant) -> Job:
        _end(row, state, at)
        self._session.flush()
        return _job(row)


class LeaseStore:
    """The leases within one transaction."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def take(self, name: str, by: str, until: Instant, at: Instant) -> bool:
        """Return whether `by` holds the lease of that name until then.

        It does if nobody held it, if `by` did, or if the holder's time had run out at `at`.
        """
        taken = self._session.execute(_TAKE_LEASE, {"name": name, "by": by, "until": until, "at": at})
        return isinstance(taken, CursorResult) and taken.rowcount == 1


def _locked(rows: Select[JobRow], *, skips: bool = False) -> Select[JobRow]:
    # What the session read before the lock may have changed since.
    return rows.with_for_update(skip_locked=skips).execution_options(populate_existing=True)


def _id_of(kind: str, arguments: str, act: Act, once: str | None) -> str:
    # Nothing random is needed where the act tells one job from another.
    said = json.dumps([kind, arguments, act.person, act.at, act.request_id, once])
    return hashlib.sha256(said.encode()).hexdigest()[:32]


def _wait_anew(row: JobRow) -> None:
    row.state, row.leased_by, row.attempts, row.is_cancel_asked = "waiting", "", 0, False
    row.lease_until = row.not_before = row.started_at = row.finished_at = None
    row.progress_done, row.result, row.error = 0, "", ""


def _end(row: JobRow, state: str, at: Instant) -> None:
    row.state, row.finished_at, row.leased_by, row.lease_until, row.not_before = state, at, "", None, None


def _job(row: JobRow) -> Job:
    kept = {name: getattr(row, name) for name in _NAMES}
    written = {name: json.loads(kept[name]) if kept[name] else {} for name in ("arguments", "result")}
    return Job(**(kept | written))
