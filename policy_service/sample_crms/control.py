"""The control of a stand-in, below /_stand_in/: what it holds and was told, and what is to happen to it."""

import json
from collections.abc import Callable
from typing import Final

from policy_service.sample_crms.changing import NoSuchChange, change
from policy_service.sample_crms.faults import NoSuchFault
from policy_service.sample_crms.sending import post_all
from policy_service.sample_crms.speaking import Answer, Asked, answer, parts, word
from policy_service.sample_crms.system import Notice, StandIn
from policy_service.sample_crms.table import Order, Row

PREFIX: Final = "/_stand_in/"
_MOST_ROWS: Final = 10_000


def controlled(system: StandIn, asked: Asked) -> Answer:
    """Do what the control asks; 400 with a sentence if that cannot be."""
    verb = asked.path.removeprefix(PREFIX)
    try:
        document = _document(asked)
        if asked.method == "GET":
            with system.lock:
                return answer(200, _told(system, verb, asked))
        if verb == "faults" and asked.method == "DELETE":
            system.script.faults.clear()
            return answer(200, {})
        if asked.method != "POST":
            raise NoSuchChange(f"{asked.method} is not for the control.")
        return answer(200, _done(system, verb, document))
    except (NoSuchFault, NoSuchChange) as problem:
        return answer(400, {"message": str(problem)})
    except ValueError as problem:
        return answer(400, {"message": f"That cannot be: {problem}."})
    except KeyError as problem:
        return answer(404, {"message": f"The control of this stand-in knows no {problem}."})


def _document(asked: Asked) -> Row:
    if not asked.body:
        return {}
    try:
        found = json.loads(asked.body)
    except ValueError as problem:
        raise NoSuchChange(f"That is no JSON: {problem}.") from problem
    if not isinstance(found, dict):
        raise NoSuchChange("The control takes a JSON object.")
    return found


def _told(system: StandIn, verb: str, asked: Asked) -> Row:
    if verb.startswith("rows/"):
        return _rows(system, verb.removeprefix("rows/"), asked)
    told: dict[str, Callable[[], Row]] = {
        "state": system.state,
        "credentials": system.credentials,
        "calls": system.journal.told,
        "writes": lambda: {"writes": list(system.journal.written)},
        "sent": lambda: {"sent": list(system.journal.sent)},
        "faults": lambda: {"faults": [fault.told() for fault in system.script.faults]},
    }
    return told[verb]()


def _rows(system: StandIn, name: str, asked: Asked) -> Row:
    table = system.tables[name]
    offset, limit = int(asked.query.get("offset", 0)), int(asked.query.get("limit", _MOST_ROWS))
    keys = table.keys(Order.ID)[offset : offset + min(limit, _MOST_ROWS)]
    found = [{"id": row.row_id, "modified": row.modified, "body": row.body} for row in table.at(keys)]
    return {"total": len(table), "rows": found}


def _done(system: StandIn, verb: str, document: Row) -> Row:
    with system.lock:
        before = len(system.outbox)
        done = _do(system, verb, document)
        own = system.outbox[before:]
    # A call that has been answered may be posting still, and take these along.
    post_all(system)
    return {**done, "sent": [notice.became for notice in own]}


def _do(system: StandIn, verb: str, document: Row) -> Row:
    match verb:
        case "change":
            return change(system, document)
        case "faults":
            system.script.add(parts(document, "faults") or [document])
        case "clock":
            seconds = document.get("forward_s", 0)
            if not isinstance(seconds, int):
                raise NoSuchChange("forward_s is a whole number of seconds.")
            system.clock.ahead += seconds * 1000
        case "settings":
            system.settings.update(document)
        case "send":
            notice = Notice(word(document, "url"), json.dumps(document.get("body")).encode(), {"raw": True})
            system.outbox.append(notice)
        case "resend":
            # At least once, in no order: as a sender does that is unsure of what arrived.
            last = document.get("last", 1)
            chosen = list(system.posted)[-last:] if isinstance(last, int) and last > 0 else []
            system.outbox.extend(reversed(chosen) if document.get("reversed") is True else chosen)
        case "sign_in_again":
            system.begin()
        case "expire_tokens":
            system.expire_tokens()
        case "reset":
            system.reset()
        case _:
            return system.control(verb, document)
    return {}
