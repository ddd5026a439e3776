"""Write-back to Zoho CRM: rows in batches, each looked at by itself, and tasks that are handed over once."""

from collections.abc import Mapping, Sequence
from hashlib import blake2b
from typing import Final, Protocol

from policy_service.connectors.http.bodies import no_answer
from policy_service.connectors.http.channel import Answer, Call, Sent
from policy_service.connectors.port import Body, Change, FieldKind, Task, Written
from policy_service.connectors.zoho.crm_answers import id_of, listed, mapping_of, object_of, rows_of
from policy_service.connectors.zoho.numbers import sent_as
from policy_service.connectors.zoho.refusals import words_of

_MOST: Final = 100
_REFUSED_ROWS: Final = 400
_SUCCESS: Final = "success"
_SUBJECT: Final = 255
_LATEST: Final = {"fields": "Subject,Description", "sort_by": "Created_Time", "sort_order": "desc", "per_page": "200"}


class Asking(Protocol):
    """What asks Zoho CRM, signed in; paths are below the API's root."""

    @property
    def host(self) -> str:
        """Where the API lies."""

    def ask(self, call: Call) -> Answer:
        """Return the answer."""


def written(crm: Asking, module: str, kinds: Mapping[str, FieldKind], changes: Sequence[Change]) -> tuple[Written, ...]:
    """Change rows, a hundred a call, and return what became of each, in order."""
    found = list[Written]()
    for start in range(0, len(changes), _MOST):
        batch = changes[start : start + _MOST]
        rows = [{**_values(change, kinds), "id": change.row_id} for change in batch]
        # No trigger: the policy's figures start no workflow over there.
        answer = crm.ask(Call("PUT", f"/{module}", json={"data": rows, "trigger": []}))
        results = _results(crm.host, answer, len(batch))
        found += [_written(change.row_id, each) for change, each in zip(batch, results, strict=True)]
    return tuple(found)


def assigned(crm: Asking, tasks: Sequence[Task]) -> tuple[Written, ...]:
    """Make tasks that are not among the latest ones there already, and return what became of each, in order."""
    if not tasks:
        return ()
    there = _latest(crm)
    found = list[Written]()
    for task in tasks:
        mark = _mark(task)
        made = Written(there[mark], is_done=True) if mark in there else _made(crm, task)
        if made.is_done:
            there[mark] = made.row_id
        found.append(made)
    return tuple(found)


def _made(crm: Asking, task: Task) -> Written:
    row: dict[str, Sent] = {
        "Subject": task.subject[:_SUBJECT],
        "Description": f"{task.text}\n\n{_mark(task)}",
        "What_Id": {"id": task.about_row},
        "$se_module": task.about_object,
    }
    if task.due:
        row["Due_Date"] = task.due
    if task.owner:
        row["Owner"] = {"id": task.owner}
    # Asked twice it would be made twice.
    call = Call("POST", "/Tasks", json={"data": [row], "trigger": []}, is_repeatable=False)
    return _written("", _results(crm.host, crm.ask(call), 1)[0])


def _latest(crm: Asking) -> dict[str, str]:
    """Return the ids of the latest tasks by the marks that end their texts."""
    rows = listed(crm.host, crm.ask(Call("GET", "/Tasks", _LATEST))).rows
    texts = ((words_of(row.get("Description"), most=100_000), id_of(row)) for row in rows)
    return {text[-len(_mark_of("")) :]: row_id for text, row_id in texts if text}


def _mark(task: Task) -> str:
    return _mark_of(task.key)


def _mark_of(key: str) -> str:
    return f"[{blake2b(key.encode(), digest_size=8).hexdigest()}]"


def _values(change: Change, kinds: Mapping[str, FieldKind]) -> dict[str, Sent]:
    return {name: sent_as(value, kinds.get(name, FieldKind.TEXT)) for name, value in change.values.items()}


def _results(host: str, answer: Answer, count: int) -> Sequence[Body]:
    """Return one result for each row; a call may be refused as a whole, or for each row of it."""
    said = object_of(host, answer) if answer.status != _REFUSED_ROWS else mapping_of(answer.json())
    if answer.status == _REFUSED_ROWS and "data" not in said:
        object_of(host, answer)
    results = rows_of(said.get("data"))
    if len(results) != count:
        raise no_answer("it does not say what became of each row")
    return results


def _written(row_id: str, result: Body) -> Written:
    details = result.get("details")
    made = words_of(details.get("id")) if isinstance(details, dict) else ""
    if result.get("status") == _SUCCESS:
        return Written(row_id or made, is_done=True)
    return Written(row_id, False, words_of(result.get("code")) or "no code", words_of(result.get("message")))
