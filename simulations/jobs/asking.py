"""Asking for a simulation: refused at once if it can be known that it cannot be done, else stored with its job."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from hashlib import sha256
from typing import Any, Final

from sqlalchemy.orm import Session

from policy_service.domain.acting import Act
from policy_service.domain.errors import EngineFault, RequestError
from policy_service.domain.instants import Instant
from policy_service.domain.permissions import Permission
from policy_service.services.actor import Actor, require
from policy_service.services.audit import note
from policy_service.services.house import House
from policy_service.storage.errors import NotStored
from policy_service.storage.job_store import Job, JobStore, LeaseStore
from policy_service.storage.ledger_store import LedgerStore
from policy_service.storage.policy_store import PolicyStore
from policy_service.storage.simulation_store import PolicyText, SimulationStore
from simulations.jobs.errors import too_many

#: The baseline that is no policy: today's practice.
RECORDED: Final = "recorded"
#: Policies, and versions of one, that a refusal names at most.
_MOST_NAMED: Final = 10


@dataclass(frozen=True, slots=True)
class Examined:
    """A request that can be done as far as can be known, with the texts of its policies as they are now."""

    kind: str
    request: Mapping[str, Any]
    candidate: PolicyText
    baseline: PolicyText | None

    @property
    def is_plain(self) -> bool:
        """Whether the candidate is run with its own values of parameters, over the ledger as recorded."""
        return not self.request["candidate"].get("parameters") and not self.request["stress"]


def examine(session: Session, kind: str, request: Mapping[str, Any], at: Instant) -> Examined:
    """Return the request with the texts that it names; a version that is not named is the one in force.

    NotStored S209 for a policy, a version or a ledger that there is not; RequestError for what a run would refuse. It
    loads and reads a great deal: do it before a transaction in which others wait.
    """
    from simulations.jobs.asked import question_of, refuse  # noqa: PLC0415  # takes a second

    candidate = text_named(session, request["candidate"], at)
    named = request.get("baseline")
    baseline = None if named is None else baseline_named(session, named, at)
    store = LedgerStore(session)
    try:
        question = question_of(kind, request, candidate.text, baseline.text if baseline else None)
        refuse(question, store.load_frame().base_currency, store.order_days)
    except EngineFault as fault:
        # The policy asks for what no replay can do: that is no fault of the service.
        raise RequestError(fault.code, fault.message, place=fault.place, remedy=fault.remedy) from fault
    return Examined(kind, request, candidate, baseline)


def ask(house: House, session: Session, examined: Examined, actor: Actor, act: Act) -> Job:
    """Store the simulation, to be done soon, and return its job, whose id is its own.

    RequestError R550 for somebody who has as many under way as settings allow.
    """
    require(actor, Permission.SIMULATIONS_RUN)
    _refuse_too_many(session, house.settings.simulations_per_person, act)
    candidate, baseline = examined.candidate, examined.baseline
    named = {"policy_id": candidate.policy_id, "version": candidate.number}
    job = JobStore(session).add(examined.kind, named, act)
    SimulationStore(session).add(
        job.job_id,
        examined.kind,
        act.person,
        act.at,
        examined.request,
        candidate,
        baseline,
        is_plain=examined.is_plain,
    )
    said = {"kind": examined.kind, **named, "sha256": candidate.sha256}
    note(house, session, act, "asked", "simulation", job.job_id, said)
    return job


def ask_together(house: House, session: Session, examined: Sequence[Examined], actor: Actor, act: Act) -> Sequence[Job]:
    """Store several simulations at once, all or none, and return their jobs in that order; the errors of `ask`."""
    # Two of one version with other parameters are two: by the same act they would be one job.
    acts = [replace(act, request_id=f"{act.request_id}.{number}") for number in range(1, len(examined) + 1)]
    return [ask(house, session, one, actor, own) for one, own in zip(examined, acts, strict=True)]


def _refuse_too_many(session: Session, most: int, act: Act) -> None:
    # Two requests at once would each count without the other: they take turns.
    turn = f"simulate:{sha256(act.person.encode()).hexdigest()[:24]}"
    LeaseStore(session).take(turn, act.person, act.at, act.at)
    if SimulationStore(session).under_way(act.person) >= most:
        raise too_many(act.person, most)


def baseline_named(session: Session, named: Mapping[str, Any], at: Instant) -> PolicyText | None:
    """Return the text that a request names as baseline; none for recorded practice. NotStored S209."""
    return None if named["policy"] == RECORDED else text_named(session, named, at)


def text_named(session: Session, named: Mapping[str, Any], at: Instant) -> PolicyText:
    """Return the text of a version as a request names it; without a number that in force. NotStored S209."""
    store, policy_id = PolicyStore(session), named["policy"]
    if named["version"] is None:
        version = store.effective(policy_id, at)
        if version is None:
            raise _none_in_force(store, policy_id)
    else:
        version = store.version(policy_id, named["version"])
    text = store.text(policy_id, version.number)
    return PolicyText(policy_id, version.number, version.sha256 or "", text)


def _none_in_force(store: PolicyStore, policy_id: str) -> NotStored:
    numbers = [version.number for version in store.versions(policy_id)]
    if not numbers:
        return NotStored("S209", f"There is no policy {policy_id[:60]}.", remedy=_one_of(store.policy_ids()))
    named = ", ".join(str(number) for number in sorted(numbers)[-_MOST_NAMED:])
    return NotStored(
        "S209",
        f"No version of policy {policy_id[:60]} is in force.",
        remedy=f"Name the number of a version, drafts too; the latest are: {named}.",
    )


def _one_of(policy_ids: Sequence[str]) -> str:
    if not policy_ids:
        return "Make a policy first: there is none."
    known = ", ".join(policy_ids[:_MOST_NAMED])
    if len(policy_ids) <= _MOST_NAMED:
        return f"Name a policy of these: {known}."
    return f"Name one of the {len(policy_ids):,} policies; the first are: {known}."
