"""Cases handed over as tasks or messages: once for each level that fires, the intent noted before anything is sent."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final

from sqlalchemy.orm import Session

from policy_service.connectors.errors import ConnectorError
from policy_service.connectors.mapping.mapping import Tasks
from policy_service.connectors.mapping.task_texts import LONGEST_SUBJECT, filled
from policy_service.connectors.port import FINDS_TASKS, Connector, System, Task, Written
from policy_service.domain.acting import Act
from policy_service.services.connections.case_texts import case_words
from policy_service.services.connections.writing_back_run import PushRun, kept_words, next_try, require_told_of_all
from policy_service.services.house import House
from policy_service.storage.case_store import CaseStore
from policy_service.storage.handed_store import Handed, HandedStore, ToHand

#: Where nobody can ask for what was sent, a failure is to leave one in doubt alone.
_AT_ONCE: Final = 20
_CHUNK: Final = 200
#: The answer did not come, or says nothing: it may have been done.
_IN_DOUBT: Final = frozenset({"X105", "X106", "X107", "X124"})
_DOUBTFUL: Final = "It may have been handed over: look there. It is not sent again."


@dataclass(frozen=True, slots=True)
class PlannedTask:
    """A case that is to be handed over at its level, and as what."""

    case: ToHand
    task: Task


def planned_tasks(
    house: House, session: Session, connection_id: int, tasks: Tasks, act: Act, after: str = "", most: int = _AT_ONCE
) -> tuple[PlannedTask, ...]:
    """Return some cases that are to be handed over, behind the case `after`, each with its task."""
    wanted = HandedStore(session, connection_id).wanted(tasks.object_name, after, act.at, most)
    return tuple(PlannedTask(one, _task(house, session, tasks, one, act)) for one in wanted)


def count_tasks(run: PushRun) -> None:
    """Count the cases that would be handed over."""
    tasks, after = run.mapping.tasks, ""
    while tasks is not None:
        with run.house.database.reading() as session:
            store = HandedStore(session, run.connection_id)
            found = store.wanted(tasks.object_name, after, run.now().at, _CHUNK)
        with run.writing() as session:
            run.count(session, tasks=len(found))
        if len(found) < _CHUNK:
            return
        after = found[-1].case_id


def settle_intended(run: PushRun, session: Session) -> None:
    """Say what becomes of what an earlier run intended and did not tell the end of.

    Where the system can be asked by the key it is sent again. Elsewhere it is uncertain, for a person to look.
    """
    store = HandedStore(session, run.connection_id)
    intended = store.intended()
    if _finds(run):
        store.keep([replace(one, state="refused", next_at=run.now().at) for one in intended])
        return
    store.keep([replace(one, state="uncertain", code="X194", message=_DOUBTFUL, next_at=None) for one in intended])
    run.count(session, uncertain=len(intended))


def hand_over(run: PushRun, connector: Connector) -> None:
    """Hand over every case that has reached a level which is not handed over yet."""
    tasks = run.mapping.tasks
    for batch in _batches(run, tasks) if tasks else ():
        handed = [_intended(run, one) for one in batch]
        with run.writing() as session:
            HandedStore(session, run.connection_id).keep(handed)
            run.count(session, tasks=len(handed))
        try:
            with run.asking():
                results = connector.assign([one.task for one in batch])
            require_told_of_all(len(batch), len(results))
        except ConnectorError as error:
            said = Written("", is_done=False, code=error.code, message=error.message)
            _keep(run, handed, [said] * len(handed))
            raise
        _keep(run, handed, results)
        run.has_done(0)


def _batches(run: PushRun, tasks: Tasks) -> Iterator[tuple[PlannedTask, ...]]:
    most, after = _AT_ONCE if _finds(run) else 1, ""
    while True:
        with run.house.database.reading() as session:
            found = planned_tasks(run.house, session, run.connection_id, tasks, run.now(), after, most)
        if not found:
            return
        yield found
        after = found[-1].case.case_id


def _finds(run: PushRun) -> bool:
    return System(run.connection.system) in FINDS_TASKS


def _intended(run: PushRun, one: PlannedTask) -> Handed:
    case = one.case
    return Handed(
        case_id=case.case_id,
        level=case.level,
        push_id=run.push_id,
        customer_id=case.customer_id,
        object_name=one.task.about_object,
        row_id=case.row_id,
        state="intended",
        code="",
        message="",
        tries=case.tries + 1,
        sent_at=run.now().at,
        next_at=None,
    )


def _keep(run: PushRun, handed: Sequence[Handed], results: Sequence[Written]) -> None:
    kept = [_settled(run, one, result) for one, result in zip(handed, results, strict=True)]
    counts = {state: sum(one.state == state for one in kept) for state in ("done", "refused", "uncertain")}
    with run.writing() as session:
        HandedStore(session, run.connection_id).keep(kept)
        run.count(session, handed_over=counts["done"], tasks_refused=counts["refused"], uncertain=counts["uncertain"])
        cases = [f"{one.case_id}/{one.level}" for one in kept]
        run.note(session, "cases_handed_over", {**counts, "cases": cases})


def _settled(run: PushRun, one: Handed, result: Written) -> Handed:
    if result.is_done:
        return replace(one, state="done")
    code, message = kept_words(result)
    if code in (*_IN_DOUBT, "X193") and not _finds(run):
        return replace(one, state="uncertain", code=code, message=message)
    return replace(one, state="refused", code=code, message=message, next_at=next_try(run.now().at, one.tries))


def _task(house: House, session: Session, tasks: Tasks, wanted: ToHand, act: Act) -> Task:
    case = CaseStore(session).load(wanted.case_id)
    values = case_words(house, session, case, act)
    return Task(
        key=f"{wanted.case_id}/{wanted.level}",
        about_object=tasks.object_name,
        about_row=wanted.row_id,
        subject=filled(tasks.subject, values, LONGEST_SUBJECT),
        text=filled(tasks.text, values),
        due=values["due"] if tasks.has_due else "",
        owner=tasks.owner,
    )
